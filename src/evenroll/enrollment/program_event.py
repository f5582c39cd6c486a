"""An event of a program: a record of its provider, called for everyone enrolled, cancelled or measured afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from evenroll.enrollment import money_commands as mc
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event, event_kind, kinds
from evenroll.enrollment.event_messages import (
    EventBody,
    EventCancelTold,
    EventResultTold,
    EventTold,
    conversation_of,
)
from evenroll.enrollment.event_terms import Planned, event_refusal
from evenroll.enrollment.messages import Message
from evenroll.enrollment.rows import Row
from evenroll.programs.program_terms import EventTerms
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey


class EventHistoryBroken(Exception):
    """Entries of an event that cannot follow each other."""


class EventState(StrEnum):
    """Where an event of a program stands."""

    CALLED = "called"
    CANCELLED = "cancelled"
    MEASURED = "measured"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramEvent:
    """An event as its entries tell it. number: program, start and a count, "LE-PEAK-20270715T2100Z"; on: local day."""

    number: str
    organization: OrganizationKey
    program: ProgramKey
    on: date
    starts_at: datetime
    ends_at: datetime
    state: EventState = EventState.CALLED


@dataclass(frozen=True, kw_only=True, slots=True)
class EventCalled(Event):
    """Row 10: an event was called. told: how many enrolled customers are told."""

    number: str
    organization: OrganizationKey
    program: ProgramKey
    on: date
    starts_at: datetime
    ends_at: datetime
    told: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EventCalledOff(Event):
    """Row 10: a called event will not be. reason: a code."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EventMeasured(Event):
    """Row 10: the operator told what was measured, by how many customers."""

    results: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EventFacts:
    """What a decision about an event rests on.

    terms: those of every version that an enrolled customer was offered, at least one. others: events of the program
    that stand. cases: everyone enrolled.
    """

    now: datetime
    calendar: ServiceCalendar
    organization: OrganizationKey
    number: str
    program: ProgramKey
    terms: tuple[EventTerms, ...] = ()
    others: tuple[Planned, ...] = ()
    cases: tuple[CaseNumber, ...] = field(default_factory=tuple)


HOURS_MAX: Final = 168
AHEAD_DAYS_MAX: Final = 366
"""No program's event lasts longer than a week, and none is called more than a year ahead."""

PROGRAM_EVENTS = kinds(EventCalled, EventCalledOff, EventMeasured)
"""Every event that the stream of a program's event may hold, by kind."""


def evolve_program_event(state: ProgramEvent | None, event: Event) -> ProgramEvent:
    """The event after an entry. Raises EventHistoryBroken."""
    if isinstance(event, EventCalled) and state is None:
        return ProgramEvent(
            number=event.number,
            organization=event.organization,
            program=event.program,
            on=event.on,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
        )
    if state is not None and isinstance(event, EventCalledOff):
        return replace(state, state=EventState.CANCELLED)
    if state is not None and isinstance(event, EventMeasured):
        return replace(state, state=EventState.MEASURED)
    name = state.number if state else "A program's event"
    raise EventHistoryBroken(f"{name} cannot go on with {event_kind(event)}; it begins when it is called.")


def call_event(state: ProgramEvent | None, command: mc.CallEvent, facts: EventFacts) -> Decided | Refusal:
    """An event for everyone enrolled, if the terms of every version that they were offered allow it."""
    if state is not None:
        return Refusal(code=RefusalCode.EVENT_OVERLAPS)
    if not facts.terms:
        return Refusal(code=RefusalCode.EVENTS_NONE, parameters={"program": facts.program})
    refused = _cannot_be(command, facts)
    if refused is not None:
        return refused
    planned = planned_of(command)
    for terms in facts.terms:
        refused = event_refusal(planned, terms=terms, others=facts.others, now=facts.now, calendar=facts.calendar)
        if refused is not None:
            return refused
    on = facts.calendar.business_date(planned.starts_at)
    called = EventCalled(
        row=Row.R10,
        number=facts.number,
        organization=facts.organization,
        program=facts.program,
        on=on,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        told=len(facts.cases),
    )
    bodies = (
        EventTold(case=case, event=facts.number, on=on, starts_at=planned.starts_at, ends_at=planned.ends_at)
        for case in facts.cases
    )
    return Decided(events=(called,), messages=tuple(_to_case(each, facts) for each in bodies))


def _cannot_be(command: mc.CallEvent, facts: EventFacts) -> Refusal | None:
    """What no terms are asked about: an event of no hours or of weeks, or one that no calendar is kept for yet."""
    if not 1 <= command.hours <= HOURS_MAX:
        parameters = {"hours": str(command.hours), "limit": str(HOURS_MAX)}
        return Refusal(code=RefusalCode.EVENT_LENGTH, parameters=parameters)
    if command.starts_at <= facts.now + timedelta(days=AHEAD_DAYS_MAX):
        return None
    today, latest_on = (facts.calendar.business_date(facts.now + timedelta(days=n)) for n in (0, AHEAD_DAYS_MAX))
    between = {"earliest_on": today.isoformat(), "latest_on": latest_on.isoformat()}
    return Refusal(code=RefusalCode.DATE_WRONG, parameters={"date": f"{command.starts_at:%Y-%m-%d}", **between})


def planned_of(command: mc.CallEvent) -> Planned:
    """The instants that a command means, UTC."""
    starts_at = command.starts_at.astimezone(UTC)
    return Planned(starts_at=starts_at, ends_at=starts_at + timedelta(hours=command.hours))


def cancel_event(state: ProgramEvent | None, command: mc.CancelEvent, facts: EventFacts) -> Decided | Refusal:
    """An event that has not begun will not be; everyone who was told is told so."""
    if state is None:
        return _unknown(facts)
    if state.state is EventState.CANCELLED:
        return Decided()
    if state.state is not EventState.CALLED or state.starts_at <= facts.now:
        return Refusal(code=RefusalCode.EVENT_OVER, parameters={"event": state.number})
    told = (EventCancelTold(case=case, event=state.number) for case in facts.cases)
    off = EventCalledOff(row=Row.R10, reason=command.reason)
    return Decided(events=(off,), messages=tuple(_to_case(each, facts) for each in told))


def settle_event(state: ProgramEvent | None, command: mc.SettleEvent, facts: EventFacts) -> Decided | Refusal:
    """What was measured goes to the cases it is of; the others are settled by what their customer decided."""
    if state is None:
        return _unknown(facts)
    if state.state is EventState.CANCELLED or state.ends_at > facts.now:
        code = RefusalCode.EVENT_OVER if state.state is EventState.CANCELLED else RefusalCode.EVENT_NOT_OVER
        return Refusal(code=code, parameters={"event": state.number})
    strangers = sorted(set(command.results) - set(facts.cases))
    if strangers:
        return Refusal(code=RefusalCode.CASE_UNKNOWN, parameters={"case": strangers[0]})
    told = (
        EventResultTold(case=CaseNumber(case), event=state.number, result=result)
        for case, result in sorted(command.results.items())
    )
    measured = EventMeasured(row=Row.R10, results=len(command.results))
    return Decided(events=(measured,), messages=tuple(_to_case(each, facts) for each in told))


def _unknown(facts: EventFacts) -> Refusal:
    return Refusal(code=RefusalCode.EVENT_UNKNOWN, parameters={"event": facts.number})


def _to_case(body: EventBody, facts: EventFacts) -> Message:
    """The provider tells its own cases, as it would tell those of another: once each, in order."""
    return Message(to=facts.organization, conversation=conversation_of(body.case), body=body)
