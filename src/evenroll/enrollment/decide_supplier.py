"""Deciding what a customer does about who supplies them: leaving for another, contesting a switch, hearing of one."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import supply_events as s
from evenroll.enrollment.case import LIVE, Case, SupplyLink
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.form import Form
from evenroll.enrollment.messages import CaseForwarded, Message, SupplyLost
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import SupplyTransaction
from evenroll.enrollment.supply_cancel import is_pending, registrar_of
from evenroll.enrollment.supply_commands import ChangeSupplier
from evenroll.enrollment.supply_messages import SupplyAsked, SupplyDisputed, SupplyNews
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ConsentKind, Track
from evenroll.quantities.identifiers import OrganizationKey

_DROPS = frozenset(SupplyTransaction) - {SupplyTransaction.SWITCH, SupplyTransaction.DROP_BY_UTILITY}


def change_supplier(case: Case, command: ChangeSupplier, facts: CaseFacts) -> Decided | Refusal:
    """The customer leaves for another supplier, or for default service; until that day everything stays as it is.

    To another supplier the case goes with its answers, and is signed anew there; that supplier asks for the switch.
    This enrollment ends with the day on which supply is theirs: one timeline, without a gap.
    """
    if not may_change_supplier(case):
        return not_in_state(case, CommandName.CHANGE_SUPPLIER)
    if command.to is not None and case.away is not None and case.away.asked_for == command.to:
        # That supplier has the case already, and goes on with it.
        return Decided()
    asked = s.SupplierChangeAsked(row=Row.ACTION, to=command.to)
    leaves = command.to not in (None, case.organization, case.provider.utility if case.provider else None)
    if leaves and command.to is not None:
        return Decided(events=(asked,), messages=(carried_over(case, to=command.to),))
    by_us = command.transaction is SupplyTransaction.DROP_BY_SUPPLIER
    if command.transaction not in _DROPS or (by_us and facts.by is Role.CUSTOMER) or command.to == case.organization:
        return not_in_state(case, CommandName.CHANGE_SUPPLIER)
    sent, message = _drop(case, command.transaction, facts)
    return Decided(events=(asked, sent), messages=(message,))


def _drop(case: Case, transaction: SupplyTransaction, facts: CaseFacts) -> tuple[s.SupplySent, Message]:
    if facts.tracking is None or case.pod is None:
        raise FactMissing("A request about supply needs a tracking number and the usage point.")
    registrar = registrar_of(case)
    sent = s.SupplySent(
        row=Row.ACTION,
        tracking=facts.tracking,
        registrar=registrar,
        transaction=transaction,
        asked_on=facts.today,
    )
    body = SupplyAsked(
        tracking=facts.tracking,
        case=case.number,
        pod=case.pod,
        postal_code=case.opening.postal_code,
        transaction=transaction,
    )
    return sent, Message(to=registrar, conversation=case.number, body=body)


def carried_over(case: Case, *, to: OrganizationKey, lost: SupplyLost | None = None) -> Message:
    """The case as another provider goes on with it: every answer, and no signature, for the terms are others.

    lost: the news that brought it about; absent where the customer leaves of their own will.
    """
    if case.provider is None:
        raise FactMissing("A case goes on elsewhere only once it is known who served it.")
    provider = case.provider
    if lost is not None:
        kind = ProviderAnswerKind.UTILITY if lost.supplier in (None, provider.utility) else ProviderAnswerKind.ESCO
        supplier = lost.supplier or provider.utility
        provider = replace(provider, kind=kind, supplier=supplier, as_of=lost.lost_on)
    body = CaseForwarded(
        number=case.number,
        language=case.opening.language,
        prompted_by=case.opening.prompted_by.value,
        provider=provider,
        postal_code=case.opening.postal_code,
        form=_unsigned(case.form) if case.form else None,
    )
    return Message(to=to, conversation=case.number, body=body, sealed=case.answers or None)


def _unsigned(form: Form) -> Form:
    consents = form.consents - {ConsentKind.TERMS}
    return replace(
        form,
        signed_on=None,
        consents=consents,
        program=None,
        selections={},
        verification="",
        consents_hand_over=False,
        papers=frozenset(),
    )


def dispute_supply(case: Case, _command: NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """The customer says that a switch was not theirs, at either supplier's door: the registrar reverses it.

    A contested switch counts as unauthorized (anti-slamming), so nothing is asked of the customer first.
    """
    ours = _own_switch(case)
    if case.pod is None or not may_dispute_supply(case):
        return not_in_state(case, CommandName.DISPUTE_SUPPLY)
    body = SupplyDisputed(pod=case.pod, disputed_on=facts.today, tracking=ours.tracking if ours else None)
    contested = s.SupplyContested(row=Row.ACTION, disputed_on=facts.today)
    message = Message(to=registrar_of(case), conversation=case.number, body=body)
    return Decided(events=(contested,), messages=(message,))


def may_change_supplier(case: Case) -> bool:
    """Whether there is a supply of ours to leave: a supplier's product in force, and no request of ours under way."""
    return case.status in LIVE and case.state_of(Track.SUPPLY) is State.EFFECTIVE and not is_pending(case)


def may_dispute_supply(case: Case) -> bool:
    """Whether there is a switch that the customer may say was not theirs: to us, or away from us."""
    goes = case.away is not None and case.away.on is not None
    touched = _own_switch(case) is not None or goes or case.state_of(Track.SUPPLY) is State.LOST
    return case.pod is not None and case.provider is not None and touched


def _own_switch(case: Case) -> SupplyLink | None:
    return case.switch if case.switch and case.switch.transaction is SupplyTransaction.SWITCH else None


def hear_supply_news(case: Case, command: SupplyNews, facts: CaseFacts) -> Decided | Refusal:
    """A switch away is pending, or will not be after all: the customer hears it from us, and may contest it."""
    ours = case.provider is not None and case.provider.supplier == case.organization
    if case.is_ended or case.pod != command.pod or not ours:
        return Decided()
    heard = s.SupplyNewsHeard(row=Row.ACTION, news=command.news, on=command.on)
    return Decided(events=(heard,))


def unknown_supplier(case: Case, to: OrganizationKey) -> Refusal:
    """The refusal of a change to an organization that supplies nobody here."""
    return Refusal(code=RefusalCode.SUPPLIER_UNKNOWN, parameters={"case": case.number, "supplier": to})
