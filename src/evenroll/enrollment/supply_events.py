"""The events of a case about its supply: asked for, answered, begun, taken back, contested; and the PEV told of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.event import Event, kinds
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.supply import (
    ChargerClass,
    PevBasis,
    PevGone,
    SupplyCancelResult,
    SupplyNewsKind,
    SupplyTransaction,
)
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.identifiers import OrganizationKey, TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplySent(Event):
    """Row 5: the registrar was asked, after the decision and after the rescission window."""

    tracking: TrackingNumber
    registrar: OrganizationKey
    transaction: SupplyTransaction
    asked_on: date
    requested_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplySentBefore(Event):
    """Row 5: the registrar has that request of ours already; it stands, and its answer is still to come."""

    tracking: TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyUnverified(Event):
    """Row 5: nothing proves yet that the customer wants the switch, so it is not asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VerificationRecorded(Event):
    """The reference under which a verifier keeps the customer's spoken consent."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyAccepted(Event):
    """Row 5: the registrar accepted; supply begins on that day. tracking: of the request that stands."""

    tracking: TrackingNumber
    effective_on: date
    statuses: tuple[RejectCode, ...] = ()
    unverified: str = ""
    """The source of the territory's terms of a switch, where nobody has read their figures in it; else empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyObjected(Event):
    """Row 5: the registrar objected, with every code. first, first_on: who was first, and since when."""

    codes: tuple[RejectCode, ...]
    first: OrganizationKey | None = None
    first_on: date | None = None
    retry_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyBegan(Event):
    """Row 5: supply is ours from that day; provider: who serves from then on."""

    effective_on: date
    provider: ProviderAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyCancelSent(Event):
    """Action: the registrar was asked to forget the request."""

    tracking: TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyCancelHeard(Event):
    """Action: what became of that."""

    result: SupplyCancelResult


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyNewsHeard(Event):
    """Action: a switch away from us is pending from that day, or will not be after all."""

    news: SupplyNewsKind
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyContested(Event):
    """Action: the customer says that a switch was not theirs; the registrar is told."""

    disputed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplierChangeAsked(Event):
    """Action: the customer leaves for another supplier; absent: for the utility's default service."""

    to: OrganizationKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PevReported(Event):
    """The wires utility was told of the PEV at this premise (rule 20)."""

    utility: OrganizationKey
    charger: ChargerClass
    basis: PevBasis
    vehicles: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class PevTakenBack(Event):
    """The wires utility was told that the PEV charges here no more (rule 20). left: how many of the case still do."""

    utility: OrganizationKey
    basis: PevBasis
    why: PevGone
    left: int = 0


SUPPLY_EVENTS = kinds(
    SupplySent,
    SupplySentBefore,
    SupplyUnverified,
    VerificationRecorded,
    SupplyAccepted,
    SupplyObjected,
    SupplyBegan,
    SupplyCancelSent,
    SupplyCancelHeard,
    SupplyNewsHeard,
    SupplyContested,
    SupplierChangeAsked,
    PevReported,
    PevTakenBack,
)
"""What a case's stream may hold of its supply, by kind."""
