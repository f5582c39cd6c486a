"""The provider's register of this installation: its own accounts, found by tokens; nothing is opened to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenroll.enrollment.eligibility_facts import Known, told, yes_if
from evenroll.enrollment.facts import Factor, PartnerAway, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.ports.register import AccountFacts, Evidence
from evenroll.quantities.identifiers import AccountId, OrganizationKey, PodId
from evenroll.records import register, register_match
from evenroll.records.organizations import open_organization
from evenroll.records.tokens import TokenKind

_FACTORS = {
    FormField.ACCOUNT_NUMBER: (TokenKind.ACCOUNT_NUMBER, Factor.ACCOUNT_NUMBER),
    FormField.NAME: (TokenKind.NAME, Factor.NAME),
    FormField.SERVICE_ADDRESS: (TokenKind.SERVICE_ADDRESS, Factor.SERVICE_ADDRESS),
    FormField.POSTAL_CODE: (TokenKind.POSTAL_CODE, Factor.POSTAL_CODE),
    FormField.METER_SERIAL: (TokenKind.METER_SERIAL, Factor.METER_SERIAL),
    FormField.LAST_BILL_AMOUNT: (TokenKind.LAST_BILL_AMOUNT, Factor.LAST_BILL_AMOUNT),
}
_FACTOR_OF = {kind: factor for kind, factor in _FACTORS.values()}


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRegister:
    """The register of the organization that decides the case."""

    organization: OrganizationKey

    def books(self, *, utility: OrganizationKey | None) -> OrganizationKey:
        """Its own, whosever the wires are."""
        return self.organization

    def match(self, evidence: Evidence) -> RegisterAnswer:
        """The factors that agree on one account. Two strangers who name one address get the same answer."""
        return _agreed(register_match.match(self.organization, values=_values(evidence)))

    def match_many(self, given: Sequence[Evidence]) -> tuple[RegisterAnswer, ...]:
        """As `match`, of each, by a few statements for all."""
        values = [_values(evidence) for evidence in given]
        return tuple(_agreed(found) for found in register_match.match_many(self.organization, given=values))

    def account(self, account: AccountId) -> RegisterAnswer | PartnerAway:
        """The account that the staff settled on; no factor agreed by itself."""
        found = register.account(self.organization, account_id=account)
        return RegisterAnswer() if found is None else _answer(found, frozenset())

    def account_facts(self, account: AccountId, *, pod: PodId) -> AccountFacts | PartnerAway:
        """How the account and the usage point stand; not active where the register does not have them together."""
        with open_organization(self.organization):
            return _facts(account, pod, register.billed_point(account, pod=pod))

    def account_facts_many(self, asked: Sequence[tuple[AccountId, PodId]]) -> tuple[AccountFacts, ...]:
        """As `account_facts`, of each, by one statement for all."""
        with open_organization(self.organization):
            billed = register.billed_points(asked)
        return tuple(_facts(account, pod, billed.get((account, pod))) for account, pod in asked)


def _values(evidence: Evidence) -> dict[TokenKind, str]:
    return {_FACTORS[field][0]: text for field, text in evidence.values.items() if field in _FACTORS}


def _agreed(found: register_match.Match) -> RegisterAnswer:
    if found.account is None:
        return RegisterAnswer()
    return _answer(found.account, frozenset(_FACTOR_OF[kind] for kind in found.agreed))


def _facts(account: AccountId, pod: PodId, billed: register.BilledPoint | None) -> AccountFacts:
    if billed is None:
        return AccountFacts(account=account, pod=pod, active=Known.NO)
    found = billed.account
    return AccountFacts(
        account=account,
        pod=pod,
        active=yes_if(found.status == "active"),
        customer_class=told(found.customer_class),
        good_standing=yes_if(found.good_standing),
        net_metering=yes_if(billed.net_metering),
        assistance=yes_if(found.assistance),
        life_support=yes_if(found.life_support),
        in_territory=Known.YES,
    )


def _answer(found: register.AccountFound, matched: frozenset[Factor]) -> RegisterAnswer:
    return RegisterAnswer(matched=matched, customer=found.customer, account=found.account, pods=found.pods)
