"""A program version: everything one can enroll in, as one immutable value with a content hash.

A program is data. Rows of the use case read its properties and never its kind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from evenroll.programs.program_terms import (
    Cap,
    ChangeLimit,
    EventTerms,
    Incentive,
    MissingPrice,
    NotKnown,
    Protection,
    Span,
    StayOf,
)
from evenroll.programs.rules import Rule
from evenroll.programs.text import Text
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.codec import text_of
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey, RateKey


class ProgramKind(StrEnum):
    """The five kinds of the requirement."""

    TOU = "tou"
    RTP = "rtp"
    CPP = "cpp"
    DLC = "dlc"
    OPTIMIZED = "optimized"


class UseCase(StrEnum):
    """The SAE J2836/1 use case that a kind belongs to."""

    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"


USE_CASE_OF = {
    ProgramKind.TOU: UseCase.U1,
    ProgramKind.DLC: UseCase.U2,
    ProgramKind.RTP: UseCase.U3,
    ProgramKind.CPP: UseCase.U4,
    ProgramKind.OPTIMIZED: UseCase.U5,
}


class Unit(StrEnum):
    """What is enrolled: of each, at most one live enrollment per family."""

    USAGE_POINT = "usage_point"
    DEVICE = "device"
    VEHICLE = "vehicle"
    CUSTOMER = "customer"


class Activation(StrEnum):
    """What makes an enrollment active: the price in force, control proved, or both."""

    PRICE = "price"
    CONTROL = "control"
    BOTH = "both"


class ServiceChange(StrEnum):
    """The blank of row 5d ("switches service to ___"), typed."""

    REPLACED_RATE = "replaced_rate"
    RIDER = "rider"
    CREDIT_ONLY = "credit_only"
    NEW_SEPARATE_SERVICE = "new_separate_service"
    SUPPLIER_PRODUCT = "supplier_product"


class Coverage(StrEnum):
    """The part of the bill that a price covers. Prices of different coverage are never ranked together."""

    SUPPLY = "supply"
    DELIVERY = "delivery"
    BOTH = "both"
    NONE = "none"


class SupplyStatus(StrEnum):
    """Who sells the commodity at a usage point."""

    UTILITY = "utility"
    ESCO = "esco"
    CCA = "cca"
    NO_CHOICE = "no_choice"


class MeterCapability(StrEnum):
    """What a meter can tell apart, from least to most; see `reaches`."""

    TOTAL_REGISTER = "total_register"
    PERIOD_REGISTERS = "period_registers"
    INTERVAL = "interval"


class MeterNeedKind(StrEnum):
    """What has to happen to the meter before a program can be billed."""

    NONE = "none"
    ALREADY_THERE = "already_there"
    REMOTE_CHANGE = "remote_change"
    EXCHANGE = "exchange"
    SECOND_METER = "second_meter"
    SUBMETER = "submeter"
    EVSE_METER = "evse_meter"


class Metering(StrEnum):
    """Whose meter tells the energy that a program counts: the one that bills the home, or one of the customer's own."""

    BILLING_METER = "billing_meter"
    SUBMETER = "submeter"
    EVSE_METER = "evse_meter"


class Track(StrEnum):
    """The strands of a case: its own course, open conditions, and those that run side by side after row 5.

    ADMITTING is the one strand of a program's places: whether a free one is to be offered.
    """

    CASE = "case"
    CONDITION = "condition"
    SUPPLY = "supply"
    METER = "meter"
    SERVICE = "service"
    EQUIPMENT = "equipment"
    DEVICE = "device"
    SETUP = "setup"
    LEDGER = "ledger"
    ADMITTING = "admitting"


class DocumentKind(StrEnum):
    """Documents that a program may ask for."""

    VEHICLE_REGISTRATION = "vehicle_registration"
    PURCHASE_ORDER = "purchase_order"
    LANDLORD_PERMISSION = "landlord_permission"
    LETTER_OF_AUTHORIZATION = "letter_of_authorization"
    INSPECTION_CERTIFICATE = "inspection_certificate"


class ConsentKind(StrEnum):
    """Consents that are asked for apart from each other."""

    TERMS = "terms"
    DATA_SHARING = "data_sharing"
    CONTROL = "control"


class DisclosureCode(StrEnum):
    """What the customer must have been told before a choice; the sentences live in the message catalog."""

    PERIODS_AND_PRICES = "periods_and_prices"
    WHOLE_PREMISE_PRICED = "whole_premise_priced"
    BILL_MAY_RISE = "bill_may_rise"
    STAY_AND_LOCKOUT = "stay_and_lockout"
    SUPPLY_PART_ONLY = "supply_part_only"
    RIGHT_TO_RESCIND = "right_to_rescind"
    EVENT_LIMITS = "event_limits"
    EVENT_NOTICE = "event_notice"
    OPT_OUT_RULES = "opt_out_rules"
    NO_PRICE_CEILING = "no_price_ceiling"
    EVENT_COUNT = "event_count"
    EVENT_PRICE = "event_price"
    INTERRUPT_OR_REDUCE = "interrupt_or_reduce"


# Per kind, what the use case obliges a provider to tell (row 2b; U2 event limits, U3 no price ceiling, U4
# event count, U5 interrupt or reduce). The catalog refuses a program that leaves one out.
REQUIRED_DISCLOSURES = {
    ProgramKind.TOU: frozenset({DisclosureCode.PERIODS_AND_PRICES, DisclosureCode.BILL_MAY_RISE}),
    ProgramKind.DLC: frozenset({DisclosureCode.EVENT_LIMITS, DisclosureCode.OPT_OUT_RULES}),
    ProgramKind.RTP: frozenset({DisclosureCode.NO_PRICE_CEILING, DisclosureCode.BILL_MAY_RISE}),
    ProgramKind.CPP: frozenset({DisclosureCode.EVENT_COUNT, DisclosureCode.EVENT_PRICE}),
    ProgramKind.OPTIMIZED: frozenset({DisclosureCode.INTERRUPT_OR_REDUCE}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Prerequisite:
    """An order among tracks: `track` may not begin before `needs_track` is done."""

    track: Track
    needs_track: Track


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """A choice inside a program, such as one of several charging windows; options are codes."""

    key: str
    options: tuple[str, ...]


class _Hashed:
    """Room for the hash of a value that never changes: made once, on the first look. It is no field of the value."""

    __slots__ = ("kept_hash",)
    kept_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramVersion(_Hashed):
    """One dated version of a program.

    family, excluded_families: the stacking matrix's row: a live enrollment in an excluded family bars this
    one. max_per_premise: live units at one service location, at least 1. meter_capability: the least the
    meter must tell apart; absent when the program bills nothing by meter. rate: the price it brings; absent
    for a program that only pays a credit. replaces_rates: rates that it may replace; empty when it replaces
    none. minimum_stay_days, lockout_days, offer_valid_days: calendar days; 0 means none. minimum_stay_months,
    lockout_months: calendar months in their place, where the source says months.
    rescission_business_days: business days of the territory; 0 means no right to rescind. opens_on,
    closes_on: applications are admitted from the first day up to, not including, the second. review_by: past
    it nothing is published from this version.
    cap: how many it admits. stays: minimum stays that differ by supply status. changes: how often the rate may change.
    ends_on: the day on which the program itself ends and everybody in it leaves; closes_on only ends applications.
    events, incentives, protection: see `program_terms`. feeder_limit_kw: what all its vehicles together may draw at one
    feeder. all_meters: every meter of the account must fit. account_needed: False where a driver who holds no account
    may enroll. settled_by_others: a submeter's part is billed by someone else. suspension_days: how long a lost device
    or consent is waited for. unpriced: what the catalog does not know, so that it is never compared.
    not_known: terms that the source does not state; their fields bind nobody: 0 days or places, no opening day.
    switch_from: the supply statuses from which the provider takes a customer over, by a switch of supply.
    rescission_rule: the jurisdiction whose table of windows holds (`rescission`); empty: `rescission_business_days`.
    metering: whose meter counts; a meter of the customer's own is listed equipment that was proved to report.
    """

    key: ProgramKey
    version: int
    organization: OrganizationKey
    kind: ProgramKind
    name: Text
    summary: Text
    family: str
    excluded_families: tuple[str, ...]
    unit: Unit
    max_per_premise: int
    activation: Activation
    service_change: ServiceChange
    coverage: Coverage
    supply_admitted: frozenset[SupplyStatus]
    meter_capability: MeterCapability | None
    device_needed: bool
    equipment_needed: bool
    prerequisites: tuple[Prerequisite, ...]
    rules: tuple[Rule, ...]
    rate: RateKey | None
    replaces_rates: tuple[RateKey, ...]
    minimum_stay_days: int
    lockout_days: int
    offer_valid_days: int
    rescission_business_days: int
    documents: tuple[DocumentKind, ...]
    disclosures: tuple[DisclosureCode, ...]
    selections: tuple[Selection, ...]
    consents_required: tuple[ConsentKind, ...]
    timing: SwitchTiming
    notice: NoticeWindow
    opens_on: date | None
    closes_on: date | None
    review_by: date
    source: str
    cap: Cap | None = None
    stays: tuple[StayOf, ...] = ()
    changes: ChangeLimit | None = None
    events: EventTerms | None = None
    incentives: tuple[Incentive, ...] = ()
    protection: Protection | None = None
    feeder_limit_kw: Decimal | None = None
    all_meters: bool = False
    ends_on: date | None = None
    account_needed: bool = True
    settled_by_others: bool = False
    suspension_days: int = 30
    unpriced: tuple[MissingPrice, ...] = ()
    not_known: tuple[NotKnown, ...] = ()
    switch_from: frozenset[SupplyStatus] = frozenset()
    rescission_rule: str = ""
    metering: Metering = Metering.BILLING_METER
    minimum_stay_months: int = 0
    lockout_months: int = 0

    @property
    def own_metered(self) -> bool:
        """Whether a meter of the customer's own counts, beside the one that bills the home."""
        return self.metering is not Metering.BILLING_METER

    @property
    def billed_incentives(self) -> tuple[Incentive, ...]:
        """Those that are lines of the bill itself: so much for every kWh of it, where the program changes the bill."""
        changes_bill = self.service_change is not ServiceChange.CREDIT_ONLY
        return tuple(each for each in self.incentives if changes_bill and each.is_of_all_energy)

    @property
    def ledger_incentives(self) -> tuple[Incentive, ...]:
        """Those that the ledger counts: all that are not on the bill already, so that nothing is paid twice."""
        billed = self.billed_incentives
        return tuple(each for each in self.incentives if each not in billed) if billed else self.incentives

    @property
    def use_case(self) -> UseCase:
        """The use case of the standard that this program's kind belongs to."""
        return USE_CASE_OF[self.kind]

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical encoding, hexadecimal: it differs if and only if the terms do."""
        try:
            return self.kept_hash
        except AttributeError:
            object.__setattr__(self, "kept_hash", hashlib.sha256(text_of(self).encode()).hexdigest())
            return self.kept_hash


def stay_of(program: ProgramVersion, *, supply: SupplyStatus | None) -> Span:
    """The minimum stay of a customer with this supply status."""
    own = [each for each in program.stays if supply is not None and each.supply == supply.value]
    if own:
        return Span(days=own[0].days, months=own[0].months)
    return Span(days=program.minimum_stay_days, months=program.minimum_stay_months)


def lockout_of(program: ProgramVersion) -> Span:
    """How long who left may not come back."""
    return Span(days=program.lockout_days, months=program.lockout_months)


def reaches(capability: MeterCapability, *, needed: MeterCapability) -> bool:
    """Whether a meter that tells `capability` apart can also serve a program that needs `needed`."""
    order = tuple(MeterCapability)
    return order.index(capability) >= order.index(needed)


def is_open(program: ProgramVersion, *, on: date) -> bool:
    """Whether applications are admitted on that day (half-open: the closing day is already closed).

    One whose opening day is not known counts as open: its source describes it as such.
    """
    return (program.opens_on is None or program.opens_on <= on) and (
        program.closes_on is None or on < program.closes_on
    )
