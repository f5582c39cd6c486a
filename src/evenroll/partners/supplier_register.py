"""The register of a supplier: its own books, and for a customer whom it is about to win the books of their utility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evenroll.enrollment.decide_form import AT_HAND
from evenroll.enrollment.facts import Factor, PartnerAway, RegisterAnswer
from evenroll.partners.own_register import OwnRegister
from evenroll.ports.register import AccountFacts, Evidence
from evenroll.quantities.identifiers import AccountId, OrganizationKey, PodId
from evenroll.records import register
from evenroll.records.organizations import OrganizationUnknown


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierRegister:
    """The register of a supplier that may have no account of the customer, or no bill of theirs, yet."""

    organization: OrganizationKey

    def match(self, evidence: Evidence) -> RegisterAnswer | PartnerAway:
        """As its own books say; where these cannot tell, as the utility's do.

        Of the utility's customer nothing comes back but which factors agree, the class, and the usage points billed.
        """
        return self.match_beyond(evidence, own=self.match_own(evidence))

    def match_own(self, evidence: Evidence) -> RegisterAnswer:
        """What its own books say."""
        return self._own.match(evidence)

    def match_many(self, given: Sequence[Evidence]) -> tuple[RegisterAnswer, ...]:
        """As `match`, of each; the own books by a few statements for all, the utility's one by one."""
        own = self._own.match_many(given)
        return tuple(self.match_beyond(evidence, own=each) for each, evidence in zip(own, given, strict=True))

    def match_beyond(self, evidence: Evidence, *, own: RegisterAnswer) -> RegisterAnswer:
        """What its own books say, where they can tell, else what the utility's do."""
        utility = evidence.utility
        if own.matched & AT_HAND or utility is None or utility == self.organization:
            return own
        theirs = _at_utility(evidence, utility=utility)
        if theirs is None:
            return own
        same = own.account is not None and Factor.NAME in own.matched
        if same:
            return replace(theirs, customer=own.customer, account=own.account)
        return replace(theirs, customer=None, account=None, known_at=utility)

    def account(self, account: AccountId) -> RegisterAnswer | PartnerAway:
        """Its own account that the staff settled on."""
        return self._own.account(account)

    def account_facts(self, account: AccountId, *, pod: PodId) -> AccountFacts | PartnerAway:
        """How its own account stands."""
        return self._own.account_facts(account, pod=pod)

    def account_facts_many(self, asked: Sequence[tuple[AccountId, PodId]]) -> tuple[AccountFacts, ...]:
        """How many of its own accounts stand, by two statements."""
        return self._own.account_facts_many(asked)

    @property
    def _own(self) -> OwnRegister:
        return OwnRegister(organization=self.organization)


def _at_utility(evidence: Evidence, *, utility: OrganizationKey) -> RegisterAnswer | None:
    """The factors that agree with one account of the utility; None where none is meant, or the utility is not here."""
    try:
        theirs = OwnRegister(organization=utility).match(evidence)
        if theirs.account is None:
            return None
        found = register.account(utility, account_id=theirs.account)
    except OrganizationUnknown:
        return None
    return replace(theirs, customer_class=found.customer_class if found else "")
