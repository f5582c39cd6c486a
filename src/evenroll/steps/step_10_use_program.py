"""Row 10: the customer decides when and why; the ledger keeps events and money, and a statement sums it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment import program_event as pe
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.money_devices import devices_of
from evenroll.enrollment.money_events import UsageMissing
from evenroll.enrollment.plain_words import refuse_prose
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.service_order import Switch
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.ports.premises import ServedPoint
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import PodId, ProgramKey, RateKey
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.gathered import case_facts, program_of
from evenroll.records.organizations import current
from evenroll.records.program_events import calling_facts, earned_with_device, telling_facts
from evenroll.records.protected_terms import rate_before
from evenroll.records.protected_usage import Measured, figures_given, figures_of_reads, protected_days
from evenroll.records.streams import place_stream, program_event_stream
from evenroll.records.taking import plain_case, take, take_case
from evenroll.records.unit_of_work import UnitOfWork

_EVENTS, _PROGRAM = "events", "program"
_INCENTIVES, _DEVICE = "incentives", "device"


def record_use(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Opt out, opt in or override, with the reason; bound to the event of the day, and counted."""
    return plain_case(work, asked, name=CommandName.RECORD_USE)


def issue_statement(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The yearly statement, with events and money."""
    return plain_case(work, asked, name=CommandName.ISSUE_STATEMENT)


def call_event(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The provider calls an event of a program; everyone enrolled is told. One at a time: limits are counted."""

    def act() -> Answer:
        command, program = cast("mc.CallEvent", asked.command), ProgramKey(asked.number)
        work.lock(place_stream(_EVENTS, unit=_PROGRAM, unit_key=program))
        facts = calling_facts(work, program, starts_at=command.starts_at)
        return _recorded(work, facts.number, lambda event: pe.call_event(event, command, facts))

    return take(work, asked, name=CommandName.CALL_EVENT, act=act)


def cancel_event(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A called event will not be; everyone who was told hears so."""
    return _told(work, asked, name=CommandName.CANCEL_EVENT, decide=pe.cancel_event)


def settle_event(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What was measured of an event reaches the cases it is of."""
    return _told(work, asked, name=CommandName.SETTLE_EVENT, decide=pe.settle_event)


def hear_event(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A case hears of an event of its program."""
    return plain_case(work, asked, name=CommandName.HEAR_EVENT)


def earn(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Spans that are over are counted. What is earned once for a device is looked up under a lock on the device."""

    def decide(case: Case | None) -> Decided | Refusal:
        facts = case_facts(work, case)
        program = facts.program
        if case is not None and program is not None and any(each.once_per_device for each in program.incentives):
            facts = replace(facts, earned_by_device=_earned_before(work, case, family=program.family))
        return decide_case(case, CommandName.EARN, asked.command, facts)

    return take_case(work, asked, name=CommandName.EARN, decide=decide)


def record_charging(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What was measured of a month's charging; it is counted with it."""

    def decide(case: Case | None) -> Decided | Refusal:
        facts = case_facts(work, case)
        program = facts.program
        if case is not None and program is not None and any(each.once_per_device for each in program.incentives):
            facts = replace(facts, earned_by_device=_earned_before(work, case, family=program.family))
        return decide_case(case, CommandName.RECORD_CHARGING, asked.command, facts)

    return take_case(work, asked, name=CommandName.RECORD_CHARGING, decide=decide)


def approve_credit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A person approves; a large one takes two."""
    return _by_person(work, asked, name=CommandName.APPROVE_CREDIT)


def send_credit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A credit goes out to whoever pays it."""
    return _by_person(work, asked, name=CommandName.SEND_CREDIT)


def record_payment(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A credit arrived."""
    return _by_person(work, asked, name=CommandName.RECORD_PAYMENT)


def reverse_credit(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A credit is taken back, with the reason."""
    return _by_person(work, asked, name=CommandName.REVERSE_CREDIT)


def settle_protection(work: UnitOfWork, *, asked: Asked) -> Answer:
    """The difference to the replaced rate, from our own reads or from what billing gives; never a guess."""

    def decide(case: Case | None) -> Decided | Refusal:
        facts = case_facts(work, case)
        if case is None or facts.program is None or facts.program.protection is None:
            return decide_case(case, CommandName.SETTLE_PROTECTION, asked.command, facts)
        known = _protection(work, case, asked)
        if known is None:
            return Refusal(code=RefusalCode.USAGE_WRONG, parameters={"case": case.number})
        facts = replace(facts, protection=known)
        return decide_case(case, CommandName.SETTLE_PROTECTION, asked.command, facts)

    return take_case(work, asked, name=CommandName.SETTLE_PROTECTION, decide=decide, with_point=True)


def _protection(work: UnitOfWork, case: Case, asked: Asked) -> ProtectionFigures | ProtectionUnknown | None:
    program, outside, command = program_of(case), asked.outside, asked.command
    assert program is not None
    served, switch = outside.served, _own_switch(work, case)
    if isinstance(command, mc.SettleProtection) and command.usage:
        return figures_given(case, program, usage=command.usage, replaced=_replaced(case, program, served, switch))
    if not isinstance(served, ServedPoint):
        return ProtectionUnknown(reason=UsageMissing.METER_ELSEWHERE)
    if isinstance(outside.reads, PartnerAway):
        return ProtectionUnknown(reason=UsageMissing.READ_MISSING)
    where = current().calendar
    measured = Measured(served=served, reads=outside.reads, hours=outside.hours, calendar=where, switch=switch)
    return figures_of_reads(case, program, measured=measured, today=work.business_on)


def _own_switch(work: UnitOfWork, case: Case) -> Switch | None:
    if case.order is None or case.order.utility != work.organization:
        return None
    order = work.order(case.order.number)
    return order.switch if order else None


def _replaced(
    case: Case, program: ProgramVersion, served: ServedPoint | PartnerAway | None, switch: Switch | None
) -> RateKey | None:
    """The rate that stood before: of our own switch, else as the utility tells it, else the only one it can be."""
    if switch is not None:
        return switch.old_rate
    point = served.point if isinstance(served, ServedPoint) else UsagePoint(pod=case.pod or PodId(""), agreements=())
    protected = protected_days(case, program)
    return rate_before(program, point=point, since_on=protected.start_on) if protected else None


def _by_person(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    """A command about credits, with the code of whoever gives it."""

    def decide(case: Case | None) -> Decided | Refusal:
        facts: CaseFacts = replace(case_facts(work, case), by_key=work.actor.key)
        return decide_case(case, name, asked.command, facts)

    return take_case(work, asked, name=name, decide=decide)


def _earned_before(work: UnitOfWork, case: Case, *, family: str) -> frozenset[tuple[str, str]]:
    found = set[tuple[str, str]]()
    # One order for everybody, so that two cases with the same devices never wait for each other.
    for device in sorted(devices_of(case)):
        work.lock(place_stream(_INCENTIVES, unit=_DEVICE, unit_key=f"{family}/{device}"))
        found |= {(device, code) for code in earned_with_device(family, device=device, but=case.number)}
    return frozenset(found)


_Decide = Callable[[pe.ProgramEvent | None, Any, pe.EventFacts], Decided | Refusal]


def _told(work: UnitOfWork, asked: Asked, *, name: CommandName, decide: _Decide) -> Answer:
    def act() -> Answer:
        prose = refuse_prose(name, asked.command)
        if prose is not None:
            return prose
        return _recorded(
            work,
            asked.number,
            lambda event: decide(event, asked.command, telling_facts(work, event, number=asked.number)),
        )

    return take(work, asked, name=name, act=act)


def _recorded(work: UnitOfWork, number: str, decide: Callable[[pe.ProgramEvent | None], Decided | Refusal]) -> Answer:
    event = work.program_event(number)
    decided = decide(event)
    if isinstance(decided, Refusal):
        return decided
    after = cast("pe.ProgramEvent", work.record(program_event_stream(number), decided, expected=event))
    return Taken(number=number, state=after.state.value, events=tuple(event_kind(each) for each in decided.events))
