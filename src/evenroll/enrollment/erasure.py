"""The erasure of one subject, a customer or a single case: legal holds on it, and that its data were erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event, event_kind, kinds
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.programs.retention import RetentionClass, RetentionTable
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrganizationKey


class ErasureHistoryBroken(Exception):
    """Entries of an erasure that cannot follow each other."""


class HoldCause(StrEnum):
    """Why nothing of a subject may be erased, whatever the table of retention says."""

    LITIGATION = "litigation"
    REGULATOR = "regulator"
    COMPLAINT = "complaint"
    FRAUD = "fraud"


class ErasureCause(StrEnum):
    """Why personal data were erased."""

    ASKED = "asked"
    TIME_OVER = "time_over"
    RESTORED = "restored"


class ErasureRefusalCode(StrEnum):
    """Why personal data are not erased, or a hold is not set or lifted."""

    ALREADY_ERASED = "already_erased"
    LEGAL_HOLD = "legal_hold"
    ENROLLMENT_LIVES = "enrollment_lives"
    APPLICATION_OPEN = "application_open"
    STILL_AWAITED = "still_awaited"
    RETAINED = "retained"
    ACCOUNT_OPEN = "account_open"
    ON_ITS_WAY = "on_its_way"
    NOTHING_KEPT = "nothing_kept"
    HOLD_STANDS = "hold_stands"
    HOLD_NONE = "hold_none"


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureRefused:
    """A named no. parameters: codes, numbers of cases and dates as text."""

    code: ErasureRefusalCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """A subject as its entries tell it. number: `customer_subject` or `case_subject`. erased_on: absent while kept."""

    number: str
    organization: OrganizationKey
    holds: tuple[HoldCause, ...] = ()
    erased_on: date | None = None
    cases: tuple[CaseNumber, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldSet(Event):
    """A legal hold stands from now on."""

    subject: str
    organization: OrganizationKey
    cause: HoldCause


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldLifted(Event):
    """A legal hold stands no longer."""

    cause: HoldCause


@dataclass(frozen=True, kw_only=True, slots=True)
class DataErased(Event):
    """The personal data of a subject were erased. keys, records: how many were destroyed. asked_on: when it was wished.

    cases: those whose answers were among them.
    """

    subject: str
    organization: OrganizationKey
    cause: ErasureCause
    erased_on: date
    keys: int
    records: int
    cases: tuple[CaseNumber, ...] = ()
    asked_on: date | None = None


ERASURE_EVENTS = kinds(HoldSet, HoldLifted, DataErased)
"""Every event that the stream of an erasure may hold, by kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is asked: why, and when the person asked for it."""

    cause: ErasureCause
    asked_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureFacts:
    """What a decision about an erasure rests on.

    cases: all of the customer, or the one. other_holds: those on a customer whose case this is, or on the cases of
    this customer. open_accounts: under which the customer is still served; 0 for a single case. on_its_way: messages
    with answers that have not arrived. keys, records: of the vault, what would be destroyed.
    """

    now: datetime
    calendar: ServiceCalendar
    organization: OrganizationKey
    number: str
    table: RetentionTable
    cases: tuple[Case, ...]
    other_holds: tuple[HoldCause, ...] = ()
    open_accounts: int = 0
    on_its_way: int = 0
    keys: int = 0
    records: int = 0


def customer_subject(customer: CustomerId) -> str:
    """The subject of a customer of an organization."""
    return f"customer/{customer}"


def case_subject(number: CaseNumber) -> str:
    """The subject of the answers of one case alone."""
    return f"case/{number}"


def kept_as(case: Case) -> RetentionClass | None:
    """How the personal data of an ended case are kept; None for one that goes on, or has none."""
    if not case.is_ended or not references(case):
        return None
    if case.status is State.HANDED_OVER:
        return RetentionClass.HANDED_OVER
    if case.status is State.ENDED and case.places:
        return RetentionClass.ACCEPTED
    if case.form is not None:
        return RetentionClass.REJECTED
    return RetentionClass.DRAFT_LAPSED if case.status is State.EXPIRED else RetentionClass.DRAFT_LEFT


def references(case: Case) -> tuple[int, ...]:
    """The records of the vault that a case refers to: answers, those of its vehicles, the key of mailed keyings."""
    drafted = case.draft.answers if case.draft else 0
    mailed = case.mail.salt if case.mail else 0
    found = (case.answers, drafted, mailed, *(each.answers for each in case.vehicles))
    return tuple(sorted({each for each in found if each}))


def evolve_erasure(state: Erasure | None, event: Event) -> Erasure:
    """The subject after an entry. Raises ErasureHistoryBroken."""
    match event:
        case HoldSet():
            begun = state or Erasure(number=event.subject, organization=event.organization)
            return replace(begun, holds=(*begun.holds, event.cause))
        case HoldLifted() if state is not None:
            return replace(state, holds=tuple(each for each in state.holds if each is not event.cause))
        case DataErased():
            begun = state or Erasure(number=event.subject, organization=event.organization)
            return replace(begun, erased_on=event.erased_on, cases=event.cases)
        case _:
            name = state.number if state else "An erasure"
            raise ErasureHistoryBroken(
                f"{name} cannot go on with {event_kind(event)}; it begins by a hold or at its end."
            )


def erase(state: Erasure | None, wish: Wish, facts: ErasureFacts) -> Decided | ErasureRefused:
    """Erase a subject, or say by name what is in the way. What a restore does again asks nobody.

    One that has data again, such as a case that was handed over and came back, may be erased again.
    """
    again = wish.cause is not ErasureCause.RESTORED and _has_data(facts)
    if state is not None and state.erased_on is not None and not again:
        return _refused(ErasureRefusalCode.ALREADY_ERASED, since=state.erased_on)
    if wish.cause is not ErasureCause.RESTORED:
        refused = _held(state, facts) or _still_needed(wish, facts)
        if refused is not None:
            return refused
    erased = DataErased(
        row=Row.ACTION,
        subject=facts.number,
        organization=facts.organization,
        cause=wish.cause,
        erased_on=facts.calendar.business_date(facts.now),
        keys=facts.keys,
        records=facts.records,
        cases=tuple(each.number for each in facts.cases),
        asked_on=wish.asked_on,
    )
    return Decided(events=(erased,))


def set_hold(state: Erasure | None, cause: HoldCause, facts: ErasureFacts) -> Decided | ErasureRefused:
    """Keep everything of a subject until the hold is lifted."""
    if state is not None and state.erased_on is not None and not _has_data(facts):
        return _refused(ErasureRefusalCode.ALREADY_ERASED, since=state.erased_on)
    if state is not None and cause in state.holds:
        return _refused(ErasureRefusalCode.HOLD_STANDS, hold=cause)
    held = HoldSet(row=Row.ACTION, subject=facts.number, organization=facts.organization, cause=cause)
    return Decided(events=(held,))


def lift_hold(state: Erasure | None, cause: HoldCause, _facts: ErasureFacts) -> Decided | ErasureRefused:
    """Let a hold go; the others stay."""
    if state is None or cause not in state.holds:
        return _refused(ErasureRefusalCode.HOLD_NONE, hold=cause)
    return Decided(events=(HoldLifted(row=Row.ACTION, cause=cause),))


def _held(state: Erasure | None, facts: ErasureFacts) -> ErasureRefused | None:
    holds = (*(state.holds if state else ()), *facts.other_holds)
    return _refused(ErasureRefusalCode.LEGAL_HOLD, hold=holds[0]) if holds else None


def _still_needed(wish: Wish, facts: ErasureFacts) -> ErasureRefused | None:
    for case in facts.cases:
        refused = _case_needed(case, wish, facts)
        if refused is not None:
            return refused
    if facts.open_accounts:
        return _refused(ErasureRefusalCode.ACCOUNT_OPEN)
    if facts.on_its_way:
        return _refused(ErasureRefusalCode.ON_ITS_WAY)
    return None if _has_data(facts) else _refused(ErasureRefusalCode.NOTHING_KEPT)


def _has_data(facts: ErasureFacts) -> bool:
    return bool(facts.keys or facts.records)


def _case_needed(case: Case, wish: Wish, facts: ErasureFacts) -> ErasureRefused | None:
    if not case.is_ended:
        lives = case.status in LIVE
        code = ErasureRefusalCode.ENROLLMENT_LIVES if lives else ErasureRefusalCode.APPLICATION_OPEN
        return _refused(code, case=case.number)
    if any(track.due_at is not None for track in case.tracks.values()):
        return _refused(ErasureRefusalCode.STILL_AWAITED, case=case.number)
    kept = kept_as(case)
    if kept is None:
        return None
    ended_on = facts.calendar.business_date(case.course.since)
    rule = facts.table.rule(kept, ended_on=ended_on)
    until_on = rule.until_on(ended_on)
    may_wait = rule.holds or wish.cause is ErasureCause.TIME_OVER
    if may_wait and facts.calendar.business_date(facts.now) < until_on:
        return _refused(ErasureRefusalCode.RETAINED, case=case.number, kept_as=kept, until_on=until_on)
    return None


def _refused(code: ErasureRefusalCode, **said: str | date) -> ErasureRefused:
    told = {name: each.isoformat() if isinstance(each, date) else str(each) for name, each in said.items()}
    return ErasureRefused(code=code, parameters=told)
