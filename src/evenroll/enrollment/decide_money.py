"""Deciding the ledger of row 10: spans are counted, credits approved, sent, paid and taken back, each of them once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import money_commands as mc
from evenroll.enrollment import money_events as m
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.ledger import (
    CREDIT_MOVES,
    Credit,
    CreditState,
    EventOfCase,
    EventResult,
    Ledger,
    MissReason,
)
from evenroll.enrollment.ledger_track import SETTLED_AFTER, awaited_months, counted_by, counted_move
from evenroll.enrollment.money_devices import (
    DeviceSpan,
    counted_spans,
    device_of,
    device_spans,
    earned_here,
    is_counted,
)
from evenroll.enrollment.money_evolve import evolve_ledger
from evenroll.enrollment.money_rules import Awaited, event_incentives, judge, needs_measure
from evenroll.enrollment.money_spans import MoneySpan, month_key, spans_over
from evenroll.enrollment.roles import is_same_actor
from evenroll.enrollment.rows import Row
from evenroll.enrollment.suspended import obeys_still
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.program_terms import Incentive
from evenroll.quantities.money import ZERO

TWO_PERSONS_FROM_USD: Final = Decimal(500)
"""From this amount on two people approve a credit. Our own default; no source."""

COUNTS = frozenset({State.ACTIVE, State.SUSPENDED, State.LEAVING})
"""States of a case in which its ledger is counted on."""

CHARGED_KWH_MAX: Final = Decimal(1_000_000)
"""More than so much charges nobody in a month, not even a fleet: a slip of the pen. Our own default; no source."""

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """A count under way: the ledger as it stands after the events so far."""

    case: Case
    ledger: Ledger
    facts: CaseFacts
    events: tuple[Event, ...] = ()

    @property
    def program(self) -> ProgramVersion:
        return self.facts.need_program()

    def then(self, *events: Event) -> Counting:
        ledger = self.ledger
        for event in events:
            ledger = evolve_ledger(ledger, event)
        return Counting(case=self.case, ledger=ledger, facts=self.facts, events=(*self.events, *events))


def earn(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The clock: events that are over are settled, spans that are over are counted, once each."""
    if not _counts(case):
        return not_in_state(case, CommandName.EARN)
    counting = begin_count(case, facts)
    return Decided(events=_counted(counting if case.is_ended else _events_over(counting)).events)


def _counts(case: Case) -> bool:
    """Whether the ledger is counted on: in an enrollment, and after its end while a month is still to be measured."""
    return case.status in COUNTS | {State.ENDED} and case.state_of(Track.LEDGER) is State.COUNTING


def _events_over(counting: Counting) -> Counting:
    for each in counting.ledger.events:
        if each.is_open and each.ends_at + SETTLED_AFTER <= counting.facts.now:
            result = EventResult.OPTED_OUT if each.is_opted_out else EventResult.JOINED
            counting = settled_event(counting, each, result=_reached(counting.case, result))
    return counting


def _reached(case: Case, result: EventResult) -> EventResult:
    """Where every device is offline or its consent ended, none could join, whatever the customer decided."""
    silent = any(
        each.track is Track.DEVICE and each.state in (State.OFFLINE, State.CONSENT_ENDED)
        for each in case.tracks.values()
    ) and not obeys_still(case)
    return EventResult.NOT_REACHED if silent and result is EventResult.JOINED else result


def settled_event(counting: Counting, told: EventOfCase, *, result: EventResult, measured: bool = False) -> Counting:
    """An event settled, with what it earns; settled anew by what was measured, a credit goes or comes back with it."""
    after = counting.then(m.EventSettled(row=Row.R10, event=told.number, result=result, measured=measured))
    span = MoneySpan(key=told.number, start_on=told.on, end_on=told.on)
    for incentive in event_incentives(after.program):
        credit = after.ledger.credit(incentive.code, span=told.number)
        if result is EventResult.JOINED:
            after = after.then(*_given(incentive, span, credit, counting=after))
        elif credit is not None and credit.state is not CreditState.REVERSED:
            after = after.then(_taken_back(credit, reason=m.ReverseReason.NOT_JOINED, facts=after.facts))
        elif credit is None and not is_counted(after.ledger, incentive.code, told.number):
            missed = m.IncentiveMissed(row=Row.R10, code=incentive.code, span=told.number, why=MissReason.EVENTS_JOINED)
            after = after.then(missed)
    return after


def _given(incentive: Incentive, span: MoneySpan, credit: Credit | None, *, counting: Counting) -> tuple[Event, ...]:
    """What an event that was joined gives: its credit, once; one that was taken back for the event comes back."""
    if credit is None:
        return (_earned(incentive, span, usd=incentive.usd, counting=counting),)
    if credit.comes_back_to is None:
        return ()
    at, to = counting.facts.now, credit.comes_back_to
    return (m.IncentiveRestored(row=Row.R10, code=credit.code, span=credit.span, usd=credit.usd, to=to, at=at),)


def _counted(counting: Counting) -> Counting:
    """Every span that is over by today and was not counted before; and when to count next.

    After the end only what was still to be measured counts, of spans that were over by then: the rest was counted.
    """
    active_on, today, case = counting.ledger.active_on, counting.facts.today, counting.case
    by = counted_by(case, today=today)
    done = counted_spans(counting.ledger)
    for incentive in counting.program.ledger_incentives if active_on else ():
        if case.is_ended and not needs_measure(incentive):
            continue
        for span in spans_over(incentive, active_on=active_on or today, by=by):
            if not incentive.once_per_device and (incentive.code, span.key) in done:
                continue
            counting = _count(counting, incentive, span)
    awaited = awaited_months(counting.ledger, program=counting.program, today=by)
    move = counted_move(counting.case, counting.ledger, awaited=awaited, facts=counting.facts)
    return counting.then(m.LedgerCounted(row=Row.R10, on=today, awaited=awaited, moves=(move,)))


def _count(counting: Counting, incentive: Incentive, span: MoneySpan) -> Counting:
    if not incentive.once_per_device:
        return _judged(counting, incentive, span)
    for each in device_spans(counting.case, counting.ledger, code=incentive.code, span=span):
        counting = _judged(counting, incentive, span, own=each)
    return counting


def _judged(counting: Counting, incentive: Incentive, span: MoneySpan, *, own: DeviceSpan | None = None) -> Counting:
    """A span judged, for a device of its own where it is earned once in the life of one."""
    ledger, calendar, code = counting.ledger, counting.facts.calendar, incentive.code
    case, device, key = (own.seen, own.device, own.key) if own else (counting.case, "", span.key)
    before = (device, code) in counting.facts.earned_by_device or earned_here(ledger, code, device=device)
    if own is not None and before:
        found: Decimal | MissReason | Awaited = MissReason.DEVICE_EARNED_BEFORE
    else:
        found = judge(incentive, span=span, case=case, ledger=ledger, calendar=calendar)
    match found:
        case Awaited():
            return counting
        case MissReason():
            return counting.then(m.IncentiveMissed(row=Row.R10, code=code, span=key, why=found, device=device))
        case _:
            at = counting.facts.now
            earned = m.IncentiveEarned(row=Row.R10, code=code, span=key, device=device, usd=found, at=at)
            return counting.then(earned)


def _earned(incentive: Incentive, span: MoneySpan, *, usd: Decimal, counting: Counting) -> m.IncentiveEarned:
    device = device_of(counting.case) if incentive.once_per_device else ""
    at = counting.facts.now
    return m.IncentiveEarned(row=Row.R10, code=incentive.code, span=span.key, device=device, usd=usd, at=at)


def record_charging(case: Case, command: mc.RecordCharging, facts: CaseFacts) -> Decided | Refusal:
    """What was measured of a month's charging, once; the month is counted with it."""
    if not _counts(case):
        return not_in_state(case, CommandName.RECORD_CHARGING)
    if not all(_is_energy(each) for each in (command.charged_kwh, command.window_kwh, command.peak_kwh)):
        return _measure_wrong(case, command)
    measured = m.ChargingMeasured(
        row=Row.R10,
        month=command.month,
        charged_wh=_wh(command.charged_kwh),
        window_wh=_wh(command.window_kwh),
        peak_wh=_wh(command.peak_kwh),
    )
    known = case.ledger.charged(command.month)
    if known is not None:
        same = (known.charged_wh, known.window_wh, known.peak_wh) == (
            measured.charged_wh,
            measured.window_wh,
            measured.peak_wh,
        )
        return Decided() if same else _measure_wrong(case, command)
    if not _is_possible(measured, case.ledger, by=counted_by(case, today=facts.today)):
        return _measure_wrong(case, command)
    counting = Counting(case=case, ledger=case.ledger, facts=facts).then(measured)
    return Decided(events=_counted(counting).events)


def _is_energy(kwh: Decimal) -> bool:
    return kwh.is_finite() and 0 <= kwh <= CHARGED_KWH_MAX


def _wh(energy: Decimal) -> int:
    return int((energy * 1000).to_integral_value())


def _is_possible(measured: m.ChargingMeasured, ledger: Ledger, *, by: date) -> bool:
    """A month that was over by that day and was begun in the enrollment, whose parts are no more than its whole."""
    if not _MONTH.fullmatch(measured.month) or ledger.active_on is None:
        return False
    over = measured.month < month_key(by)
    begun = measured.month >= month_key(ledger.active_on)
    return over and begun and max(measured.window_wh, measured.peak_wh) <= measured.charged_wh


def _measure_wrong(case: Case, command: mc.RecordCharging) -> Refusal:
    parameters = {"case": case.number, "month": command.month}
    return Refusal(code=RefusalCode.MEASURE_WRONG, parameters=parameters)


def approve_credit(case: Case, command: mc.NameCredit, facts: CaseFacts) -> Decided | Refusal:
    """A person approves; of a large one a second person as well. What is approved already stays so."""
    found = _named(case, command, to=CreditState.APPROVED)
    if isinstance(found, Refusal):
        return found
    events: list[Event] = []
    for credit in found:
        large = credit.usd >= TWO_PERSONS_FROM_USD
        if large and credit.first_by and is_same_actor(credit.first_by, facts.by_key):
            if command.all_usd is None:
                return Refusal(code=RefusalCode.SAME_PERSON_APPROVED, parameters=_told(case, credit))
            continue
        is_first = large and not credit.first_by
        approved = m.IncentiveApproved(
            row=Row.R10, code=credit.code, span=credit.span, by=facts.by_key, at=facts.now, is_first=is_first
        )
        events.append(approved)
    return Decided(events=tuple(events))


def send_credit(case: Case, command: mc.NameCredit, facts: CaseFacts) -> Decided | Refusal:
    """A credit goes out to whoever pays it."""
    found = _named(case, command, to=CreditState.SENT)
    if isinstance(found, Refusal):
        return found
    sent = (m.IncentiveSent(row=Row.R10, code=each.code, span=each.span, usd=each.usd, at=facts.now) for each in found)
    return Decided(events=tuple(sent))


def record_payment(case: Case, command: mc.RecordPayment, facts: CaseFacts) -> Decided | Refusal:
    """A credit arrived, or what was owed back for one that was taken back; told twice, it is one payment."""
    if command.paid_on > facts.today:
        return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": command.paid_on.isoformat()})
    owed = case.ledger.credit(command.code, span=command.span)
    if owed is not None and owed.is_owed_back:
        return Decided(events=(_came_back(owed, command, facts),))
    if owed is not None and owed.state is CreditState.REVERSED and owed.returned:
        return Decided()
    found = _named(case, mc.NameCredit(code=command.code, span=command.span), to=CreditState.PAID)
    if isinstance(found, Refusal):
        return found
    paid = (
        m.IncentivePaid(
            row=Row.R10,
            code=each.code,
            span=each.span,
            paid_on=command.paid_on,
            reference=command.reference,
            at=facts.now,
        )
        for each in found
    )
    return Decided(events=tuple(paid))


def _came_back(owed: Credit, command: mc.RecordPayment, facts: CaseFacts) -> m.IncentiveReturned:
    return m.IncentiveReturned(
        row=Row.R10,
        code=owed.code,
        span=owed.span,
        usd=owed.usd,
        returned_on=command.paid_on,
        reference=command.reference,
        at=facts.now,
    )


def reverse_credit(case: Case, command: mc.ReverseCredit, facts: CaseFacts) -> Decided | Refusal:
    """A credit is taken back, with the reason; what was sent or paid is then owed back."""
    found = _named(case, mc.NameCredit(code=command.code, span=command.span), to=CreditState.REVERSED)
    if isinstance(found, Refusal):
        return found
    return Decided(events=tuple(_taken_back(each, reason=command.reason, facts=facts) for each in found))


def _taken_back(credit: Credit, *, reason: m.ReverseReason, facts: CaseFacts) -> m.IncentiveReversed:
    return m.IncentiveReversed(
        row=Row.R10,
        code=credit.code,
        span=credit.span,
        usd=credit.usd,
        reason=reason,
        was=credit.state,
        at=facts.now,
    )


def _named(case: Case, command: mc.NameCredit, *, to: CreditState) -> tuple[Credit, ...] | Refusal:
    """The credits that a command is about and that can come to a state; () where they are there already."""
    if command.all_usd is not None:
        return _all(case, usd=command.all_usd, to=to)
    named = [tuple(each.partition("/")[::2]) for each in dict.fromkeys(command.credits)]
    if command.code:
        named.append((command.code, command.span))
    if not named:
        return Refusal(code=RefusalCode.CREDITS_NOT_NAMED, parameters={"case": case.number})
    found: list[Credit] = []
    for code, span in named:
        credit = _one(case, code, span=span, to=to)
        if isinstance(credit, Refusal):
            return credit
        found += credit
    return tuple(found)


def credits_ready(case: Case, *, to: CreditState) -> tuple[Credit, ...]:
    """The credits of a case that can come to this state."""
    return tuple(each for each in case.ledger.credits if to in CREDIT_MOVES[each.state])


def _all(case: Case, *, usd: Decimal, to: CreditState) -> tuple[Credit, ...] | Refusal:
    """All that can come to a state, where they come to this amount together: else somebody means others."""
    ready = credits_ready(case, to=to)
    if not ready:
        return Refusal(code=RefusalCode.CREDIT_UNKNOWN, parameters={"case": case.number})
    if sum((each.usd for each in ready), ZERO) != usd:
        return Refusal(code=RefusalCode.CREDITS_OTHER_TOTAL, parameters={"case": case.number})
    return ready


def _one(case: Case, code: str, *, span: str, to: CreditState) -> tuple[Credit, ...] | Refusal:
    credit = case.ledger.credit(code, span=span)
    if credit is None:
        parameters = {"case": case.number, "code": code, "span": span}
        return Refusal(code=RefusalCode.CREDIT_UNKNOWN, parameters=parameters)
    if credit.state is to:
        return ()
    if to not in CREDIT_MOVES[credit.state]:
        parameters = {**_told(case, credit), "credit_state": credit.state.value}
        return Refusal(code=RefusalCode.CREDIT_NOT_THERE, parameters=parameters)
    return (credit,)


def _told(case: Case, credit: Credit) -> dict[str, str]:
    return {"case": case.number, "code": credit.code, "span": credit.span}


def begin_count(case: Case, facts: CaseFacts) -> Counting:
    """A count that begins with the ledger as the case has it."""
    return Counting(case=case, ledger=case.ledger, facts=facts)
