"""The report of an organization from the figures that are kept: quick beside any number of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, LiteralString

from psycopg.sql import SQL, Composed

from evenroll.enrollment.form import Channel
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.funnel import DraftStep, Funnel, Reason, Stage, TimeInState, drafts, money
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import NotForViewer, Viewer
from evenroll.records.report_lines import STAGE_KEYS, Subject, at_share
from evenroll.records.report_taking import Standing, standing

READERS: Final = frozenset({Role.PROGRAM_MANAGER, Role.SUPERVISOR, Role.ENROLLMENT_DESK, Role.AUDITOR, Role.SYSTEM})
"""Who may read the figures of an organization."""

_ENROLLED: Final = "enrolled"
_ACTIVE: Final = "active"
_TENTHS_A_DAY: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """Which cases a report is about. since, until: the first days of the first and last month of their opening.

    kind, channel, language: codes; "" for all.
    """

    since: date | None = None
    until: date | None = None
    kind: str = ""
    channel: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How the cases of one channel or language went: how many were opened, were enrolled, came to be active."""

    code: str
    opened: int
    enrolled: int
    active: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Uptake:
    """How many cases a program enrolled in a month, of which the first day is given."""

    program: ProgramKey
    month: date
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of one organization, and how far they are.

    funnel: without money; its drafts are empty where a choice is asked for by which they are not counted. months: the
    first days of all months that anything was counted in, whatever was chosen.
    """

    funnel: Funnel
    standing: Standing
    channels: tuple[Share, ...]
    languages: tuple[Share, ...]
    uptake: tuple[Uptake, ...]
    months: tuple[date, ...]


_WHERE: Final = SQL("WHERE organization_id = %(org)s AND cases > 0 ")
_CHOICES: Final[Mapping[str, LiteralString]] = {
    "since": "AND month >= %(since)s ",
    "until": "AND month <= %(until)s ",
    "kind": "AND kind = %(kind)s ",
    "channel": "AND channel = %(channel)s ",
    "language": "AND language = %(language)s ",
}
_SUMS: Final = SQL("SELECT subject, code, extent, sum(cases)::bigint, sum(times)::bigint FROM report_cell ")
_BUT_PROGRAMS: Final = SQL("AND subject <> 'program' ")
_BY_SUM: Final = SQL("GROUP BY subject, code, extent")
_SHARES: Final = SQL("SELECT channel, language, code, sum(cases)::bigint FROM report_cell ")
_STAGES_ONLY: Final = SQL("AND subject = 'stage' ")
_BY_SHARE: Final = SQL("GROUP BY channel, language, code")
_UPTAKE: Final = SQL("SELECT code, month, sum(cases)::bigint FROM report_cell ")
_PROGRAMS_ONLY: Final = SQL("AND subject = 'program' ")
_BY_MONTH: Final = SQL("GROUP BY code, month ORDER BY code, month")
_SPAN: Final[LiteralString] = "SELECT min(month), max(month) FROM report_cell WHERE organization_id = %s AND cases > 0"

_Sums = dict[Subject, dict[str, dict[int, tuple[int, int]]]]


def chosen_where(chosen: Chosen) -> Composed:
    """The conditions of a choice, for a statement that is given `values_of` it."""
    return Composed([SQL(part) for name, part in _CHOICES.items() if getattr(chosen, name)])


def values_of(chosen: Chosen) -> dict[str, Any]:
    """What the conditions of a choice are filled with."""
    return {name: getattr(chosen, name) for name in _CHOICES}


def refuse_others(viewer: Viewer) -> None:
    """Raises NotForViewer for whoever sees single cases only."""
    if viewer.role not in READERS:
        raise NotForViewer("The report is for program managers, supervisors and auditors. Sign in as one of these.")


def report(viewer: Viewer, *, chosen: Chosen | None = None) -> Report:
    """The report of the viewer's organization, as far as its figures are. Raises NotForViewer."""
    refuse_others(viewer)
    asked = chosen or Chosen()
    where, given = Composed([_WHERE, chosen_where(asked)]), values_of(asked)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        given["org"] = opened.id
        sums = _sums(pen.execute(Composed([_SUMS, where, _BUT_PROGRAMS, _BY_SUM]), given).fetchall())
        shares = pen.execute(Composed([_SHARES, where, _STAGES_ONLY, _BY_SHARE]), given).fetchall()
        uptake = pen.execute(Composed([_UPTAKE, where, _PROGRAMS_ONLY, _BY_MONTH]), given).fetchall()
        return Report(
            funnel=Funnel(
                organization=viewer.organization,
                stages=_stages(sums[Subject.STAGE]),
                times=_times(sums),
                reasons=(*_rules(sums[Subject.RULE]), *_ends(sums[Subject.END])),
                drafts=_drafts(asked),
            ),
            standing=standing(),
            channels=_shares((row[0], row[2], row[3]) for row in shares),
            languages=_shares((row[1], row[2], row[3]) for row in shares),
            months=_months(pen.execute(_SPAN, (opened.id,)).fetchone()),
            uptake=tuple(Uptake(program=ProgramKey(row[0]), month=row[1], cases=row[2]) for row in uptake),
        )


def report_with_money(viewer: Viewer) -> Report:
    """The whole report, with the money, which is added up from bills and credits. Raises NotForViewer."""
    found = report(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        return replace(found, funnel=replace(found.funnel, money=money(pen, opened.id)))


def _sums(rows: Sequence[tuple[str, str, int, int, int]]) -> _Sums:
    found: _Sums = {each: defaultdict(dict) for each in Subject}
    for subject, code, extent, cases, times in rows:
        found[Subject(subject)][code][extent] = (cases, times)
    return found


def _stages(found: Mapping[str, Mapping[int, tuple[int, int]]]) -> tuple[Stage, ...]:
    """Whoever came further, came here too."""
    here = {key: sum(cases for cases, _ in found.get(key, {}).values()) for key in STAGE_KEYS}
    return tuple(
        Stage(
            key=key,
            reached=sum(here[each] for each in STAGE_KEYS[place:]),
            stopped=found.get(key, {}).get(1, (0, 0))[0],
        )
        for place, key in enumerate(STAGE_KEYS)
    )


def _times(sums: _Sums) -> tuple[TimeInState, ...]:
    states = [each for each in State if each.value in sums[Subject.LEFT] or each.value in sums[Subject.STATE]]
    return tuple(_time(each, sums) for each in states)


def _time(state: State, sums: _Sums) -> TimeInState:
    lengths = {extent: times for extent, (_, times) in sums[Subject.LEFT].get(state.value, {}).items()}
    return TimeInState(
        state=state,
        times=sum(lengths.values()),
        median_days=at_share(lengths, share=0.5) / _TENTHS_A_DAY if lengths else 0.0,
        ninth_days=at_share(lengths, share=0.9) / _TENTHS_A_DAY if lengths else 0.0,
        now=sum(cases for cases, _ in sums[Subject.STATE].get(state.value, {}).values()),
    )


def _rules(found: Mapping[str, Mapping[int, tuple[int, int]]]) -> list[Reason]:
    reasons = [
        Reason(kind="rule", code=rule, outcome=outcome, cases=by[0][0])
        for (rule, _, outcome), by in ((code.rpartition(":"), by) for code, by in found.items())
    ]
    return sorted(reasons, key=lambda each: (-each.cases, each.code, each.outcome))


def _ends(found: Mapping[str, Mapping[int, tuple[int, int]]]) -> list[Reason]:
    reasons = [Reason(kind="end", code=code, outcome="", cases=by[0][0]) for code, by in found.items()]
    return sorted(reasons, key=lambda each: (-each.cases, each.code))


def _shares(rows: Iterable[tuple[str, str, int]]) -> tuple[Share, ...]:
    """rows: code, stage and cases."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STAGE_KEYS, 0))
    for code, stage, cases in rows:
        found[code][stage] += cases
    shares = [
        Share(
            code=code,
            opened=sum(stages.values()),
            enrolled=stages[_ENROLLED] + stages[_ACTIVE],
            active=stages[_ACTIVE],
        )
        for code, stages in found.items()
    ]
    return tuple(sorted(shares, key=lambda each: (-each.opened, each.code)))


def _months(span: tuple[date | None, date | None] | None) -> tuple[date, ...]:
    first, last = span or (None, None)
    found: list[date] = []
    while first is not None and last is not None and first <= last:
        found.append(first)
        first = last_day(first) + timedelta(days=1)
    return tuple(found)


def _drafts(chosen: Chosen) -> tuple[DraftStep, ...]:
    """Drafts come by the web, and are counted by day alone."""
    if not counts_drafts(chosen):
        return ()
    return drafts(since=chosen.since, until=None if chosen.until is None else last_day(chosen.until))


def counts_drafts(chosen: Chosen) -> bool:
    """Whether applications on the web are counted by what was chosen."""
    return not chosen.kind and not chosen.language and chosen.channel in {"", Channel.WEB.value}


def last_day(month: date) -> date:
    """The last day of a month, of which the first is given."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
