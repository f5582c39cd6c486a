"""The facts that eligibility rests on, each of which may be unknown; codes only, no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evenroll.enrollment.form import Dwelling, Holder, VinState
from evenroll.programs.program import DocumentKind


class Known(StrEnum):
    """A yes or no that may not be known. Unknown is never read as a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Codes that somebody told us: none, one or several; or nothing was told yet (known is False)."""

    known: bool = False
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A number that somebody told us, or was not told yet (known is False)."""

    known: bool = False
    number: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Lockout:
    """Whether leaving the program earlier bars the customer still, and until when (exclusive) if it does."""

    barred: Known = Known.UNKNOWN
    ends_on: date | None = None


class EquipmentListing(StrEnum):
    """Whether the charging equipment stands on the program's dated list of approved equipment."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    NOT_CHOSEN = "not_chosen"
    UNKNOWN = "unknown"


NOT_TOLD = Told()
_NOT_COUNTED = Count()
_LOCKOUT_UNKNOWN = Lockout()


def told(*codes: str) -> Told:
    """The fact that exactly these codes hold; without any: that none does."""
    return Told(known=True, codes=frozenset(str(code) for code in codes))


def counted(number: int) -> Count:
    """The fact of a number."""
    return Count(known=True, number=number)


def yes_if(condition: object) -> Known:
    """The fact of a yes or a no: yes for what Python takes for true."""
    return Known.YES if condition else Known.NO


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityFacts:
    """Everything that a program's rules may ask; whatever nobody told stays unknown.

    applied_on: the business date on which the application counts as received (for paper, its receipt stamp).
    From registers: account, class, standing, supply status (`SupplyStatus` code), rate, families of programs
    that are live at the unit, net metering, meter, count of live units at the service location, lock-out,
    assistance, life support, territory. From the form: holder, dwelling, vehicle, documents; what a customer
    has left unsaid is known to be unsaid and can be asked for.
    """

    applied_on: date
    in_territory: Known = Known.UNKNOWN
    account_active: Known = Known.UNKNOWN
    customer_class: Told = NOT_TOLD
    good_standing: Known = Known.UNKNOWN
    supply_status: Told = NOT_TOLD
    current_rate: Told = NOT_TOLD
    live_families: Told = NOT_TOLD
    net_metering: Known = Known.UNKNOWN
    meter_capability: Told = NOT_TOLD
    meter_remote_changeable: Known = Known.UNKNOWN
    meter_exchangeable: Known = Known.UNKNOWN
    interval_opt_out: Known = Known.UNKNOWN
    live_units_at_location: Count = _NOT_COUNTED
    lockout: Lockout = _LOCKOUT_UNKNOWN
    assistance: Known = Known.UNKNOWN
    life_support: Known = Known.UNKNOWN
    life_support_reviewed: Known = Known.UNKNOWN
    equipment: EquipmentListing = EquipmentListing.UNKNOWN
    holder: Holder = Holder.UNSAID
    dwelling: Dwelling = Dwelling.UNSAID
    drivetrain: Told = NOT_TOLD
    vehicle_model: Told = NOT_TOLD
    vin: VinState = VinState.MISSING
    registered_at_location: Known = Known.UNKNOWN
    documents: frozenset[DocumentKind] = frozenset()
