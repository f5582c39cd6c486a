"""Which other customer's case has a vehicle too, found by its VIN under one lock, and the cases that ask each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.tracks import State
from evenroll.enrollment.vehicle_question import VehicleQuestion
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import CaseNumber, CustomerId, Pevid
from evenroll.records import stream_writer
from evenroll.records.answers_in_hand import ANSWERS, in_hand
from evenroll.records.foreseen import Fact, is_foreseen, looked_up
from evenroll.records.gathered import program_of
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import case_stream, vin_stream
from evenroll.records.taking import Beside, PointMoved
from evenroll.records.tokens import TokenKind, token
from evenroll.records.unit_of_work import UnitOfWork

NAMES = LIVE | {State.VEHICLE_DISPUTED, State.DECIDING, State.NEEDS_ANSWER, State.WAITLISTED}
"""States in which a proved customer's case has recorded its vehicle."""

# One step after the other, each by what the one before it found. Before a table has statistics, all its indexes look
# equally good, and the one that begins with the kind goes through every token of the organization: the kind of the one
# step and the kind of the subject in the other are therefore written so that no index has them.
_SAID: LiteralString = (
    "WITH own AS MATERIALIZED (SELECT (state::jsonb -> 'form' ->> 'answers')::bigint AS ref FROM case_record "
    "WHERE organization_id = %(org)s AND number = %(number)s), "
    "said AS MATERIALIZED (SELECT token FROM search_token WHERE organization_id = %(org)s "
    "AND subject_kind = %(answers)s AND subject_id = (SELECT ref FROM own) AND kind || '' = %(vin)s) "
)
_VIN_OF_CASE: LiteralString = "".join((_SAID, "SELECT token FROM said"))
_WITH_VEHICLE: LiteralString = "".join(
    (
        _SAID,
        ", same AS MATERIALIZED (SELECT subject_id FROM search_token WHERE organization_id = %(org)s "
        "AND kind = %(vin)s AND token = ANY(ARRAY(SELECT token FROM said)) AND subject_kind || '' = %(answers)s) "
        "SELECT (SELECT max(token) FROM said), ARRAY(SELECT DISTINCT v.case_number FROM vehicle v JOIN case_record c "
        "ON c.organization_id = %(org)s AND c.number = v.case_number WHERE v.organization_id = %(org)s "
        "AND v.answers = ANY(ARRAY(SELECT subject_id FROM same)) "
        "AND v.case_number <> %(number)s AND c.status = ANY(%(names)s) ORDER BY v.case_number)",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleElsewhere:
    """A vehicle of another case, found by its VIN."""

    case: CaseNumber
    pevid: Pevid


def vin_token(vin: str) -> str:
    """The token of a VIN; "" where there is none."""
    return token(TokenKind.VIN, vin) if vin.strip() else ""


def kept_vin_token(answers: int) -> str:
    """The token of the VIN among kept answers, which are not opened for it; "" where there is none."""
    held = in_hand()
    if held is not None:
        return held.vin(answers)
    with cursor() as pen:
        row = pen.execute(
            "SELECT token FROM search_token WHERE organization_id = %s AND subject_kind = %s AND subject_id = %s "
            "AND kind = %s",
            (current().id, ANSWERS, answers, TokenKind.VIN.value),
        ).fetchone()
    return str(row[0]) if row else ""


def vin_token_of_case(number: CaseNumber) -> str:
    """The token of the VIN in the form of a case, as its row has it without a lock; "" where there is none."""
    return looked_up(Fact.VIN_OF_CASE, number, lambda: _vin_token_of_case(number))


def _vin_token_of_case(number: CaseNumber) -> str:
    with cursor() as pen:
        row = pen.execute(_VIN_OF_CASE, _said_by(number)).fetchone()
    return str(row[0]) if row else ""


def vehicle_seen(number: CaseNumber) -> Beside:
    """The VIN in the form of a case, and other proved customers' cases with it, as the rows have it without a lock.

    One statement; what is to be locked with the case.
    """
    if is_foreseen():
        vin = vin_token_of_case(number)
        return Beside(cases=tuple(each.case for each in vehicles_elsewhere(vin, but=number)), vin=vin)
    with cursor() as pen:
        row = pen.execute(_WITH_VEHICLE, {**_said_by(number), "names": sorted(NAMES)}).fetchone()
    assert row is not None, "one row stands for the case"
    return Beside(cases=tuple(CaseNumber(each) for each in row[1]), vin=row[0] or "")


def _said_by(number: CaseNumber) -> dict[str, Any]:
    return {"org": current().id, "number": number, "answers": ANSWERS, "vin": TokenKind.VIN.value}


def vehicles_elsewhere(
    vin: str, *, but: CaseNumber, customer: CustomerId | None = None
) -> tuple[VehicleElsewhere, ...]:
    """The vehicles of other proved customers' cases with the VIN of this token, live enrollments first.

    customer: whose cases do not count, for one car may be in several programs.
    """
    if not vin:
        return ()
    return looked_up(Fact.VEHICLES_ELSEWHERE, vin, lambda: _vehicles_elsewhere(vin, but=but, customer=customer))


def vehicle_vins(vins: Collection[str]) -> frozenset[str]:
    """Those of these tokens that lead to the vehicle of any case."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT DISTINCT t.token FROM search_token t JOIN vehicle v ON v.organization_id = t.organization_id "
            "AND v.answers = t.subject_id WHERE t.organization_id = %s AND t.kind = %s AND t.token = ANY(%s) "
            "AND t.subject_kind = %s",
            (current().id, TokenKind.VIN.value, list(vins), ANSWERS),
        ).fetchall()
    return frozenset(row[0] for row in rows)


def _vehicles_elsewhere(vin: str, *, but: CaseNumber, customer: CustomerId | None) -> tuple[VehicleElsewhere, ...]:
    with cursor() as pen:
        rows = pen.execute(
            "SELECT v.case_number, v.pevid FROM search_token t JOIN vehicle v "
            "ON v.organization_id = t.organization_id AND v.answers = t.subject_id JOIN case_record c "
            "ON c.organization_id = v.organization_id AND c.number = v.case_number "
            "WHERE t.organization_id = %s AND t.kind = %s AND t.token = %s AND t.subject_kind = %s "
            "AND v.case_number <> %s AND c.status = ANY(%s) AND c.customer_id IS DISTINCT FROM %s "
            "ORDER BY (c.status = ANY(%s)) DESC, v.case_number",
            (
                *(current().id, TokenKind.VIN.value, vin, ANSWERS, but),
                *(sorted(NAMES), customer, sorted(LIVE)),
            ),
        ).fetchall()
    return tuple(VehicleElsewhere(case=CaseNumber(row[0]), pevid=Pevid(row[1])) for row in rows)


def lock_vin(work: UnitOfWork, vin: str) -> None:
    """Two who name one vehicle at once are looked at one after the other. Comes after the cases in the order of locks.

    vin: its token.
    """
    if vin:
        work.lock(vin_stream(vin))


def dispute_facts(work: UnitOfWork, found: tuple[VehicleElsewhere, ...]) -> dict[str, Any]:
    """The facts of a decision, by the names of `CaseFacts`, where another case has the vehicle too.

    Raises PointMoved where that case was not locked, because it came to the vehicle meanwhile.
    """
    if not found:
        return {}
    first = found[0]
    other = work.case(first.case) if work.holds(case_stream(first.case)) else None
    if other is None:
        raise PointMoved("Another application named the vehicle meanwhile; take the command again.")
    return {"others": {other.number: other}, "disputed_with": other.number, "disputed_pevid": first.pevid}


def asking_each_other(number: CaseNumber) -> tuple[CaseNumber, ...]:
    """The other cases that a question about a vehicle links with this one, by their rows, without a lock."""
    found: set[CaseNumber] = set()
    todo: set[CaseNumber] = {number}
    while todo:
        each = todo.pop()
        found.add(each)
        todo |= {question.other for question in _questions(each)} - found
    return tuple(sorted(found - {number}))


def asked_facts(work: UnitOfWork, numbers: tuple[CaseNumber, ...], case: Case | None) -> dict[str, Any]:
    """The linked cases, which are locked, and their programs, by the names of `CaseFacts`.

    Raises PointMoved where a question came meanwhile that links another one.
    """
    others = {each.number: each for each in (work.case(number) for number in numbers) if each is not None}
    for each in (*others.values(), *((case,) if case else ())):
        if any(not work.holds(case_stream(question.other)) for question in each.questions):
            raise PointMoved("Another application named the vehicle meanwhile; take the command again.")
    programs: dict[CaseNumber, ProgramVersion] = {}
    for each in others.values():
        program = program_of(each)
        if program is not None:
            programs[each.number] = program
    return {"others": others, "other_programs": programs}


def seen_case(number: CaseNumber) -> Case | None:
    """The case as its row has it, without a lock; to know what to lock with it."""
    return cast("Case | None", stream_writer.load(cursor(), current().id, case_stream(number)))


def _questions(number: CaseNumber) -> tuple[VehicleQuestion, ...]:
    found = seen_case(number)
    return found.questions if found else ()
