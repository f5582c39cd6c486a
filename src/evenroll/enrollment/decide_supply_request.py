"""Deciding a registrar's own record: a request is judged by the registry, comes into effect, or ends before that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment import supply_messages as m
from evenroll.enrollment import supply_request as r
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.messages import Message, SupplyLost
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import LostReason, SupplyCancelResult, SupplyNewsKind, SupplyTransaction
from evenroll.enrollment.supply_commands import ReceiveSupplyRequest, RejectSupply
from evenroll.enrollment.supply_dates import SupplyDate, SupplyDateRefused, SupplyDateRequest, supply_date
from evenroll.enrollment.supply_request import SupplyRequest
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waits import Span, Wait, WaitRule
from evenroll.programs.program import Track
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.supply_terms import SupplyTerms
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import OrganizationKey

OPERATORS_TURN: Final = WaitRule(
    owner=Role.REGISTRY_OPERATOR, span=Span.BUSINESS_DAYS, count=1, on_lapse=CommandName.JUDGE_SUPPLY
)
"""A request that could not be judged for a business day: the operator has it, and it is tried once a day."""

_LOST = {
    SupplyTransaction.SWITCH: LostReason.OTHER_SUPPLIER,
    SupplyTransaction.DROP_BY_CUSTOMER: LostReason.DROP_BY_CUSTOMER,
    SupplyTransaction.DROP_BY_SUPPLIER: LostReason.DROP_BY_SUPPLIER,
    SupplyTransaction.DROP_BY_UTILITY: LostReason.DROP_BY_UTILITY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryRow:
    """Who delivers to and supplies the usage point now. supplier: absent for default service. status: a code."""

    utility: OrganizationKey
    supplier: OrganizationKey | None
    postal_code: str
    from_on: date
    status: str = "active"


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyFacts:
    """Everything that a decision about a request may rest on besides it.

    row: of the registry, absent where it knows no such usage point. requester_known, requester_licensed: whether the
    organization exists here, and may supply. first: another pending request of the usage point. scheduled_reads,
    has_meter: as the utility told them. away: the partner that could not be asked.
    """

    now: datetime
    calendar: ServiceCalendar
    terms: SupplyTerms
    row: RegistryRow | None = None
    requester_known: bool = True
    requester_licensed: bool = True
    first: SupplyRequest | None = None
    scheduled_reads: tuple[date, ...] = ()
    has_meter: bool = True
    away: str = ""

    @property
    def today(self) -> date:
        """The business date of the territory."""
        return self.calendar.business_date(self.now)

    def move(self, to: State, *, wait: Wait | WaitRule | datetime = Wait.FIRST) -> Move:
        """A move of the request's one track."""
        return move(Track.SUPPLY, to, wait=wait, now=self.now, calendar=self.calendar)


def receive_request(
    request: SupplyRequest | None, command: ReceiveSupplyRequest, facts: SupplyFacts
) -> Decided | Refusal:
    """A request comes in and is judged at once; the same once more changes nothing."""
    if request is not None:
        if request.request == command.request and request.requester == command.requester:
            return Decided()
        return _unknown(command.request.tracking)
    received = r.SupplyRequestReceived(
        row=Row.ACTION,
        request=command.request,
        requester=command.requester,
        received_on=facts.today,
        moves=(facts.move(State.ASKED, wait=Wait.SYSTEM),),
    )
    return Decided(events=(received,))


def judge(request: SupplyRequest, _command: NoPayload, facts: SupplyFacts) -> Decided | Refusal:
    """Accepted with its day, or rejected with every code that applies; first in wins."""
    if request.state is not State.ASKED:
        return _not_in_state(request, CommandName.JUDGE_SUPPLY)
    if facts.away:
        overdue = facts.today >= facts.calendar.add_business_days(request.received_on, 1)
        again = facts.move(State.ASKED, wait=OPERATORS_TURN if overdue else Wait.RETRY)
        return Decided(events=(r.SupplyRequestHeld(row=Row.ACTION, partner=facts.away, moves=(again,)),))
    codes = reject_codes(request, facts)
    if codes:
        return _rejected(request, codes, facts)
    found = _day_of(request, facts)
    if isinstance(found, SupplyDateRefused):
        return _rejected(request, (found.code,), facts, retry_on=found.retry_on)
    return _accepted(request, found, facts)


def reject_codes(request: SupplyRequest, facts: SupplyFacts) -> tuple[RejectCode, ...]:
    """Every code that applies, in the order in which the registry looks; () where nothing stands in the way."""
    asked, row = request.request, facts.row
    if not facts.requester_known:
        return (RejectCode.PROVIDER_UNKNOWN,)
    if row is None:
        return (RejectCode.ACCOUNT_NOT_FOUND,)
    switch = asked.transaction is SupplyTransaction.SWITCH
    checks = (
        (RejectCode.NOT_LICENSED, switch and not facts.requester_licensed),
        (RejectCode.INFORMATION_MISSING, not asked.postal_code or (switch and asked.verification is None)),
        (RejectCode.METER_ADDRESS_WRONG, bool(asked.postal_code) and asked.postal_code != row.postal_code),
        (RejectCode.ACCOUNT_NOT_ACTIVE, row.status == "inactive"),
        (RejectCode.NOT_ELIGIBLE, row.status == "blocked" and switch),
        (RejectCode.DUPLICATE, _repeats(request, facts)),
        (RejectCode.NOT_FIRST, facts.first is not None and facts.first.requester != request.requester),
        # Who does not supply there drops nobody.
        (RejectCode.NOT_ELIGIBLE, not switch and row.supplier != request.requester),
    )
    return tuple(dict.fromkeys(code for code, applies in checks if applies))


def _repeats(request: SupplyRequest, facts: SupplyFacts) -> bool:
    return facts.first is not None and facts.first.requester == request.requester


def _day_of(request: SupplyRequest, facts: SupplyFacts) -> SupplyDate | SupplyDateRefused:
    asked, row = request.request, facts.row
    if row is not None and row.supplier == request.requester and asked.transaction is SupplyTransaction.SWITCH:
        # Supply is the requester's already, and begins with this very day for the case that asked.
        return SupplyDate(effective_on=facts.today)
    by_supplier = asked.transaction is SupplyTransaction.DROP_BY_SUPPLIER
    dated = SupplyDateRequest(
        asked_on=request.received_on,
        requested_on=asked.requested_on,
        rescission_ends_on=asked.rescission_ends_on,
        off_cycle=asked.off_cycle,
        notice_days_before_read=facts.terms.drop_days_before_read if by_supplier else 0,
        scheduled_reads=facts.scheduled_reads,
    )
    return supply_date(dated, terms=facts.terms, calendar=facts.calendar)


def _accepted(request: SupplyRequest, found: SupplyDate, facts: SupplyFacts) -> Decided:
    row = _need_row(facts)
    statuses = (*found.statuses, *(() if facts.has_meter else (RejectCode.NO_METER,)))
    accepted = r.SupplyRequestAccepted(
        row=Row.ACTION,
        effective_on=found.effective_on,
        utility=row.utility,
        incumbent=row.supplier,
        special_read=found.special_read,
        statuses=statuses,
        moves=(facts.move(State.ACCEPTED, wait=facts.calendar.start_of_day(found.effective_on)),),
    )
    answer = m.SupplyAnswered(
        tracking=request.number, accepted=True, effective_on=found.effective_on, statuses=statuses
    )
    leaves = row.supplier != request.supplier
    kind = SupplyNewsKind.PENDING
    news = _news(row.supplier, row.utility, request, kind, on=found.effective_on) if leaves else ()
    return Decided(events=(accepted,), messages=(_to_requester(request, answer), *news))


def _rejected(
    request: SupplyRequest, codes: tuple[RejectCode, ...], facts: SupplyFacts, *, retry_on: date | None = None
) -> Decided:
    rejected = r.SupplyRequestRejected(row=Row.ACTION, codes=codes, moves=(facts.move(State.CANCELLED),))
    first = facts.first
    repeats = first is not None and first.requester == request.requester
    answer = m.SupplyAnswered(
        tracking=request.number,
        accepted=False,
        effective_on=first.effective_on if first is not None and repeats else None,
        codes=codes,
        first_tracking=first.number if first is not None and repeats else None,
        first=first.requester if first is not None else None,
        first_on=first.received_on if first is not None else None,
        retry_on=retry_on,
    )
    return Decided(events=(rejected,), messages=(_to_requester(request, answer),))


def reject(request: SupplyRequest, command: RejectSupply, facts: SupplyFacts) -> Decided | Refusal:
    """By the operator, also after it was accepted: the supplier in place stays."""
    if not request.is_pending or not command.codes:
        return _not_in_state(request, CommandName.REJECT_SUPPLY)
    rejected = r.SupplyRequestRejected(row=Row.ACTION, codes=command.codes, moves=(facts.move(State.CANCELLED),))
    answer = m.SupplyAnswered(tracking=request.number, accepted=False, codes=command.codes)
    messages = (_to_requester(request, answer), *_reinstated(request, on=facts.today))
    return Decided(events=(rejected,), messages=messages)


def make_effective(request: SupplyRequest, _command: NoPayload, facts: SupplyFacts) -> Decided | Refusal:
    """On its day supply changes hands: the new supplier, the one before and the utility are told."""
    if request.state is not State.ACCEPTED or request.effective_on is None:
        return _not_in_state(request, CommandName.MAKE_SUPPLY_EFFECTIVE)
    if facts.today < request.effective_on:
        return _not_in_state(request, CommandName.MAKE_SUPPLY_EFFECTIVE)
    row, day = _need_row(facts), request.effective_on
    effective = r.SupplyRequestEffective(row=Row.ACTION, effective_on=day, moves=(facts.move(State.EFFECTIVE),))
    messages: tuple[Message, ...] = ()
    if request.supplier is not None:
        began = m.SupplyEffective(tracking=request.number, pod=request.pod, utility=row.utility, effective_on=day)
        messages = (_to_requester(request, began),)
    if row.supplier != request.supplier:
        reason = _LOST[request.request.transaction]
        body = SupplyLost(pod=request.pod, lost_on=day, supplier=request.supplier, reason=reason)
        told = sorted({row.utility, row.supplier or row.utility})
        messages = (*messages, *(Message(to=to, conversation=request.pod, body=body) for to in told))
    return Decided(events=(effective,), messages=messages)


def cancel(request: SupplyRequest, command: m.SupplyCancelAsked, facts: SupplyFacts) -> Decided | Refusal:
    """Taken back: the supplier in place stays. Too late where supply had changed hands."""
    if request.state is State.EFFECTIVE:
        late = m.SupplyCancelAnswered(
            tracking=command.tracking, result=SupplyCancelResult.TOO_LATE, effective_on=request.effective_on
        )
        return Decided(messages=(_to_requester(request, late),))
    done = m.SupplyCancelAnswered(tracking=command.tracking, result=SupplyCancelResult.CANCELLED)
    if not request.is_pending:
        return Decided(messages=(_to_requester(request, done),))
    cancelled = r.SupplyRequestCancelled(row=Row.ACTION, moves=(facts.move(State.CANCELLED),))
    messages = (_to_requester(request, done), *_reinstated(request, on=facts.today))
    return Decided(events=(cancelled,), messages=messages)


def reverse(request: SupplyRequest, command: m.SupplyDisputed, facts: SupplyFacts) -> Decided | Refusal:
    """Contested: a pending request ends, one in effect is reversed from today; the supplier before supplies again."""
    # Of a switch in effect only the one by which supply is where it is now can be undone.
    stands = facts.row is not None and facts.row.supplier == request.supplier
    if not request.is_pending and not (request.state is State.EFFECTIVE and stands):
        return Decided()
    to = State.CANCELLED if request.is_pending else State.LOST
    event = r.SupplyRequestReversed(row=Row.ACTION, reversed_on=facts.today, moves=(facts.move(to),))
    lost = SupplyLost(pod=request.pod, lost_on=facts.today, supplier=request.incumbent, reason=LostReason.DISPUTED)
    told = {request.requester}
    if request.utility is not None and to is State.LOST:
        told.add(request.utility)
    messages = tuple(Message(to=each, conversation=request.pod, body=lost) for each in sorted(told))
    return Decided(events=(event,), messages=(*messages, *_reinstated(request, on=facts.today)))


def _reinstated(request: SupplyRequest, *, on: date) -> tuple[Message, ...]:
    """The supplier in place, who had been told of the pending switch, hears that it stays."""
    if request.utility is None:
        return ()
    return _news(request.incumbent, request.utility, request, SupplyNewsKind.REINSTATED, on=on)


def _news(
    incumbent: OrganizationKey | None,
    utility: OrganizationKey,
    request: SupplyRequest,
    kind: SupplyNewsKind,
    *,
    on: date,
) -> tuple[Message, ...]:
    told = sorted({utility, incumbent or utility} - {request.requester})
    body = m.SupplyNews(pod=request.pod, news=kind, on=on)
    return tuple(Message(to=to, conversation=request.pod, body=body) for to in told)


def _to_requester(request: SupplyRequest, body: Any) -> Message:
    return Message(to=request.requester, conversation=request.request.case, body=body)


def _need_row(facts: SupplyFacts) -> RegistryRow:
    if facts.row is None:
        raise FactMissing("A supply request is decided only with the registry's row of its usage point.")
    return facts.row


def _not_in_state(request: SupplyRequest, command: CommandName) -> Refusal:
    parameters = {"order": request.number, "state": request.state.value, "command": command.value}
    return Refusal(code=RefusalCode.NOT_IN_STATE, parameters=parameters)


def _unknown(tracking: str) -> Refusal:
    return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"order": tracking})


SUPPLY_DECIDERS: Mapping[CommandName, Callable[[Any, Any, SupplyFacts], Decided | Refusal]] = MappingProxyType(
    {
        CommandName.RECEIVE_SUPPLY_REQUEST: receive_request,
        CommandName.JUDGE_SUPPLY: judge,
        CommandName.REJECT_SUPPLY: reject,
        CommandName.MAKE_SUPPLY_EFFECTIVE: make_effective,
        CommandName.CANCEL_SUPPLY: cancel,
        CommandName.REVERSE_SUPPLY: reverse,
    }
)
"""Every command to a supply request and the function that decides it."""


def decide_supply_request(
    request: SupplyRequest | None, name: CommandName, command: object, facts: SupplyFacts
) -> Decided | Refusal:
    """What the command does to the request, or the named refusal. Pure."""
    if request is None and name is not CommandName.RECEIVE_SUPPLY_REQUEST:
        return _unknown("")
    return SUPPLY_DECIDERS[name](request, command, facts)
