"""Asking the ports before a command: outside any transaction, so that nobody waits for a partner under a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import SettleMatch
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.facts import PartnerAway
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.ports.outside import Outside
from evenroll.ports.premises import PremiseFacts
from evenroll.ports.register import Evidence
from evenroll.programs.bill import BillKind
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, OrganizationKey, TrackingNumber
from evenroll.records import queries
from evenroll.records.asked import Asked
from evenroll.records.billing_spans import days_to_read
from evenroll.records.case_answers import read_answers
from evenroll.records.gathered import READS_BEHIND, READS_MONTHS, reads_of_cycle
from evenroll.records.organizations import open_organization
from evenroll.records.supply_registry import pod_of_request, registry_row
from evenroll.worker.asking_hours import hours_for_bill
from evenroll.worker.asking_protected import ask_for_protected, reads_of_meters
from evenroll.worker.installation import Installation


class PartnerNotReached(RuntimeError):
    """A command cannot be given now, because whoever must be asked for it first is away."""

    def __init__(self, away: PartnerAway) -> None:
        super().__init__(f"{away.partner} could not be reached; the command is given again later.")
        self.away = away


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """Who asks about what. today: the business date in the organization's territory."""

    installation: Installation
    organization: OrganizationKey
    asked: Asked
    today: date

    @property
    def viewer(self) -> queries.Viewer:
        return queries.Viewer(organization=self.organization, role=Role.SYSTEM)


def asks_outside(name: CommandName) -> bool:
    """Whether anybody is asked before this command."""
    return name in _ASKING


def ask_outside(
    installation: Installation, *, organization: OrganizationKey, name: CommandName, asked: Asked, now: datetime
) -> Outside:
    """What came with the command, and what its decision needs from outside. Raises PartnerNotReached.

    Where the rules know what to do while a partner is away, its absence is handed on as a fact.
    """
    outside = replace(asked.outside, entropy=installation.entropy())
    ask = _ASKING.get(name)
    if ask is None:
        return outside
    with open_organization(organization) as opened:
        today = opened.calendar.business_date(now)
    return ask(_Question(installation=installation, organization=organization, asked=asked, today=today), outside)


def _ask_clearinghouse(question: _Question, outside: Outside) -> Outside:
    case = _case(question)
    if case is None:
        return outside
    answers = _answers(question, case)
    meant = ProviderQuestion(
        pod=case.pod,
        postal_code=answers.get(FormField.POSTAL_CODE, "") or case.opening.postal_code,
        address=answers.get(FormField.SERVICE_ADDRESS, ""),
    )
    return replace(outside, provider=question.installation.clearinghouse.find(meant, on=question.today))


def _ask_register(question: _Question, outside: Outside) -> Outside:
    case = _case(question)
    if case is None:
        return outside
    utility = case.provider.utility if case.provider else None
    evidence = Evidence(values=_answers(question, case), utility=utility)
    found = question.installation.register_of(question.organization).match(evidence)
    return replace(outside, register=found)


def _ask_for_account(question: _Question, outside: Outside) -> Outside:
    command = question.asked.command
    if not isinstance(command, SettleMatch) or command.account is None:
        return outside
    found = question.installation.register_of(question.organization).account(command.account)
    return replace(outside, register=found)


def _ask_for_decision(question: _Question, outside: Outside) -> Outside:
    case = _case(question)
    if case is None or case.pod is None or case.proof.account is None:
        return outside
    register = question.installation.register_of(question.organization)
    account = register.account_facts(case.proof.account, pod=case.pod)
    return replace(outside, account=account, premise=_premise(question, case))


def _ask_premise(question: _Question, outside: Outside) -> Outside:
    case = _case(question)
    premise = _premise(question, case) if case else None
    if isinstance(premise, PartnerAway):
        raise PartnerNotReached(premise)
    return replace(outside, premise=premise)


def _ask_for_supply(question: _Question, outside: Outside) -> Outside:
    """The utility of the usage point, for its meter and the days of its reads; away is for the registrar to know."""
    with open_organization(question.organization):
        pod = pod_of_request(TrackingNumber(question.asked.number))
        row = registry_row(pod, on=question.today) if pod else None
    if pod is None or row is None:
        return outside
    found = question.installation.premises.look_up(pod, utility=row.utility, on=question.today)
    return replace(outside, premise=found)


def _ask_for_reads(question: _Question, outside: Outside) -> Outside:
    order = _order(question)
    point = queries.usage_point(question.viewer, pod=order.pod) if order else None
    if order is None or point is None:
        return outside
    with open_organization(question.organization):
        cycle = reads_of_cycle(order.pod, from_on=question.today - READS_BEHIND, months=READS_MONTHS)
    days = days_to_read(order.switch, switch_on=order.switch_on, point=point, scheduled_reads=cycle)
    days += tuple(
        day for bill in (order.closing_bill, order.first_bill) if bill for day in (bill.start_on, bill.end_on)
    )
    known = tuple(day for day in sorted({*days, *cycle}) if day <= question.today)
    return replace(
        outside, reads=reads_of_meters(question.installation, point, utility=question.organization, on=known)
    )


def _ask_for_protected(question: _Question, outside: Outside) -> Outside:
    case = _case(question)
    return outside if case is None else ask_for_protected(question.installation, case, outside, today=question.today)


def _ask_for_bill(question: _Question, outside: Outside) -> Outside:
    """The reads, and where they do not tell enough for the price, the hours of the meters, their prices and events."""
    asked = _ask_for_reads(question, outside)
    order = _order(question)
    point = queries.usage_point(question.viewer, pod=order.pod) if order else None
    if order is None or point is None:
        return asked
    hours = hours_for_bill(
        question.installation, order, point=point, kind=_kind_of(order), utility=question.organization
    )
    return replace(asked, hours=hours)


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


def _answers(question: _Question, case: Case) -> dict[FormField, str]:
    with open_organization(question.organization):
        return read_answers(case.answers)


_ASKING: Mapping[CommandName, Callable[[_Question, Outside], Outside]] = {
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
"""Whom each command asks first; the others ask nobody."""
