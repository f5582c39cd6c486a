"""The facts that eligibility rests on, each of which may be unknown; codes only, no personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evenroll.enrollment.form import Dwelling, Form, Holder, Statement, VinState
from evenroll.programs.program import DocumentKind
from evenroll.programs.rules import HomeType


class Known(StrEnum):
    """A yes or no that may not be known. Unknown is never read as a no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Said(StrEnum):
    """What a customer said with yes or no. Unsaid is neither, and can be asked for."""

    YES = "yes"
    NO = "no"
    UNSAID = "unsaid"


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


class PlaceFact(StrEnum):
    """Whether a program with a cap has a place for this application, at the moment of the decision."""

    NOT_LIMITED = "not_limited"
    FREE = "free"
    HELD = "held"
    """One is held for it already: it was offered from the waiting list."""
    WAIT = "wait"
    FULL = "full"
    """All are taken and nobody is put on a list."""
    OPTION_FULL = "option_full"
    """There are some, but none of the option that was chosen; another may be."""


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


def said_if(*, answer: bool | None) -> Said:
    """The fact of what was said; None: nothing was."""
    if answer is None:
        return Said.UNSAID
    return Said.YES if answer else Said.NO


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityFacts:
    """Everything that a program's rules may ask; whatever nobody told stays unknown.

    applied_on: the business date on which the application counts as received (for paper, its receipt stamp).
    From registers: account, class, standing, supply status (`SupplyStatus` code), rate, families of programs
    that are live at the unit, net metering, meter, count of live units at the service location, lock-out,
    assistance, life support, territory. From the form: holder, dwelling, vehicle, documents; what a customer
    has left unsaid is known to be unsaid and can be asked for.
    account_meters: what each meter of the account can tell apart (`MeterCapability` codes). rate_changes: changes of
    rate in the calendar days that the program counts, before this one. attested: the customer attests to what the
    program asks. telematics: the vehicle is linked. own_meter_there: a meter of the customer's own is recorded by its
    serial, on the list, and reports. device_enrolled_before: by whomever, in the program's family.
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
    registered_at_location: Said = Said.UNSAID
    documents: frozenset[DocumentKind] = frozenset()
    places: PlaceFact = PlaceFact.NOT_LIMITED
    account_meters: Told = NOT_TOLD
    rate_changes: Count = _NOT_COUNTED
    home: HomeType | None = None
    attested: Said = Said.UNSAID
    telematics: Said = Said.UNSAID
    recall_open: Said = Said.UNSAID
    equipment_bought_on: date | None = None
    device_enrolled_before: Known = Known.UNKNOWN
    own_meter_there: Known = Known.UNKNOWN


def facts_of_form(form: Form, *, applied_on: date) -> EligibilityFacts:
    """What a form alone tells; everything that registers know stays unknown."""
    said = form.statements
    return EligibilityFacts(
        applied_on=applied_on,
        holder=form.holder,
        dwelling=form.dwelling,
        drivetrain=told(form.drivetrain.value) if form.drivetrain else NOT_TOLD,
        vehicle_model=told(form.model) if form.model else NOT_TOLD,
        vin=form.vin_state,
        documents=form.documents,
        home=form.home,
        equipment_bought_on=form.equipment_bought_on,
        attested=said_if(answer=said.get(Statement.PLUG_IN_ATTESTED)),
        registered_at_location=said_if(answer=said.get(Statement.REGISTERED_HERE)),
        telematics=said_if(answer=said.get(Statement.VEHICLE_CONNECTED)),
        recall_open=said_if(answer=said.get(Statement.RECALL_OPEN)),
    )
