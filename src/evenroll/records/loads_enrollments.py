"""Loading enrollments that exist already: each becomes an active case and takes its place, so nobody enrolls twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from psycopg.sql import SQL

from evenroll.enrollment.case import Case, Place
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.form import Language
from evenroll.enrollment.loaded_events import LoadedEnrollment, loaded_case, loaded_enrollment, place_of_loaded
from evenroll.enrollment.program_places import cap_of_version, evolve_places, told_of_case
from evenroll.enrollment.rows import Row
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, PodId, ProgramKey, case_number
from evenroll.records import loads, vault
from evenroll.records.load_terms import LoadFault, LoadFaultCode, Standing
from evenroll.records.loads_points import Tally
from evenroll.records.loads_streams import PointWriting
from evenroll.records.organizations import current
from evenroll.records.program_shelf import program_versions
from evenroll.records.register import ACCOUNT
from evenroll.records.stream_writer import PlaceConflict, load
from evenroll.records.streams import case_stream
from evenroll.records.tokens import TokenKind, token
from evenroll.records.unit_of_work import unit_of_work

_ACCOUNT: Final = SQL(
    "SELECT a.id, a.customer_id, c.language, EXISTS (SELECT 1 FROM usage_point AS p "
    "WHERE p.organization_id = a.organization_id AND p.account_id = a.id AND p.pod = %s) FROM search_token AS t "
    "JOIN customer_account AS a ON a.organization_id = t.organization_id AND a.id = t.subject_id "
    "JOIN customer AS c ON c.organization_id = a.organization_id AND c.id = a.customer_id "
    "WHERE t.organization_id = %s AND t.kind = %s AND t.subject_kind = %s AND t.token = %s LIMIT 2"
)
_UNDO_NOTICES: Final = SQL("DELETE FROM notice WHERE organization_id = %s AND stream_key = %s AND sent_at IS NULL")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrollmentRow:
    """A row of the file: its number and its values by column; personal."""

    number: int
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrollmentLoading:
    """What all rows share. programs: of this organization, by key, as far as they were looked up."""

    writing: PointWriting
    tally: Tally
    programs: dict[str, ProgramVersion] = field(default_factory=dict[str, ProgramVersion])


def number_of(reference: str) -> CaseNumber:
    """The number of the case of an enrollment, by the name that the organization's own books give it."""
    return case_number(bytes.fromhex(vault.digest(reference, purpose="load/enrollment")))


def load_enrollment(loading: EnrollmentLoading, row: EnrollmentRow) -> Iterator[LoadFault]:
    """Take an enrollment in, or tell what is wrong with it; one that is there already stays as it is by now."""
    program = _program(loading, row.values["program"])
    if program is None:
        yield LoadFault(row=row.number, column="program", code=LoadFaultCode.PROGRAM_UNKNOWN)
        return
    found = _account(row)
    if isinstance(found, LoadFault):
        yield found
        return
    number = number_of(row.values["enrollment"])
    told = _told(row, number, found)
    with loads.cursor() as pen:
        known: Any = load(pen, current().id, case_stream(number))
    if isinstance(known, Case):
        standing = Standing.UNCHANGED if _is_same(known, told, program) else Standing.KEPT
        loading.tally.note(standing, number)
        return
    place = place_of_loaded(told, program)
    if place is None:
        yield LoadFault(
            row=row.number, column="program", code=LoadFaultCode.ENROLLMENT_UNIT, choices=(program.unit.value,)
        )
        return
    fault = _take(loading, row, told, program=program, place=place)
    if fault is not None:
        yield fault


def count_absent(loading: EnrollmentLoading) -> None:
    """Nothing: a live case that the file does not name is Evenroll's own, or one that ended there."""
    for standing in (Standing.NEW, Standing.UNCHANGED, Standing.KEPT):
        loading.tally.counts.setdefault(standing, 0)


def _program(loading: EnrollmentLoading, key: str) -> ProgramVersion | None:
    for written in (key, key.upper()):
        if written not in loading.programs:
            versions = [each for each in program_versions(ProgramKey(written)) if each.organization == current().key]
            if versions:
                loading.programs[written] = versions[-1]
        if written in loading.programs:
            return loading.programs[written]
    return None


def _account(row: EnrollmentRow) -> tuple[Any, ...] | LoadFault:
    pod = row.values["usage_point"]
    found = loads.rows_of(
        _ACCOUNT,
        pod,
        current().id,
        TokenKind.ACCOUNT_NUMBER.value,
        ACCOUNT,
        token(TokenKind.ACCOUNT_NUMBER, row.values["account"]),
    )
    if not found:
        return LoadFault(row=row.number, column="account", code=LoadFaultCode.ACCOUNT_UNKNOWN)
    if len(found) > 1:
        return LoadFault(row=row.number, column="account", code=LoadFaultCode.AMBIGUOUS)
    if not found[0][3]:
        return LoadFault(row=row.number, column="usage_point", code=LoadFaultCode.NOT_OF_ACCOUNT)
    return found[0]


def _told(row: EnrollmentRow, number: CaseNumber, account: tuple[Any, ...]) -> LoadedEnrollment:
    said = row.values
    return LoadedEnrollment(
        number=number,
        organization=current().key,
        customer=CustomerId(account[1]),
        account=AccountId(account[0]),
        pod=PodId(said["usage_point"]),
        language=Language(account[2]),
        enrolled_on=said["enrolled_on"],
        active_on=said["active_on"],
        minimum_stay_ends_on=said["minimum_stay_ends_on"],
    )


def _is_same(case: Case, told: LoadedEnrollment, program: ProgramVersion) -> bool:
    agreement, chosen = case.agreement, case.chosen
    if agreement is None or chosen is None:
        return False
    begun_on = case.price_since or case.control_since
    return (
        (chosen.program, case.pod, case.proof.account) == (program.key, told.pod, told.account)
        and (agreement.signed_on, begun_on) == (told.enrolled_on, told.active_on)
        and agreement.minimum_stay_ends_on == told.minimum_stay_ends_on
    )


def _take(
    loading: EnrollmentLoading, row: EnrollmentRow, told: LoadedEnrollment, *, program: ProgramVersion, place: Place
) -> LoadFault | None:
    writing, opened = loading.writing, current()
    events = loaded_enrollment(told, program, place=place, now=writing.now, calendar=opened.calendar)
    place_events = _of_places(loading, told, program)
    if place_events is None:
        return LoadFault(row=row.number, column="program", code=LoadFaultCode.PROGRAM_FULL)
    try:
        with unit_of_work(opened.key, actor=writing.actor, now=writing.now) as work:
            work.record_case(told.number, Decided(events=events, place_events=place_events), expected=None)
    except PlaceConflict as conflict:
        return LoadFault(
            row=row.number, column="usage_point", code=LoadFaultCode.PLACE_TAKEN, choices=(conflict.taken.holder,)
        )
    # The customer has known of it for long.
    loads.run(_UNDO_NOTICES, opened.id, told.number)
    loading.tally.note(Standing.NEW, told.number)
    return None


def _of_places(loading: EnrollmentLoading, told: LoadedEnrollment, program: ProgramVersion) -> tuple[Any, ...] | None:
    """What the enrollment means for the places of a program with a cap; None where none is free."""
    if program.cap is None:
        return ()
    writing = loading.writing
    with unit_of_work(current().key, actor=writing.actor, now=writing.now) as work:
        places = work.program_places(program.key)
    heeded = cap_of_version(program, places=places, row=Row.ACTION)
    for event in heeded:
        places = evolve_places(places, event)
    if not places.free:
        return None
    holder = Place(family=program.family, unit=program.unit, unit_key="")
    first, *_ = loaded_enrollment(told, program, place=holder, now=writing.now, calendar=current().calendar)
    counted = loaded_case(first)  # pyright: ignore[reportArgumentType]
    return (*heeded, *told_of_case(None, replace(counted, counted=program.key), row=Row.ACTION))
