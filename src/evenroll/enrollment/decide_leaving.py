"""Deciding how a customer leaves a program: asked, the switch back, the end on its day, and a program that closes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment import leaving_events as lv
from evenroll.enrollment import messages as m
from evenroll.enrollment.begin_tracks import stop_tracks
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving import (
    SWITCHED,
    ended_on,
    leave,
    rate_hangs,
    return_due,
    return_stopped,
    waits_on,
    waits_on_utility,
)
from evenroll.enrollment.leaving_codes import DESK_ONLY, LEAVES_EARLY, LeaveReason, SuspensionCause
from evenroll.enrollment.life_events import Ended
from evenroll.enrollment.order_dates import latest_day
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.suspended import going_on, needs_control, obeys_still, suspended
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import SUPERVISED, Wait
from evenroll.programs.program import MeterNeedKind, ProgramVersion, ServiceChange, Track
from evenroll.quantities.identifiers import RateKey

_CHOSEN = frozenset(
    {
        State.FINDING_PROVIDER,
        State.COMPLETING,
        State.PROVING,
        State.VEHICLE_DISPUTED,
        State.DECIDING,
        State.NEEDS_ANSWER,
        State.WAITLISTED,
    }
)
"""States of an open application that has chosen its program; before it another can still be chosen."""

_LEAVABLE = frozenset({State.ACTIVE, State.SUSPENDED})

_END_REASON = {
    LeaveReason.MOVED: EndReason.MOVED,
    LeaveReason.DEATH: EndReason.DEATH,
    LeaveReason.NON_COMPLIANCE: EndReason.COMPLIANCE,
}


def unenroll(case: Case, command: lc.Unenroll, facts: CaseFacts) -> Decided | Refusal:
    """The customer leaves, or the desk ends it: not before the minimum stay is over, but for what is nobody's choice.

    Where a rate hangs on the enrollment, service is switched back first and the end is the day of that switch.
    """
    if case.status is State.LEAVING:
        return Decided()
    if case.status not in _LEAVABLE and not (case.status is State.ENROLLED and case.price_since is not None):
        return not_in_state(case, CommandName.UNENROLL)
    refused = _refused(case, command, facts)
    if refused is not None:
        return refused
    reason = _END_REASON.get(command.reason, EndReason.CUSTOMER)
    return leave(case, reason=reason, because=command.reason, not_before_on=command.on, facts=facts)


def _refused(case: Case, command: lc.Unenroll, facts: CaseFacts) -> Refusal | None:
    latest_on = latest_day(facts.today)
    if command.on is not None and not facts.today <= command.on <= latest_on:
        between = {"earliest_on": facts.today.isoformat(), "latest_on": latest_on.isoformat()}
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": command.on.isoformat(), **between})
    by_customer = facts.by is Role.CUSTOMER
    if by_customer and command.reason in DESK_ONLY:
        parameters = {"case": case.number, "leave_reason": command.reason.value}
        return Refusal(code=RefusalCode.REASON_FOR_DESK, parameters=parameters)
    stay_on = case.agreement.minimum_stay_ends_on if case.agreement else None
    early = command.reason in LEAVES_EARLY and not by_customer
    if stay_on is None or early or max(command.on or facts.today, facts.today) >= stay_on:
        return None
    return Refusal(code=RefusalCode.MINIMUM_STAY, parameters={"case": case.number, "ends_on": stay_on.isoformat()})


def stay_enrolled(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The customer stays after all: at once where nothing was asked of the utility, else once it has stopped."""
    if case.status is not State.LEAVING or case.leave is None:
        return not_in_state(case, CommandName.STAY_ENROLLED)
    if case.leave.reason is not EndReason.CUSTOMER or _stopping(case):
        return Refusal(code=RefusalCode.CANNOT_STAY, parameters={"case": case.number})
    if case.leaving is None:
        return Decided(events=_stayed(case, facts))
    sent, messages = return_stopped(case, m.CancelReason.STAYS)
    waiting = replace(sent[0], moves=(waits_on(Wait.LATER, facts=facts),))
    return Decided(events=(waiting,), messages=messages)


def _stopping(case: Case) -> bool:
    """Whether the utility was asked to stop the enrollment's own order: what it does then cannot be taken back."""
    return case.state_of(Track.METER, subject=str(case.pod or "")) is State.CANCELLING


def _stayed(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    stayed = lv.Stayed(row=Row.ACTION, moves=going_on(case, facts))
    lost = case.suspension is None and stayed.moves[-1].to is State.ACTIVE and needs_control(facts.need_program())
    if not lost or obeys_still(case):
        return (stayed,)
    # Lost while it was about to leave: from now on it rests like any other.
    ended = any(each.state is State.CONSENT_ENDED for each in case.tracks.values())
    cause = SuspensionCause.CONSENT if ended else SuspensionCause.OFFLINE
    active = replace(case, tracks=apply_moves(case.tracks, stayed.moves))
    return (stayed, *suspended(active, cause, facts))


def end_leaving(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The day that was wished for has come: the end of what no rate hangs on."""
    wished = case.leave
    due_at = case.course.due_at
    if case.status is not State.LEAVING or wished is None or case.course.on_lapse is not CommandName.END_LEAVING:
        return not_in_state(case, CommandName.END_LEAVING)
    if due_at is None or facts.now < due_at:
        return not_in_state(case, CommandName.END_LEAVING)
    return leave(case, reason=wished.reason, because=wished.because, ends_on=wished.not_before_on, facts=facts)


def request_return(case: Case, facts: CaseFacts) -> Decided | Refusal:
    """Row 5a, on the way back: the utility is asked to switch service to its standard rate, by clock or desk."""
    wished = case.leave
    hangs = wished is not None and rate_hangs(case, facts.need_program())
    if wished is None or not hangs or case.leaving is not None or _stopping(case):
        return not_in_state(case, CommandName.REQUEST_METER)
    utility = case.order.utility if case.order else case.provider.utility if case.provider else None
    if utility is None or case.pod is None or facts.order_number is None:
        raise FactMissing(
            "A return to the standard rate needs the utility, the usage point and a number for the order."
        )
    program = facts.need_program()
    body = m.MeterRequested(
        case=case.number,
        order=facts.order_number,
        pod=case.pod,
        program=program.key,
        need=MeterNeedKind.NONE,
        service_change=program.service_change,
        new_rate=standard_rate(case, program),
        timing=program.timing,
        notice=program.notice,
        asked_on=facts.today,
        not_before_on=wished.not_before_on,
        returning=True,
        old_rate=program.rate,
    )
    move = waits_on(Wait.LATER, facts=facts)
    asked = lv.ReturnAsked(row=Row.ACTION, order=facts.order_number, utility=utility, moves=(move,))
    return Decided(events=(asked,), messages=(m.Message(to=utility, conversation=case.number, body=body),))


def standard_rate(case: Case, program: ProgramVersion) -> RateKey | None:
    """The rate that service goes back to: the one that the enrollment replaced, if the program names it, else the first
    that it names. A rider is taken off what it lies on, whatever that is by then.
    """
    closed = [bill.rate for bill in case.order.bills[:1]] if case.order else []
    if program.service_change is ServiceChange.RIDER:
        return closed[0] if closed else program.rate
    named = [rate for rate in closed if rate in program.replaces_rates]
    return next(iter((*named, *program.replaces_rates, *closed)), None)


def is_return(case: Case, order: str) -> bool:
    """Whether an order is the one that switches the service of this case back."""
    return case.leaving is not None and str(case.leaving.number) == order


def hear_return_answer(case: Case, command: m.RequestAnswered, facts: CaseFacts) -> Decided:
    """The utility takes the return, or refuses it; then the supervisor sees to it, and the desk may ask again."""
    accepted = command.answer is m.RequestAnswer.ACCEPTED
    moves = ()
    if case.status is State.LEAVING:
        moves = (waits_on(Wait.LATER if accepted else SUPERVISED, facts=facts),)
    heard = lv.ReturnAnswered(row=Row.ACTION, accepted=accepted, reason=command.reason, moves=moves)
    return Decided(events=(heard,))


def hear_return_meter(case: Case, command: m.MeterTold, facts: CaseFacts) -> Decided:
    """Nothing is done at the meter for a return; an order that the utility gave up is the supervisor's to see to."""
    if command.state is not State.CANCELLED or case.status is not State.LEAVING:
        return Decided()
    moves = (waits_on(SUPERVISED, facts=facts),)
    return Decided(events=(lv.ReturnAnswered(row=Row.ACTION, accepted=False, moves=moves),))


def hear_return_switch(case: Case, command: m.SwitchTold, facts: CaseFacts) -> Decided:
    """Service goes back on that day; once it has, the enrollment is over, and was from that day."""
    if command.state is not State.SWITCHED:
        moves = (_until_switch(command.switch_on, facts),) if case.status is State.LEAVING else ()
        return Decided(events=(lv.ReturnDated(row=Row.ACTION, switch_on=command.switch_on, moves=moves),))
    made = lv.ReturnMade(row=Row.ACTION, switch_on=command.switch_on)
    if case.status is not State.LEAVING or case.leave is None:
        return Decided(events=(made,))
    return Decided(events=(made, *ended_on(case, case.leave.reason, command.switch_on, facts)))


def _until_switch(switch_on: date, facts: CaseFacts) -> Move:
    asks_on = facts.calendar.add_business_days(max(switch_on, facts.today), 1)
    return waits_on_utility(facts.calendar.start_of_day(asks_on + timedelta(days=1)), facts=facts)


def hear_return_cancel(case: Case, command: m.CancelAnswered, facts: CaseFacts) -> Decided:
    """What became of the wish to stay: the enrollment goes on, or the news of the switch ends it."""
    if command.result is m.CancelResult.TOO_LATE:
        return Decided()
    heard = lv.ReturnAnswered(row=Row.ACTION, accepted=False)
    if case.status is not State.LEAVING:
        return Decided(events=(heard,))
    return Decided(events=(heard, *_stayed(case, facts)))


def order_cancel_heard(case: Case, command: m.CancelAnswered, facts: CaseFacts) -> tuple[Event, ...]:
    """What follows for a case that leaves once the utility has answered to the stop of the enrollment's own order."""
    if case.leave is None:
        return ()
    if command.result is not m.CancelResult.TOO_LATE:
        return ended_on(case, case.leave.reason, facts.today, facts)
    if case.state_of(Track.SERVICE) not in SWITCHED:
        return ()
    move = return_due(case, facts)
    return (lv.ReturnNeeded(row=Row.ACTION, moves=(move,)),)


def switch_came(case: Case, *, service: tuple[Move, ...], facts: CaseFacts) -> tuple[Event, ...]:
    """The program's rate came into force while its order was to be stopped: now service has to be switched back."""
    if case.status is not State.LEAVING or case.leaving is not None:
        return ()
    if case.course.on_lapse is not CommandName.ESCALATE or not service or service[0].due_at is None:
        return ()
    until = max(service[0].due_at, facts.now + timedelta(days=1))
    move = waits_on_utility(until, facts=facts, then=CommandName.REQUEST_METER)
    return (lv.ReturnNeeded(row=Row.ACTION, moves=(move,)),)


def bill_came(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """The first bill of the program's rate is here, so the utility can be asked to switch back."""
    wished_later = case.course.on_lapse is CommandName.END_LEAVING
    if case.status is not State.LEAVING or case.leaving is not None or wished_later:
        return ()
    return (lv.ReturnNeeded(row=Row.ACTION, moves=(return_due(case, facts, billed=True),)),)


def close_program(case: Case, command: lc.CloseProgram, facts: CaseFacts) -> Decided | Refusal:
    """A program closes: whoever is in it is told, and leaves on the day; an application that is open ends that day."""
    if case.chosen is None or case.chosen.program != command.program:
        return Refusal(code=RefusalCode.PROGRAM_NOT_OFFERED, parameters={"program": command.program})
    concerned = case.status in _CHOSEN or case.status in LIVE - {State.LEAVING, State.WITHDRAWING}
    if not concerned or (facts.today < command.closes_on and case.closes_on == command.closes_on):
        return Decided()
    if facts.today < command.closes_on:
        return Decided(events=(lv.ProgramCloseTold(row=Row.ACTION, closes_on=command.closes_on),))
    ends_on = _closed_on(case, command)
    if case.status in _CHOSEN:
        return Decided(events=_application_ended(case, ends_on, facts))
    if case.status is State.IN_RESCISSION:
        return Decided(events=ended_on(case, EndReason.PROGRAM_CLOSED, ends_on, facts))
    return leave(case, reason=EndReason.PROGRAM_CLOSED, ends_on=ends_on, facts=facts)


def _application_ended(case: Case, on: date, facts: CaseFacts) -> tuple[Event, ...]:
    moves = (facts.move(State.ENDED), *stop_tracks(case, facts))
    return (Ended(row=Row.ACTION, reason=EndReason.PROGRAM_CLOSED, ended_on=on, moves=moves),)


def _closed_on(case: Case, command: lc.CloseProgram) -> date:
    """The day of the program's end, however late the clock comes to it, but not before the enrollment began."""
    return max(command.closes_on, case.agreement.terms_received_on) if case.agreement else command.closes_on
