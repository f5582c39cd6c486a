"""Deciding the supply track of a case: the registrar is asked, answers, and supply begins or is objected to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment import supply_events as s
from evenroll.enrollment.begin_tracks import begin_freed
from evenroll.enrollment.case import LIVE, Case, EndReason
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_ends import ended_because
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.form import Channel
from evenroll.enrollment.messages import Message
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import SupplyTransaction, VerificationKind
from evenroll.enrollment.supply_cancel import registrar_of, withdrawn_after_all
from evenroll.enrollment.supply_commands import AskSupply, RecordVerification
from evenroll.enrollment.supply_messages import SupplyAnswered, SupplyAsked, SupplyEffective
from evenroll.enrollment.tracks import Move, State, track_key
from evenroll.enrollment.waits import Span, Wait, WaitRule
from evenroll.programs.program import Track
from evenroll.programs.reject_codes import RejectAct, RejectOwner, RejectRule, gravest
from evenroll.programs.supply_terms import unverified_terms

_PENDING = (State.ASKED, State.ACCEPTED)
_ZIP_DIGITS = 5
_STAFF_ROLE = {RejectOwner.PROVIDER: Role.ENROLLMENT_DESK, RejectOwner.OPERATIONS: Role.SUPERVISOR}


def verification_of(case: Case) -> VerificationKind | None:
    """By what it is proved that the customer wants the switch; None: nothing proves it yet.

    A signed form by web or partner, the receipt of a mailed one, a verifier's reference for a sale by phone. Source:
    rules of the trade, anti-slamming: no switch request before verification exists.
    """
    form = case.form
    if form is None or form.signed_on is None:
        return None
    match form.channel:
        case Channel.WEB | Channel.PARTNER | Channel.BULK:
            return VerificationKind.SIGNED_FORM
        case Channel.MAIL:
            return VerificationKind.RECEIPT if case.mail and case.mail.receipt else VerificationKind.SIGNED_FORM
        case Channel.PHONE:
            return VerificationKind.VERIFIER if form.verification else None


def ask_supply(case: Case, command: AskSupply | NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 5: the registrar is asked for the switch, after the decision and never inside the rescission window."""
    if case.status is not State.ENROLLED or not _may_ask(case, facts):
        return not_in_state(case, CommandName.ASK_SUPPLY)
    agreement = case.agreement
    if agreement is None or case.pod is None:
        raise FactMissing("A supply switch needs the signed agreement and the usage point.")
    if facts.today < agreement.rescission_ends_on:
        return not_in_state(case, CommandName.ASK_SUPPLY)
    verification = verification_of(case)
    if verification is None:
        move = facts.move(State.ASKED, track=Track.SUPPLY, wait=Wait.STAFF)
        held = () if _state(case) is State.OBJECTED else (move,)
        return Decided(events=(s.SupplyUnverified(row=Row.R5, moves=held),))
    said = command if isinstance(command, AskSupply) else AskSupply(requested_on=_wish(case))
    return _sent(case, said, verification, facts)


def _sent(case: Case, said: AskSupply, verification: VerificationKind, facts: CaseFacts) -> Decided:
    if facts.tracking is None or case.pod is None or case.agreement is None:
        raise FactMissing("A supply switch needs a tracking number.")
    registrar = registrar_of(case)
    move = facts.move(State.ASKED, track=Track.SUPPLY, wait=Wait.LATER)
    sent = s.SupplySent(
        row=Row.R5,
        tracking=facts.tracking,
        registrar=registrar,
        transaction=SupplyTransaction.SWITCH,
        asked_on=facts.today,
        requested_on=said.requested_on,
        moves=(move,),
    )
    body = SupplyAsked(
        tracking=facts.tracking,
        case=case.number,
        pod=case.pod,
        postal_code=(case.opening.postal_code or facts.postal_code)[:_ZIP_DIGITS],
        transaction=SupplyTransaction.SWITCH,
        verification=verification,
        requested_on=said.requested_on,
        rescission_ends_on=case.agreement.rescission_ends_on,
        off_cycle=said.off_cycle,
        billing=said.billing,
    )
    return Decided(events=(sent,), messages=(Message(to=registrar, conversation=case.number, body=body),))


def _wish(case: Case) -> date | None:
    return case.switch.requested_on if case.switch else None


def _may_ask(case: Case, facts: CaseFacts) -> bool:
    """Not asked yet, or objected to. A request beside an open one would be refused as a repetition of it."""
    track = case.tracks.get(track_key(Track.SUPPLY))
    if track is None:
        return False
    if track.state is State.OBJECTED:
        # What waits on our people is not for the customer to send again.
        return facts.by is not Role.CUSTOMER or track.owner is Role.CUSTOMER
    pending = case.switch is not None and not case.switch.closed
    return track.state is State.ASKED and not pending


def _state(case: Case) -> State | None:
    return case.state_of(Track.SUPPLY)


def record_verification(case: Case, command: RecordVerification, facts: CaseFacts) -> Decided | Refusal:
    """A verifier's reference for a sale by phone; a switch that was held for it is asked for at once."""
    if case.form is None or case.is_ended or not command.reference:
        return not_in_state(case, CommandName.RECORD_VERIFICATION)
    held = _state(case) is State.ASKED and (case.switch is None or case.switch.closed)
    moves = (facts.move(State.ASKED, track=Track.SUPPLY),) if held else ()
    recorded = s.VerificationRecorded(row=Row.ACTION, reference=command.reference, moves=moves)
    return Decided(events=(recorded,))


def hear_supply_answer(case: Case, command: SupplyAnswered, facts: CaseFacts) -> Decided | Refusal:
    """Row 5: accepted with its day, or objected to; each code has its owner, its time and what the case does."""
    mismatch = mismatched(case, command.tracking)
    if mismatch is not None:
        return mismatch
    if _state(case) not in _PENDING:
        # A request of another kind, such as a drop, or the word on one that we took back.
        return Decided(events=(_plain(command),))
    if command.accepted:
        return Decided(events=(_accepted(command, facts),))
    return _rejected(case, command, gravest(command.codes), facts)


def _rejected(case: Case, command: SupplyAnswered, rule: RejectRule, facts: CaseFacts) -> Decided:
    if rule.does is RejectAct.GO_ON:
        return Decided(events=(_first_stands(case, command, facts),))
    objected = _objected(command, _objection(rule, command, facts))
    if case.status is State.WITHDRAWING:
        return Decided(events=(objected, *withdrawn_after_all(case, facts)))
    if rule.does is RejectAct.REFUSE and case.status in LIVE:
        return Decided(events=(objected, *ended_because(case, EndReason.SUPPLY_REFUSED, facts)))
    return Decided(events=(objected,))


def _plain(command: SupplyAnswered) -> Event:
    if command.accepted and command.effective_on is not None:
        return s.SupplyAccepted(row=Row.R5, tracking=command.tracking, effective_on=command.effective_on)
    return _objected(command, ())


def _accepted(command: SupplyAnswered, facts: CaseFacts) -> s.SupplyAccepted:
    effective_on = command.effective_on
    if effective_on is None:
        raise FactMissing("An acceptance names the day on which supply begins.")
    due_at = facts.calendar.start_of_day(effective_on)
    moves = (facts.heard(State.ACCEPTED, track=Track.SUPPLY, due_at=due_at),)
    return s.SupplyAccepted(
        row=Row.R5,
        tracking=command.tracking,
        effective_on=effective_on,
        statuses=command.statuses,
        unverified=unverified_terms(facts.calendar.key),
        moves=moves,
    )


def _first_stands(case: Case, command: SupplyAnswered, facts: CaseFacts) -> Event:
    """The request repeats one of ours that came first: that one stands, with its day where it has one already.

    Heard after the first was accepted it says nothing new: what was accepted is not waited for again.
    """
    tracking = command.first_tracking or command.tracking
    if command.effective_on is None:
        heard = _state(case) is State.ACCEPTED
        moves = () if heard else (facts.move(State.ASKED, track=Track.SUPPLY, wait=Wait.LATER),)
        return s.SupplySentBefore(row=Row.R5, tracking=tracking, moves=moves)
    due_at = facts.calendar.start_of_day(command.effective_on)
    move = facts.heard(State.ACCEPTED, track=Track.SUPPLY, due_at=due_at)
    return s.SupplyAccepted(row=Row.R5, tracking=tracking, effective_on=command.effective_on, moves=(move,))


def _objected(command: SupplyAnswered, moves: tuple[Move, ...]) -> s.SupplyObjected:
    return s.SupplyObjected(
        row=Row.R5,
        codes=command.codes,
        first=command.first,
        first_on=command.first_on,
        retry_on=command.retry_on,
        moves=moves,
    )


def _objection(rule: RejectRule, command: SupplyAnswered, facts: CaseFacts) -> tuple[Move, ...]:
    """Who is waited on, and until when, as the table of codes says."""
    match rule.does:
        case RejectAct.RETRY:
            again_on = max(command.retry_on or facts.today, facts.calendar.add_business_days(facts.today, 1))
            return (facts.move(State.OBJECTED, track=Track.SUPPLY, wait=facts.calendar.start_of_day(again_on)),)
        case RejectAct.STAFF:
            wait = WaitRule(
                owner=_STAFF_ROLE[rule.owner],
                span=Span.BUSINESS_DAYS,
                count=rule.days,
                on_lapse=CommandName.ESCALATE,
            )
        case _:
            wait = WaitRule(
                owner=Role.CUSTOMER, span=Span.DAYS, count=max(rule.days, 1), on_lapse=CommandName.END_CONDITION
            )
    return (facts.move(State.OBJECTED, track=Track.SUPPLY, wait=wait),)


def hear_supply_effective(case: Case, command: SupplyEffective, facts: CaseFacts) -> Decided | Refusal:
    """Row 5: supply is ours; the tracks that waited for it begin."""
    mismatch = mismatched(case, command.tracking)
    if mismatch is not None:
        return mismatch
    if case.provider is None:
        raise FactMissing("A case that asked for a switch knows who provided before.")
    provider = replace(
        case.provider,
        kind=ProviderAnswerKind.ESCO,
        supplier=case.organization,
        utility=command.utility,
        as_of=command.effective_on,
        pending_to=None,
        pending_on=None,
    )
    moves: tuple[Move, ...] = ()
    if _state(case) is State.ACCEPTED:
        done = facts.move(State.EFFECTIVE, track=Track.SUPPLY)
        # While a withdrawal is under way nothing new begins; the registrar's word on it is on its way.
        goes_on = case.status is State.ENROLLED
        freed = begin_freed(case, facts.need_program(), done=done, facts=facts) if goes_on else ()
        moves = (done, *freed)
    began = s.SupplyBegan(row=Row.R5, effective_on=command.effective_on, provider=provider, moves=moves)
    return Decided(events=(began,))


def mismatched(case: Case, tracking: str) -> Refusal | None:
    """The refusal of news about a request that is not this case's last one."""
    if case.switch is not None and case.switch.tracking == tracking:
        return None
    return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters={"case": case.number, "order": tracking})
