"""What each command about supply carries; what a registrar hears of its peers is the message itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.supply import BillingOption, SupplyTransaction
from evenroll.enrollment.supply_messages import SupplyAsked
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.identifiers import OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class AskSupply:
    """By a person: ask the registrar (again), with what was mended. requested_on: absent for the first day possible."""

    requested_on: date | None = None
    off_cycle: bool = False
    billing: BillingOption = BillingOption.UTILITY_CONSOLIDATED


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordVerification:
    """By the desk: the reference under which a verifier keeps the customer's spoken consent."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeSupplier:
    """To another supplier, who goes on with the customer's answers; absent: to the utility's default service.

    transaction: who wants it; a drop by the supplier itself must be told some days before the read.
    """

    to: OrganizationKey | None = None
    transaction: SupplyTransaction = SupplyTransaction.DROP_BY_CUSTOMER


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveSupplyRequest:
    """At the registrar, from a provider."""

    request: SupplyAsked
    requester: OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectSupply:
    """By the registry's operator: what no rule of the registry could see."""

    codes: tuple[RejectCode, ...]
