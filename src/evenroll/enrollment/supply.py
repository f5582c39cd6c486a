"""The words of supply switches and of a PEV told to the wires utility: codes and small values, nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, TrackingNumber


class SupplyTransaction(StrEnum):
    """What a registrar is asked for. A drop leads back to the default service of the wires utility."""

    SWITCH = "switch"
    DROP_BY_CUSTOMER = "drop_by_customer"
    DROP_BY_SUPPLIER = "drop_by_supplier"
    DROP_BY_UTILITY = "drop_by_utility"


class VerificationKind(StrEnum):
    """By what the customer's own will to switch is proved; without one no switch is asked for (anti-slamming)."""

    SIGNED_FORM = "signed_form"
    RECEIPT = "receipt"
    VERIFIER = "verifier"


class BillingOption(StrEnum):
    """Who bills what once supply has switched."""

    UTILITY_CONSOLIDATED = "utility_consolidated"
    SUPPLIER_CONSOLIDATED = "supplier_consolidated"
    DUAL = "dual"


class LostReason(StrEnum):
    """Why supply goes to someone else."""

    OTHER_SUPPLIER = "other_supplier"
    DROP_BY_CUSTOMER = "drop_by_customer"
    DROP_BY_SUPPLIER = "drop_by_supplier"
    DROP_BY_UTILITY = "drop_by_utility"
    SUPPLIER_EXIT = "supplier_exit"
    DISPUTED = "disputed"


class SupplyNewsKind(StrEnum):
    """What the supplier in place is told before anything has changed, or when nothing will."""

    PENDING = "pending"
    REINSTATED = "reinstated"


class SupplyCancelResult(StrEnum):
    """What became of a request that was taken back."""

    CANCELLED = "cancelled"
    TOO_LATE = "too_late"


class PevBasis(StrEnum):
    """On what the wires utility is told of a PEV at a premise."""

    CONSENT = "consent"
    LAW = "law"
    OWN_SERVICE = "own_service"


class PevGone(StrEnum):
    """Why a PEV that the wires utility was told of charges at a premise no more."""

    REMOVED = "removed"
    MOVED = "moved"
    ENDED = "ended"


class ChargerClass(StrEnum):
    """What a vehicle can draw at a premise: up to about 2 kW from an outlet, up to about 20 kW from an EVSE."""

    UNKNOWN = "unknown"
    UP_TO_2_KW = "up_to_2_kw"
    UP_TO_20_KW = "up_to_20_kw"


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyLink:
    """What a case asked of the registrar last, and what was heard of it.

    registrar: who keeps the registry of supply there. effective_on: the day that the registrar accepted. codes: of the
    last answer. first, first_on: who was first, and since when, where we were not. closed: the registrar has
    nothing open for it any more.
    """

    tracking: TrackingNumber
    registrar: OrganizationKey
    transaction: SupplyTransaction
    asked_on: date
    requested_on: date | None = None
    effective_on: date | None = None
    codes: tuple[RejectCode, ...] = ()
    first: OrganizationKey | None = None
    first_on: date | None = None
    cancel_asked: bool = False
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyAway:
    """That supply is to go from us. asked_for: whom the customer named; on: the day of which the registrar told."""

    asked_for: OrganizationKey | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PevOfCase:
    """What a case told the wires utility of its PEVs last; what is told may be taken back on the same basis alone."""

    utility: OrganizationKey
    charger: ChargerClass
    basis: PevBasis


@dataclass(frozen=True, kw_only=True, slots=True)
class PevAtPoint:
    """The PEVs of one enrollment at a usage point, as its provider told the wires utility.

    case: by which they are told again, or taken back. vehicles: how many; drivetrain: of the first.
    """

    case: CaseNumber
    provider: OrganizationKey
    drivetrain: Drivetrain
    charger: ChargerClass
    basis: PevBasis
    told_on: date
    vehicles: int = 1
