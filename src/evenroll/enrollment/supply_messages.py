"""What providers, registrar and wires utility tell each other of supply and of PEVs: bodies without personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.supply import (
    BillingOption,
    ChargerClass,
    PevBasis,
    PevGone,
    SupplyCancelResult,
    SupplyNewsKind,
    SupplyTransaction,
    VerificationKind,
)
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId, TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyAsked:
    """Provider to registrar: a switch to us, or a drop to default service. One usage point each.

    tracking: unique over all time. requested_on: absent for the first day possible. rescission_ends_on: first day after
    the window. off_cycle: a special read is asked for. verification: by what the customer's will is proved.
    """

    tracking: TrackingNumber
    case: CaseNumber
    pod: PodId
    postal_code: str
    transaction: SupplyTransaction
    verification: VerificationKind | None = None
    requested_on: date | None = None
    rescission_ends_on: date | None = None
    off_cycle: bool = False
    billing: BillingOption = BillingOption.UTILITY_CONSOLIDATED


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyAnswered:
    """Registrar to provider: accepted with its day, or objected to with every code at once.

    statuses: told beside an acceptance. first_tracking: of the request that came first, where this one repeats it;
    first, first_on: who was first, and since when. retry_on: the day from which the date asked for can be taken.
    """

    tracking: TrackingNumber
    accepted: bool
    effective_on: date | None = None
    codes: tuple[RejectCode, ...] = ()
    statuses: tuple[RejectCode, ...] = ()
    first_tracking: TrackingNumber | None = None
    first: OrganizationKey | None = None
    first_on: date | None = None
    retry_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyEffective:
    """Registrar to the new supplier: from that day it provides the commodity."""

    tracking: TrackingNumber
    pod: PodId
    utility: OrganizationKey
    effective_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyCancelAsked:
    """Provider to registrar: the request is taken back; the supplier in place stays."""

    tracking: TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyCancelAnswered:
    """Registrar to provider: what became of it. effective_on: where supply had switched already."""

    tracking: TrackingNumber
    result: SupplyCancelResult
    effective_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyNews:
    """Registrar to the supplier in place and the utility: a switch away is pending, or will not be after all."""

    pod: PodId
    news: SupplyNewsKind
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyDisputed:
    """Provider to registrar: the customer contests a switch. tracking: absent where only the usage point is known."""

    pod: PodId
    disputed_on: date
    tracking: TrackingNumber | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PevTold:
    """Provider to the wires utility: a PEV charges at this usage point. basis: on what it is told."""

    case: CaseNumber
    pod: PodId
    drivetrain: Drivetrain
    charger: ChargerClass
    basis: PevBasis
    told_on: date
    vehicles: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class PevWithdrawn:
    """Provider to the wires utility: a PEV that was told of charges here no more. left: those of the case that do."""

    case: CaseNumber
    pod: PodId
    basis: PevBasis
    why: PevGone
    gone_on: date
    left: int = 0
