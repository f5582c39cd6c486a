"""The provider's own customer register: does the evidence name one account (row 4a), and how does it stand (row 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from evenroll.enrollment.eligibility_facts import Known, Told
from evenroll.enrollment.facts import PartnerAway, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import AccountId, OrganizationKey, PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the customer gave as proof, by field. Personal: it is compared and not kept here.

    utility: whose wires they are, whom a supplier asks of a customer that it does not have yet.
    """

    values: Mapping[FormField, str] = field(repr=False)
    utility: OrganizationKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountFacts:
    """How an account and a usage point that it is billed for stand in the register. Codes only, nobody's name."""

    account: AccountId
    pod: PodId
    active: Known = Known.UNKNOWN
    customer_class: Told = field(default_factory=Told)
    good_standing: Known = Known.UNKNOWN
    net_metering: Known = Known.UNKNOWN
    assistance: Known = Known.UNKNOWN
    life_support: Known = Known.UNKNOWN
    in_territory: Known = Known.UNKNOWN


class Register(Protocol):
    """The register of the provider who decides the case."""

    def match(self, evidence: Evidence) -> RegisterAnswer | PartnerAway:
        """The factors that agree on one and the same account; none if no account, or more than one, is meant."""
        ...

    def account(self, account: AccountId) -> RegisterAnswer | PartnerAway:
        """The account that a person of the staff settled on, with its customer and usage points."""
        ...

    def account_facts(self, account: AccountId, *, pod: PodId) -> AccountFacts | PartnerAway:
        """How the account and the usage point stand."""
        ...


@runtime_checkable
class OwnFirst(Protocol):
    """A register whose accounts lie in its organization's books, which looks for some customers beyond them too.

    Whoever has those books open may ask for what lies in them in the same transaction, and beyond them after it.
    """

    @property
    def organization(self) -> OrganizationKey:
        """Whose books they are."""
        ...

    def match_own(self, evidence: Evidence) -> RegisterAnswer:
        """As `Register.match`, in these books and no others."""
        ...

    def match_beyond(self, evidence: Evidence, *, own: RegisterAnswer) -> RegisterAnswer | PartnerAway:
        """As `Register.match`, of whom these books said that."""
        ...


@runtime_checkable
class MatchesMany(Protocol):
    """A register that is asked of many customers at once."""

    def match_many(self, given: Sequence[Evidence]) -> tuple[RegisterAnswer | PartnerAway, ...]:
        """As `match`, of each, in the order given."""
        ...

    def account_facts_many(self, asked: Sequence[tuple[AccountId, PodId]]) -> tuple[AccountFacts | PartnerAway, ...]:
        """As `account_facts`, of each, in the order asked."""
        ...


def match_each(register: Register, given: Sequence[Evidence]) -> tuple[RegisterAnswer | PartnerAway, ...]:
    """What the register answers to many, in their order: at once, or one by one where it takes no more."""
    if isinstance(register, MatchesMany):
        return register.match_many(given)
    return tuple(register.match(each) for each in given)


def account_facts_of_each(
    register: Register, asked: Sequence[tuple[AccountId, PodId]]
) -> tuple[AccountFacts | PartnerAway, ...]:
    """How many accounts and usage points stand, in their order; see `match_each`."""
    if isinstance(register, MatchesMany):
        return register.account_facts_many(asked)
    return tuple(register.account_facts(account, pod=pod) for account, pod in asked)
