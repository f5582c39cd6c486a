"""Deciding whose a vehicle is that two customers name: the first is asked, the second waits, nobody is refused by it.

Neither is shown anything of the other: the cases know each other's numbers, and no notice or page says them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case, Place, VehicleOfCase
from evenroll.enrollment.case_events import EvidenceGiven, PlaceReleased, PlaceReserved, VehicleRecorded
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, by_channel, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, OfCase, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import FormField, VinState
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.units import has_begun
from evenroll.enrollment.vehicle_goes import question_closed, vehicle_goes
from evenroll.enrollment.vehicle_question import VehicleQuestion
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import Track, Unit
from evenroll.quantities.identifiers import Pevid

_CONTESTED = LIVE | {State.VEHICLE_DISPUTED}


def disputed(case: Case, vehicle: Pevid, facts: CaseFacts) -> tuple[tuple[Event, ...], tuple[OfCase, ...]]:
    """Row 4a: what a vehicle that another customer's case has too does to both; nothing where there is none.

    An application waits for the answer. A live enrollment goes on, and the desk sees to it.
    """
    if facts.disputed_with is None:
        return (), ()
    other = facts.others.get(facts.disputed_with)
    if other is None or facts.disputed_pevid is None:
        raise FactMissing("A vehicle in dispute is decided with the other case, and its vehicle, at hand.")
    return _names_too(case, vehicle, other, facts.disputed_pevid, facts)


def _names_too(
    case: Case, vehicle: Pevid, other: Case, theirs: Pevid, facts: CaseFacts
) -> tuple[tuple[Event, ...], tuple[OfCase, ...]]:
    move = _with_desk(case, vehicle, facts)
    event = mv.VehicleDisputed(row=Row.R4A, pevid=vehicle, other=other.number, other_pevid=theirs, moves=(move,))
    subject, due = str(theirs), State.DUE
    asks = other.status in LIVE and other.state_of(Track.CONDITION, subject=subject) is not due
    moves = (facts.move(due, track=Track.CONDITION, subject=subject, wait=Wait.CUSTOMER),) if asks else ()
    asked = mv.VehicleAskedAbout(row=Row.R4A, pevid=theirs, other=case.number, other_pevid=vehicle, moves=moves)
    return (event,), (OfCase(number=other.number, events=(asked,)),)


def _with_desk(case: Case, vehicle: Pevid, facts: CaseFacts) -> Move:
    """The desk has two business days, then the supervisor."""
    if case.status in LIVE:
        return facts.move(State.DUE, track=Track.CONDITION, subject=str(vehicle), wait=Wait.STAFF)
    return facts.move(State.VEHICLE_DISPUTED)


def _with_customer(case: Case, vehicle: Pevid, facts: CaseFacts) -> Move:
    """The customer's turn. A live enrollment does not end for it: there the desk reminds."""
    if case.status in LIVE:
        return _with_desk(case, vehicle, facts)
    mailed = by_channel(case) is Wait.MAIL
    return facts.move(State.VEHICLE_DISPUTED, wait=Wait.MAIL if mailed else Wait.CUSTOMER)


def answer_vehicle(case: Case, command: c.AnswerVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: the customer who had the vehicle first says whether it is still there.

    Sold: it goes from this case, and whoever named it first has it. Still there: papers are asked of whoever names it.
    """
    if case.is_ended:
        return not_in_state(case, CommandName.ANSWER_VEHICLE)
    asked = _about(case, command.pevid, asked=True)
    if not asked:
        return _not_asked(case)
    vehicle, others = asked[0].pevid, tuple(_claims(case, asked, facts))
    answered = mv.VehicleAnswered(
        row=Row.ACTION, pevid=vehicle, vehicle_answer=command.answer, moves=question_closed(case, vehicle, facts)
    )
    if command.answer is mv.VehicleAnswer.STILL_MINE:
        return Decided(events=(answered,), others=tuple(_papers(each, pevid, facts) for each, pevid in others))
    goes = vehicle_goes(evolve(case, answered), vehicle, facts)
    return replace(goes, events=(answered, *goes.events), others=_passed_on(others, facts))


def _claims(case: Case, asked: Iterable[VehicleQuestion], facts: CaseFacts) -> Iterable[tuple[Case, Pevid]]:
    """The cases that name the vehicle of this one and still wait for it, the first to name it first."""
    for each in asked:
        other = facts.others.get(each.other)
        if other is None or other.status not in _CONTESTED:
            continue
        mine = next((q for q in other.questions if not q.asked and q.other == case.number), None)
        if mine is not None:
            yield other, mine.pevid


def _papers(case: Case, vehicle: Pevid, facts: CaseFacts) -> OfCase:
    asked = mv.VehicleProofAsked(row=Row.ACTION, pevid=vehicle, moves=(_with_customer(case, vehicle, facts),))
    return OfCase(number=case.number, events=(asked,))


def _passed_on(claims: tuple[tuple[Case, Pevid], ...], facts: CaseFacts) -> tuple[OfCase, ...]:
    """The vehicle goes to whoever named it first; any other who named it asks that one from now on."""
    if not claims:
        return ()
    (first, pevid), later = claims[0], claims[1:]
    kept = _kept(first, pevid, facts)
    return _gathered(OfCase(number=first.number, events=kept), *_asks(_after(first, kept), pevid, later, facts))


def _after(case: Case, events: Iterable[Event]) -> Case:
    for event in events:
        case = evolve(case, event)
    return case


def _asks(holder: Case, vehicle: Pevid, claims: Iterable[tuple[Case, Pevid]], facts: CaseFacts) -> tuple[OfCase, ...]:
    """Those who name the vehicle too ask its holder of now: each of them, and what the holder is asked."""
    found: list[OfCase] = []
    for each, pevid in claims:
        events, others = _names_too(each, pevid, holder, vehicle, facts)
        found += [OfCase(number=each.number, events=events), *others]
        holder = _after(holder, others[0].events)
    return tuple(found)


def _gathered(*parts: OfCase) -> tuple[OfCase, ...]:
    """One part for each case, its events in the order given; a track is told to wait once."""
    events: dict[str, OfCase] = {}
    for each in parts:
        before = events.get(each.number)
        events[each.number] = replace(each, events=(*before.events, *each.events)) if before else each
    return tuple(events.values())


def _kept(case: Case, vehicle: Pevid, facts: CaseFacts) -> tuple[Event, ...]:
    """The vehicle is this customer's: an application is decided, a live enrollment holds its place if it needs one."""
    waits = case.status is State.VEHICLE_DISPUTED
    moves = (facts.move(State.DECIDING),) if waits else question_closed(case, vehicle, facts)
    settled = mv.VehicleSettled(row=Row.ACTION, pevid=vehicle, kept=True, moves=moves)
    program = facts.other_programs.get(case.number) or facts.need_program()
    holds = any(each.unit_key == vehicle for each in case.live_places)
    if waits or holds or program.unit is not Unit.VEHICLE:
        return (settled,)
    place = Place(family=program.family, unit=program.unit, unit_key=str(vehicle))
    # One that waits for the end of the enrollment which it replaces gets its units with that end, this one too.
    ahead = case.opening.replaces is not None and not case.live_places and not has_begun(case, program)
    return (settled, PlaceReserved(row=Row.ACTION, place=place, held=ahead))


def prove_vehicle(case: Case, command: c.ProveVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action: papers that show whose the vehicle is; the desk looks at them."""
    found = _contested(case, command.pevid)
    if found is None:
        return _not_asked(case)
    move = _with_desk(case, found.pevid, facts)
    given = mv.VehicleProofGiven(
        row=Row.ACTION, pevid=found.pevid, ownership=command.document, papers=command.papers, moves=(move,)
    )
    return Decided(events=(given,))


def correct_vin(case: Case, command: c.CorrectVin, facts: CaseFacts) -> Decided | Refusal:
    """Action: the VIN was typed wrong. With the right one the application goes on, unless that one is named too."""
    if case.status is not State.VEHICLE_DISPUTED or case.form is None or case.form.drivetrain is None:
        return not_in_state(case, CommandName.CORRECT_VIN)
    if command.vin_state is not VinState.GIVEN:
        code = RefusalCode.VIN_WRONG if command.vin_state is VinState.WRONG else RefusalCode.VIN_MISSING
        return Refusal(code=code)
    before = next((each for each in case.questions if not each.asked), None)
    if facts.pevid is None:
        raise FactMissing("A vehicle needs a PEVID.")
    if before is not None and (before.other, before.other_pevid) == (facts.disputed_with, facts.disputed_pevid):
        return Refusal(code=RefusalCode.VIN_SAME, parameters={"case": case.number})
    given = EvidenceGiven(row=Row.ACTION, answers=case.form.answers, fields=frozenset({FormField.VIN}))
    events, others = disputed(case, facts.pevid, facts)
    moves = () if events else (facts.move(State.DECIDING),)
    drivetrain = case.form.drivetrain
    recorded = VehicleRecorded(row=Row.ACTION, pevid=facts.pevid, drivetrain=drivetrain, vin_known=True, moves=moves)
    return Decided(events=(given, recorded, *events), others=(*_let_be(case, before, facts), *others))


def settle_vehicle(case: Case, command: c.SettleVehicle, facts: CaseFacts) -> Decided | Refusal:
    """Action, by a person: whose a vehicle is that two cases have.

    This customer's: it goes from the other case. Not this customer's: an application asks for the right VIN.
    """
    found = _contested(case, command.pevid)
    if found is None:
        known = ", ".join(str(each.pevid) for each in case.vehicles)
        parameters = {"case": case.number, "vehicle": command.pevid, "known": known}
        return Refusal(code=RefusalCode.VEHICLE_UNKNOWN, parameters=parameters)
    asks = next((each for each in case.questions if not each.asked and each.pevid == found.pevid), None)
    if command.kept:
        return _taken_over(case, found.pevid, asks, facts)
    if case.status in LIVE and len(case.vehicles) == 1:
        return Refusal(code=RefusalCode.LAST_VEHICLE, parameters={"case": case.number})
    waits = case.status is State.VEHICLE_DISPUTED
    moves = (_with_customer(case, found.pevid, facts),) if waits else question_closed(case, found.pevid, facts)
    settled = mv.VehicleSettled(row=Row.ACTION, pevid=found.pevid, kept=False, moves=moves)
    held = any(each.unit_key == found.pevid for each in case.live_places)
    freed = (PlaceReleased(row=Row.ACTION, unit_key=str(found.pevid)),) if held else ()
    return Decided(events=(settled, *freed), others=_let_be(case, asks, facts))


def _taken_over(case: Case, vehicle: Pevid, asks: VehicleQuestion | None, facts: CaseFacts) -> Decided:
    """The vehicle goes from the case that had it to this one, which whoever else names it asks from now on."""
    kept = _kept(case, vehicle, facts)
    holder = facts.others.get(asks.other) if asks else None
    if asks is None or holder is None or holder.is_ended:
        return Decided(events=kept)
    theirs = asks.other_pevid
    asked = [each for each in holder.questions if each.asked and each.pevid == theirs]
    over = question_closed(holder, theirs, facts)
    closed = mv.VehicleQuestionClosed(row=Row.ACTION, pevid=theirs, other=case.number, moves=over)
    of_holder = replace(facts, program=facts.other_programs.get(holder.number))
    goes = vehicle_goes(evolve(holder, closed), theirs, of_holder)
    later = [each for each in _claims(holder, asked, facts) if each[0].number != case.number]
    parts = _gathered(
        OfCase(number=holder.number, events=(closed, *goes.events)), *_asks(_after(case, kept), vehicle, later, facts)
    )
    mine = tuple(event for each in parts if each.number == case.number for event in each.events)
    others = tuple(each for each in parts if each.number != case.number)
    return Decided(events=(*kept, *mine), others=others, messages=goes.messages)


def _let_be(case: Case, asks: VehicleQuestion | None, facts: CaseFacts) -> tuple[OfCase, ...]:
    """The customer who was asked need not answer any more, unless somebody else names the vehicle still."""
    holder = facts.others.get(asks.other) if asks else None
    if asks is None or holder is None or holder.is_ended:
        return ()
    more = [each for each in holder.questions if each.asked and each.pevid == asks.other_pevid]
    only = all(each.other == case.number for each in more)
    moves = question_closed(holder, asks.other_pevid, facts) if only and more else ()
    closed = mv.VehicleQuestionClosed(row=Row.ACTION, pevid=asks.other_pevid, other=case.number, moves=moves)
    return (OfCase(number=holder.number, events=(closed,)),)


def _about(case: Case, pevid: Pevid | None, *, asked: bool) -> tuple[VehicleQuestion, ...]:
    """The questions about one vehicle: the one named, or the first that is asked about."""
    mine = [each for each in case.questions if each.asked is asked]
    meant = pevid or (mine[0].pevid if mine else None)
    return tuple(each for each in mine if each.pevid == meant)


def _contested(case: Case, pevid: Pevid | None) -> VehicleOfCase | None:
    if case.status not in _CONTESTED:
        return None
    mine = [each for each in case.vehicles if each.disputed]
    return next((each for each in mine if pevid in (None, each.pevid)), None)


def _not_asked(case: Case) -> Refusal:
    return Refusal(code=RefusalCode.VEHICLE_NOT_ASKED, parameters={"case": case.number})
