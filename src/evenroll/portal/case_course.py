"""The course of a case for its customer, row by row: what happened, where it stands, and what is still ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from evenroll.enrollment.case import Case
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import ROWS, Lane, ServicePath, SourceUseCase, current_rows
from evenroll.pages.formats import day
from evenroll.pages.timeline_words import Told, told_actor, told_entry
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Moment, Timeline
from evenroll.portal.case_reading import OwnCase
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.entries import Entry
from evenroll.records.organizations import organization_names

_Names = Mapping[OrganizationKey, str]

_ON_THE_WAY = frozenset(
    {
        State.PROVING,
        State.VEHICLE_DISPUTED,
        State.DECIDING,
        State.NEEDS_ANSWER,
        State.WAITLISTED,
        State.IN_RESCISSION,
        State.ENROLLED,
    }
)
"""States in which the rows that are left are still to come."""

_TRACK_OF = {
    Row.R5A: Track.METER,
    Row.R5B: Track.METER,
    Row.R5C: Track.METER,
    Row.R5D: Track.SERVICE,
    Row.R6: Track.EQUIPMENT,
    Row.R7: Track.EQUIPMENT,
    Row.R8: Track.DEVICE,
    Row.R9: Track.SETUP,
}
_OVER = frozenset(
    {
        State.NOT_NEEDED,
        State.ALREADY_THERE,
        State.DONE,
        State.CANCELLED,
        State.BILLED,
        State.READY,
        State.LIVE,
        State.CONFIRMED,
    }
)
"""States of a track in which none of its rows is ahead."""


def path_of(request: PageRequest) -> ServicePath:
    """Who sells the program: the organization that the customer is signed in with."""
    kinds = person_of(request).kinds
    return ServicePath.UTILITY if OrganizationKind.UTILITY in kinds else ServicePath.ESCO


def course(request: PageRequest, own: OwnCase, entries: Sequence[Entry]) -> Timeline:
    """What happened, by row, and what is ahead."""
    programs = {} if own.program is None else {own.program.key: own.name(request)}
    told = [told_entry(each, language=request.language, programs=programs) for each in entries]
    names = organization_names()
    groups = [(Row(row), list(lines)) for row, lines in groupby(told, key=lambda each: each.row)]
    here = frozenset(current_rows(own.case.tracks.values()))
    last = {row: place for place, (row, _) in enumerate(groups)}
    done = [
        _moment(request, own, row, lines, names=names, is_now=row in here and last[row] == place)
        for place, (row, lines) in enumerate(groups)
    ]
    return Timeline(moments=[*done, *_ahead(request, own, frozenset(last), here)])


def _moment(
    request: PageRequest, own: OwnCase, row: Row, lines: Sequence[Told], *, names: _Names, is_now: bool
) -> Moment:
    sentences = list(dict.fromkeys(each.sentence.rstrip(".") for each in lines))
    title = sentences.pop(0) if row is Row.ACTION else said(request, f"row_title.{row.value}")
    days = dict.fromkeys(day(each.at.astimezone(own.zone).date(), language=request.language) for each in lines)
    known = list(days)
    actors = dict.fromkeys(_who(request, each, names) for each in lines)
    return Moment(
        title=title,
        at=known[0] if len(known) == 1 else f"{known[0]} - {known[-1]}",
        by=", ".join(actors),
        text=" ".join(f"{each}." for each in sentences),
        is_now=is_now,
    )


def _who(request: PageRequest, told: Told, names: _Names) -> str:
    if told.actor_role == Role.CUSTOMER.value:
        return said(request, "case_page.you")
    return told_actor(told, names=names, language=request.language)


def _ahead(request: PageRequest, own: OwnCase, seen: frozenset[Row], here: frozenset[Row]) -> Iterator[Moment]:
    program = own.program
    if own.case.status not in _ON_THE_WAY or program is None:
        return
    path, use_case = path_of(request), SourceUseCase(program.use_case.value)
    for row, entry in ROWS.items():
        is_part = use_case in entry.part_of and not entry.is_formal(path) and row is not Row.R1
        if is_part and row not in seen and not _is_over(own.case, row):
            lane = entry.lane(path)
            yield Moment(
                title=said(request, f"row_title.{row.value}"),
                at=said(request, "case_page.ahead"),
                by=said(request, "case_page.you") if lane is Lane.CUSTOMER else said(request, lane),
                is_now=row in here,
                is_ahead=row not in here,
            )


def _is_over(case: Case, row: Row) -> bool:
    """Whether a row is not ahead, because nothing of its kind is needed, or its work is done."""
    track = _TRACK_OF.get(row)
    states = [each.state for each in case.tracks.values() if each.track is track]
    if track is None or case.decided_at is None:
        return False
    return not states or all(state in _OVER for state in states)
