"""What the outside told: the typed answers that a decision may rest on. All of them can be journaled.

None of these values holds personal data: people and accounts appear by reference only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import (
    AccountId,
    CustomerId,
    MeterSerial,
    OrganizationKey,
    PodId,
    RateKey,
)


class ProviderAnswerKind(StrEnum):
    """What a clearinghouse can say of a usage point on a date (row 2a)."""

    UTILITY = "utility"
    ESCO = "esco"
    CCA = "cca"
    NO_CHOICE = "no_choice"
    PENDING_TO = "pending_to"
    SEVERAL_POINTS = "several_points"
    OUT_OF_TERRITORY = "out_of_territory"
    BLOCKED = "blocked"
    NOT_FOUND = "not_found"


SERVED = frozenset(
    {
        ProviderAnswerKind.UTILITY,
        ProviderAnswerKind.ESCO,
        ProviderAnswerKind.CCA,
        ProviderAnswerKind.NO_CHOICE,
    }
)
"""Answers that name who provides the commodity."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderAnswer:
    """The clearinghouse's answer. utility, supplier and pod are named where the kind is one of SERVED.

    registrar: who answered, and takes requests for a switch; absent where it is the utility. pending_to, pending_on: to
    whom supply is moving, and when.
    """

    kind: ProviderAnswerKind
    as_of: date
    utility: OrganizationKey | None = None
    supplier: OrganizationKey | None = None
    pod: PodId | None = None
    points: tuple[PodId, ...] = ()
    registrar: OrganizationKey | None = None
    pending_to: OrganizationKey | None = None
    pending_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnerAway:
    """A partner could not be asked. It is never a "no": the case waits and says so."""

    partner: str
    detail: str = ""


class Factor(StrEnum):
    """What of the evidence agreed with the provider's register (row 4a).

    sign_in: whoever sent the form was signed in then, by what is on file of the very customer whom the register found.
    """

    ACCOUNT_NUMBER = "account_number"
    NAME = "name"
    SERVICE_ADDRESS = "service_address"
    POSTAL_CODE = "postal_code"
    METER_SERIAL = "meter_serial"
    LAST_BILL_AMOUNT = "last_bill_amount"
    CODE_TO_CONTACT = "code_to_contact"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterAnswer:
    """What the provider's register says of the evidence.

    matched: the factors that agreed, all on one and the same account. customer and account are named only when the
    register found exactly one account; pods are the usage points that it is billed for. known_at: the utility whose
    books agreed, where a supplier that wins a customer has no account of theirs yet; customer_class: as it says there.
    """

    matched: frozenset[Factor] = frozenset()
    customer: CustomerId | None = None
    account: AccountId | None = None
    pods: tuple[PodId, ...] = ()
    known_at: OrganizationKey | None = None
    customer_class: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterFacts:
    """The meter in place at a usage point and the read cycle, as its utility says (row 4a, row 5).

    scheduled_reads: the days of the coming scheduled reads, ascending.
    """

    pod: PodId
    serial: MeterSerial
    capability: MeterCapability
    rate: RateKey
    remote_changeable: bool = False
    interval_opt_out: bool = False
    scheduled_reads: tuple[date, ...] = ()
