"""Deciding a move: the enrollment ends with the last day at the premise, and may go on at another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case, EndReason, EquipmentOfCase, Opening
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_events import ProviderAsked
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_ending import end_asked
from evenroll.enrollment.decided import Decided, FactMissing, OfCase, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Channel, Form, FormField
from evenroll.enrollment.leaving import ended_on, open_orders_stopped
from evenroll.enrollment.life_events import EquipmentKind, Withdrawn
from evenroll.enrollment.messages import CancelReason, Message, MoveTold
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.point_moves import OccupantMovedIn, vacated
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import VACANT, UsagePoint
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId, RateKey

MOVE: Final = "move_out"
"""The subject of the condition that a move is: due when its last day is over."""

AHEAD_DAYS_MAX: Final = 366
BACK_DAYS_MAX: Final = 366
"""A move is told at most a year ahead, and at most a year late."""

PREMISE_FIELDS: Final = frozenset(
    {
        FormField.SERVICE_ADDRESS,
        FormField.POSTAL_CODE,
        FormField.ACCOUNT_NUMBER,
        FormField.METER_SERIAL,
        FormField.LAST_BILL_AMOUNT,
    }
)
"""Answers that are of the premise and its account: at another one they are asked anew. All others go along."""


def move_out(case: Case, command: c.MoveOut, facts: CaseFacts) -> Decided | Refusal:
    """Action: the enrollment ends with its last day at the premise; told late, it ended on that day all the same."""
    return _moves_out(case, command.moved_on, facts, name=CommandName.MOVE_OUT, to=None)


def move_with_car(case: Case, command: c.MoveWithCar, facts: CaseFacts) -> Decided | Refusal:
    """Action: as moving out; and a new case goes on at the other premise with all that is not of the old one.

    There it is asked who provides, the account is proved anew, and every rule is judged. Whatever comes of that, the
    old enrollment ends on its day.
    """
    if case.form is None or case.chosen is None:
        return not_in_state(case, CommandName.MOVE_WITH_CAR)
    number = facts.new_number
    if number is None:
        raise FactMissing("A case that goes on at another premise needs a number.")
    left = _moves_out(case, command.moved_on, facts, name=CommandName.MOVE_WITH_CAR, to=number)
    if isinstance(left, Refusal):
        return left
    return replace(left, others=(*left.others, OfCase(number=number, events=_goes_on(case, command, number, facts))))


def complete_move(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Action: the last day is over; the enrollment and the service at the usage point have ended with it."""
    moved_on = case.moves_out_on
    if case.state_of(Track.CONDITION, subject=MOVE) is not State.DUE or moved_on is None:
        return not_in_state(case, CommandName.COMPLETE_MOVE)
    if facts.today <= moved_on:
        return Refusal(code=RefusalCode.NOT_YET_DUE, parameters={"case": case.number, "due_on": moved_on.isoformat()})
    return _gone(case, moved_on, facts)


def _moves_out(
    case: Case, moved_on: date, facts: CaseFacts, *, name: CommandName, to: CaseNumber | None
) -> Decided | Refusal:
    if case.status not in LIVE or case.status is State.WITHDRAWING or case.pod is None:
        return not_in_state(case, name)
    fault = _not_on(case, moved_on, facts)
    if fault is not None:
        return fault
    asked = mv.MoveOutAsked(row=Row.ACTION, moved_on=moved_on, to=to, moves=(_due_after(moved_on, facts),))
    if facts.today <= moved_on:
        return Decided(events=(asked,))
    gone = _gone(evolve(case, asked), moved_on, facts)
    return replace(gone, events=(asked, *gone.events))


def _not_on(case: Case, day: date, facts: CaseFacts) -> Refusal | None:
    """Why nobody can have left on that day: too far off, or before what is served there had begun."""
    earliest_on = facts.today - timedelta(days=BACK_DAYS_MAX)
    known = [earliest_on, case.price_since or earliest_on]
    if facts.point is not None and facts.point.agreements:
        known.append(facts.point.agreements[-1].start_on)
    earliest_on, latest_on = max(known), facts.today + timedelta(days=AHEAD_DAYS_MAX)
    if earliest_on <= day <= latest_on:
        return None
    days = {"earliest_on": earliest_on.isoformat(), "latest_on": latest_on.isoformat()}
    return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": day.isoformat(), **days})


def _due_after(day: date, facts: CaseFacts) -> Move:
    due = facts.move(State.DUE, track=Track.CONDITION, subject=MOVE)
    due_at = max(facts.now, facts.calendar.start_of_day(day + timedelta(days=1)))
    return replace(due, owner=Role.SYSTEM, due_at=due_at, on_lapse=CommandName.COMPLETE_MOVE)


def _gone(case: Case, moved_on: date, facts: CaseFacts) -> Decided:
    if case.pod is None:
        raise FactMissing("Only from a usage point can one move.")
    met = facts.move(State.MET, track=Track.CONDITION, subject=MOVE)
    moved = mv.MovedOut(row=Row.ACTION, moved_on=moved_on, pod=case.pod, moves=(met,))
    after = evolve(case, moved)
    stopped, messages = open_orders_stopped(after, CancelReason.MOVED, facts)
    ended = ended_on(_folded(after, stopped), EndReason.MOVED, moved_on, facts)
    end, request = end_asked(case, moved_on, facts)
    left = [each for each in facts.others.values() if _left_too(each, case)]
    cancels = tuple(message for each in left for message in cancels_of(each, facts))
    return Decided(
        events=(moved, *stopped, *ended, *end),
        messages=(*messages, *cancels, *move_told(case, moved_on, facts), *request),
        point_events=vacated(facts.point, moved_on),
        others=tuple(OfCase(number=each.number, events=left_behind(each, moved_on, facts)) for each in left),
    )


def _folded(case: Case, events: tuple[Event, ...]) -> Case:
    for event in events:
        case = evolve(case, event)
    return case


def _left_too(other: Case, case: Case) -> bool:
    """Whether another case of the same proved customer stands at the premise that is left; not one that goes on."""
    customer = case.proof.customer
    same = other.pod == case.pod and customer is not None and other.proof.customer == customer
    return same and other.number != case.number and can_be_left(other)


def can_be_left(case: Case) -> bool:
    """Whether moving out ends the case: not where the utility's answer to a withdrawal is awaited, which ends it."""
    if case.status in LIVE:
        return case.status is not State.WITHDRAWING
    return State.WITHDRAWN in MOVES[Track.CASE].get(case.status, frozenset[State]())


def left_behind(case: Case, moved_on: date, facts: CaseFacts) -> tuple[Event, ...]:
    """The end of a case at a premise that its customer left: an enrollment ends, an application is withdrawn."""
    if case.status not in LIVE:
        return (Withdrawn(row=Row.ACTION, moves=(facts.move(State.WITHDRAWN),)),)
    stopped, _ = open_orders_stopped(case, CancelReason.MOVED, facts)
    return (*stopped, *ended_on(_folded(case, stopped), EndReason.MOVED, moved_on, facts))


def cancels_of(case: Case, facts: CaseFacts) -> tuple[Message, ...]:
    """The messages that stop the open orders of a case which is left behind."""
    return open_orders_stopped(case, CancelReason.MOVED, facts)[1] if case.status in LIVE else ()


def move_told(case: Case, moved_on: date, facts: CaseFacts) -> tuple[Message, ...]:
    """The news for the other one who serves the usage point, wires or supply, and for who keeps the registry of it."""
    provider = case.provider
    others = {provider.utility, provider.supplier} if provider else set[OrganizationKey | None]()
    agreement = facts.point.agreement_on(moved_on) if facts.point else None
    others |= {agreement.supplier} if agreement else set()
    # A utility that keeps the registry itself tells itself.
    supplied = provider is not None and bool(others - {provider.utility, None})
    registrars = {provider.registrar} if provider is not None and supplied else set[OrganizationKey | None]()
    told = (others - {case.organization}) | registrars
    return told_to(frozenset(each for each in told if each), case.pod, moved_on)


def hear_move(case: Case, command: MoveTold, facts: CaseFacts) -> Decided | Refusal:
    """Action: who serves the usage point beside us says that its customer has left; what stood here before ends.

    An application that came after that day is the next occupant's, or for another premise, and goes on.
    """
    opened_on = facts.calendar.business_date(case.opening.opened_at)
    if case.pod != command.pod or opened_on > command.moved_on or not can_be_left(case):
        return Decided()
    moved = mv.MovedOut(row=Row.ACTION, moved_on=command.moved_on, pod=command.pod)
    return Decided(events=(moved, *left_behind(case, command.moved_on, facts)), messages=cancels_of(case, facts))


def moved_in(
    point: UsagePoint,
    *,
    on: date,
    rate: RateKey | None,
    utility: OrganizationKey,
    today: date,
    registrars: tuple[OrganizationKey, ...] = (),
) -> Decided | Refusal:
    """Action: the next occupant is served from that day on; who was served until then was so up to the day before.

    registrars: who may keep the registry of the usage point, told where another than the utility supplied there.
    """
    before = point.agreement_on(on)
    if on > today or before is None or rate is None or (before.rate != VACANT and before.start_on >= on):
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": on.isoformat()})
    last_on = on - timedelta(days=1)
    gone = vacated(point, last_on)
    began = OccupantMovedIn(row=Row.ACTION, moved_on=on, rate=rate, supplier=utility)
    supplied = gone and before.supplier != utility
    told = told_to(frozenset({before.supplier, *registrars}), point.pod, last_on) if supplied else ()
    return Decided(events=(*gone, began), messages=told)


def told_to(receivers: frozenset[OrganizationKey], pod: PodId | None, moved_on: date) -> tuple[Message, ...]:
    """One message each, in the order of their keys."""
    if pod is None:
        return ()
    body = MoveTold(pod=pod, moved_on=moved_on)
    return tuple(Message(to=to, conversation=pod, body=body) for to in sorted(receivers))


def _goes_on(case: Case, command: c.MoveWithCar, number: CaseNumber, facts: CaseFacts) -> tuple[Event, ...]:
    """The first events of the case at the other premise; it begins where it is asked who provides there."""
    if case.form is None:
        raise FactMissing("A case that moves had a form.")
    program = command.program or (case.chosen.program if case.chosen else None)
    opening = Opening(
        opened_at=facts.now,
        channel=Channel.PHONE if facts.by is Role.ENROLLMENT_DESK else Channel.WEB,
        language=case.opening.language,
        program=program,
        pod=command.pod,
        postal_code=command.postal_code[:5],
        continues=case.number,
    )
    begun = mv.CaseContinued(
        row=Row.ACTION,
        number=number,
        organization=case.organization,
        opening=opening,
        form=_form_elsewhere(case.form, command, opening, facts),
        vehicles=case.vehicles,
        equipment=_taken_along(case),
        moves=(facts.move(State.FINDING_PROVIDER),),
    )
    return (begun, ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=command.pod))


def _taken_along(case: Case) -> EquipmentOfCase | None:
    """A cordset goes with the car; what is wired stays with the premise."""
    cordset = case.equipment is not None and case.equipment.kind == EquipmentKind.CORDSET.value
    return case.equipment if cordset else None


def _form_elsewhere(form: Form, command: c.MoveWithCar, opening: Opening, facts: CaseFacts) -> Form:
    return replace(
        form,
        channel=opening.channel,
        received_at=facts.now,
        answers=command.answers,
        signed_on=command.signed_on,
        consents=command.consents,
        documents=form.documents | command.documents,
        program=opening.program,
        fields=(form.fields - PREMISE_FIELDS) | facts.given,
    )
