"""Asking the ports before a command: outside any transaction, so that nobody waits for a partner under a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import SettleMatch
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.ports.outside import Outside
from evenroll.ports.own_books import is_in_books
from evenroll.ports.premises import PremiseFacts
from evenroll.ports.register import Evidence, OwnFirst, Register
from evenroll.programs.bill import BillKind
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, OrganizationKey, TrackingNumber
from evenroll.records import queries
from evenroll.records.asked import Asked
from evenroll.records.billing_spans import days_to_read
from evenroll.records.books_for_decision import books_for_decision
from evenroll.records.case_answers import case_with_answers
from evenroll.records.foreseen import deciding_from
from evenroll.records.gathered import READS_BEHIND, READS_MONTHS, reads_of_cycle
from evenroll.records.organizations import open_organization
from evenroll.records.supply_registry import pod_of_request, registry_row
from evenroll.records.taking import not_allowed
from evenroll.worker.asking_hours import hours_for_bill
from evenroll.worker.asking_protected import ask_for_protected, reads_of_meters
from evenroll.worker.installation import Installation

_Ask: TypeAlias = Callable[[Outside], Outside]
"""Adds to what came with a command what a partner says; no transaction is open then."""


class PartnerNotReached(RuntimeError):
    """A command cannot be given now, because whoever must be asked for it first is away."""

    def __init__(self, away: PartnerAway) -> None:
        super().__init__(f"{away.partner} could not be reached; the command is given again later.")
        self.away = away


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """Who asks about what. today: the business date in the organization's territory; outside: what is known so far."""

    installation: Installation
    organization: OrganizationKey
    asked: Asked
    today: date
    outside: Outside

    @property
    def viewer(self) -> queries.Viewer:
        return queries.Viewer(organization=self.organization, role=Role.SYSTEM)


def ask_outside(
    installation: Installation, *, actor: Actor, name: CommandName, asked: Asked, now: datetime
) -> Outside | Refusal:
    """What came with the command, and what its decision needs from outside. Raises PartnerNotReached.

    Refused is who may not give the command, before anybody is asked about a customer on its account. Our own records
    are looked at in one transaction, which is over before a partner is asked; only a partner that is these same records
    is asked in it. Where the rules know what to do while a partner is away, its absence is handed on as a fact.
    """
    outside = replace(asked.outside, entropy=installation.entropy())
    look = _ASKING.get(name)
    if look is None:
        return outside
    organization = actor.organization
    with open_organization(organization) as opened:
        refused = not_allowed(actor, organization=organization, name=name)
        if refused is not None:
            return refused
        today = opened.calendar.business_date(now)
        question = _Question(
            installation=installation, organization=organization, asked=asked, today=today, outside=outside
        )
        ask = look(question)
    return ask(outside)


def _ask_nobody(outside: Outside) -> Outside:
    return outside


def _at_hand(
    question: _Question, ask: _Ask, *partners: object, utility: OrganizationKey | None, in_books: _Ask | None = None
) -> _Ask:
    """Where all of these partners are the very books that are open, they are asked now, and the answers handed on.

    in_books: asks the same, of the open books, by fewer statements.
    """
    if not all(is_in_books(each, question.organization, utility=utility) for each in partners):
        return ask
    told = (in_books or ask)(question.outside)
    return lambda _: told


def _ask_clearinghouse(question: _Question) -> _Ask:
    found = case_with_answers(CaseNumber(question.asked.number))
    if found is None:
        return _ask_nobody
    case, answers = found
    meant = ProviderQuestion(
        pod=case.pod,
        postal_code=answers.get(FormField.POSTAL_CODE, "") or case.opening.postal_code,
        address=answers.get(FormField.SERVICE_ADDRESS, ""),
    )
    clearinghouse = question.installation.clearinghouse
    return lambda outside: replace(outside, provider=clearinghouse.find(meant, on=question.today))


def _ask_register(question: _Question) -> _Ask:
    found = case_with_answers(CaseNumber(question.asked.number))
    if found is None:
        return _ask_nobody
    case, answers = found
    utility = case.provider.utility if case.provider else None
    evidence = Evidence(values=answers, utility=utility)
    register = question.installation.register_of(question.organization)
    own_first = _own_first(question, register)
    if own_first is not None:
        own = own_first.match_own(evidence)
        return lambda outside: replace(outside, register=own_first.match_beyond(evidence, own=own))

    def ask(outside: Outside) -> Outside:
        return replace(outside, register=register.match(evidence))

    return _at_hand(question, ask, register, utility=utility)


def _own_first(question: _Question, register: Register) -> OwnFirst | None:
    """The register, where what it has itself lies in the very books that are open."""
    found = register if isinstance(register, OwnFirst) else None
    return found if found is not None and found.organization == question.organization else None


def _ask_for_account(question: _Question) -> _Ask:
    command = question.asked.command
    account = command.account if isinstance(command, SettleMatch) else None
    if account is None:
        return _ask_nobody
    register = question.installation.register_of(question.organization)
    return lambda outside: replace(outside, register=register.account(account))


def _ask_for_decision(question: _Question) -> _Ask:
    case = _case(question)
    if case is None or case.pod is None or case.proof.account is None:
        return _ask_nobody
    known, account, pod = case, case.proof.account, case.pod
    register = question.installation.register_of(question.organization)
    if _own_first(question, register) is not None:
        own = register.account_facts(account, pod=pod)
        return lambda outside: replace(outside, account=own, premise=_premise(question, known))

    def ask(outside: Outside) -> Outside:
        facts = register.account_facts(account, pod=pod)
        return replace(outside, account=facts, premise=_premise(question, known))

    def ask_books(outside: Outside) -> Outside:
        with deciding_from(books_for_decision(account, pod=pod)):
            return ask(outside)

    utility = case.provider.utility if case.provider else None
    return _at_hand(question, ask, register, question.installation.premises, utility=utility, in_books=ask_books)


def _ask_premise(question: _Question) -> _Ask:
    case = _case(question)

    def ask(outside: Outside) -> Outside:
        premise = _premise(question, case) if case else None
        if isinstance(premise, PartnerAway):
            raise PartnerNotReached(premise)
        return replace(outside, premise=premise)

    utility = case.provider.utility if case and case.provider else None
    return _at_hand(question, ask, question.installation.premises, utility=utility)


def _ask_for_supply(question: _Question) -> _Ask:
    """The utility of the usage point, for its meter and the days of its reads; away is for the registrar to know."""
    pod = pod_of_request(TrackingNumber(question.asked.number))
    row = registry_row(pod, on=question.today) if pod else None
    if pod is None or row is None:
        return _ask_nobody
    utility, premises = row.utility, question.installation.premises
    return lambda outside: replace(outside, premise=premises.look_up(pod, utility=utility, on=question.today))


def _ask_for_reads(question: _Question) -> _Ask:
    order = _order(question)
    point = queries.usage_point(question.viewer, pod=order.pod) if order else None
    if order is None or point is None:
        return _ask_nobody
    cycle = reads_of_cycle(order.pod, from_on=question.today - READS_BEHIND, months=READS_MONTHS)
    days = days_to_read(order.switch, switch_on=order.switch_on, point=point, scheduled_reads=cycle)
    days += tuple(
        day for bill in (order.closing_bill, order.first_bill) if bill for day in (bill.start_on, bill.end_on)
    )
    known = tuple(day for day in sorted({*days, *cycle}) if day <= question.today)
    utility = question.organization

    def ask(outside: Outside) -> Outside:
        return replace(outside, reads=reads_of_meters(question.installation, point, utility=utility, on=known))

    return ask


def _ask_for_protected(question: _Question) -> _Ask:
    case = _case(question)
    if case is None:
        return _ask_nobody
    known = case
    return lambda outside: ask_for_protected(question.installation, known, outside, today=question.today)


def _ask_for_bill(question: _Question) -> _Ask:
    """The reads, and where they do not tell enough for the price, the hours of the meters, their prices and events."""
    ask_for_reads = _ask_for_reads(question)
    order = _order(question)
    point = queries.usage_point(question.viewer, pod=order.pod) if order else None
    if order is None or point is None:
        return ask_for_reads
    ask_for_hours = hours_for_bill(
        question.installation, order, point=point, kind=_kind_of(order), utility=question.organization
    )
    return lambda outside: replace(ask_for_reads(outside), hours=ask_for_hours())


def _kind_of(order: ServiceOrder) -> BillKind:
    # The closing bill comes first; an order that stands at neither is refused by its step.
    return BillKind.CLOSING if order.service.state is State.SWITCHED else BillKind.FIRST


def _premise(question: _Question, case: Case) -> PremiseFacts | PartnerAway | None:
    utility = case.provider.utility if case.provider else None
    if utility is None or case.pod is None:
        return None
    return question.installation.premises.look_up(case.pod, utility=utility, on=question.today)


def _case(question: _Question) -> Case | None:
    try:
        return queries.case(question.viewer, number=CaseNumber(question.asked.number))
    except queries.NotForViewer:
        return None


def _order(question: _Question) -> ServiceOrder | None:
    try:
        return queries.order(question.viewer, number=OrderNumber(question.asked.number))
    except queries.NotForViewer:
        return None


_ASKING: Mapping[CommandName, Callable[[_Question], _Ask]] = {
    CommandName.FIND_PROVIDER: _ask_clearinghouse,
    CommandName.PROVE_IDENTITY: _ask_register,
    CommandName.SETTLE_MATCH: _ask_for_account,
    CommandName.DECIDE: _ask_for_decision,
    CommandName.END_RESCISSION: _ask_premise,
    CommandName.REQUEST_METER: _ask_premise,
    CommandName.JUDGE_SUPPLY: _ask_for_supply,
    CommandName.RECORD_VISIT: _ask_for_reads,
    CommandName.RECORD_REMOTE_CHANGE: _ask_for_reads,
    CommandName.SWITCH_SERVICE: _ask_for_reads,
    CommandName.CORRECT_READ: _ask_for_reads,
    CommandName.CORRECT_BILL: _ask_for_bill,
    CommandName.ISSUE_CLOSING_BILL: _ask_for_bill,
    CommandName.ISSUE_FIRST_BILL: _ask_for_bill,
    CommandName.SETTLE_PROTECTION: _ask_for_protected,
}
"""How each command looks at our own records for its question, and gives whom it asks; the others ask nobody."""
