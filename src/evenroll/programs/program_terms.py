"""What a program promises and limits beside its price: places, stays, events, money, protection. All of it is data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TermsWrong(ValueError):
    """Terms that no program can mean."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A length of time as its source states it: calendar days, or calendar months; neither: none at all."""

    days: int = 0
    months: int = 0

    def __post_init__(self) -> None:
        if self.days < 0 or self.months < 0 or (self.days and self.months):
            raise TermsWrong("A length of time is stated in days or in months, not in both, and is never negative.")

    def __bool__(self) -> bool:
        return bool(self.days or self.months)


class MissingPrice(StrEnum):
    """What is absent from the catalog, so that a program or rate enrolls and is never compared."""

    HOURLY_SERIES = "hourly_series"
    CAPACITY_CHARGE = "capacity_charge"
    DELIVERY_PART = "delivery_part"
    SUPPLY_PART = "supply_part"
    TIERS = "tiers"
    BASELINE_CREDIT = "baseline_credit"
    CREDIT_RULE = "credit_rule"
    ALL_PRICES = "all_prices"


class NotKnown(StrEnum):
    """A term that the source does not state. It binds nobody here, and is shown as not known, never as "none"."""

    MINIMUM_STAY_DAYS = "minimum_stay_days"
    LOCKOUT_DAYS = "lockout_days"
    MAX_PER_PREMISE = "max_per_premise"
    OPENS_ON = "opens_on"
    RESCISSION_BUSINESS_DAYS = "rescission_business_days"
    TIMING = "timing"
    NOTICE = "notice"
    DOCUMENTS = "documents"
    SELECTIONS = "selections"
    INCENTIVES = "incentives"
    EVENT_LIMITS = "event_limits"
    EVENT_MONTHS = "event_months"
    EVENT_HOURS = "event_hours"
    EVENT_WEEKDAYS = "event_weekdays"
    EVENT_LENGTH = "event_length"
    EVENT_NOTICE = "event_notice"
    OPT_OUTS = "opt_outs"
    EVENT_PRICE = "event_price"


class Grid(StrEnum):
    """What a limit of events is counted in."""

    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLimit:
    """At most so many events in each month, season or year."""

    events_max: int
    per: Grid


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTerms:
    """How a provider may call events (CPP, DLC, Optimized Energy).

    months: 1-12, in which events may be called. from_hour, to_hour: clock hours [from, to) between which an event must
    lie; 0 and 24: any. weekdays_only: not on weekends and holidays. hours_max: the longest event. notice_hours_min: how
    long before its start it is announced. opt_outs_max: in 12 months; absent: no limit.
    usd_per_kwh: added to the price in event hours; 0 where an event has no price.
    """

    limits: tuple[EventLimit, ...]
    months: tuple[int, ...]
    from_hour: int
    to_hour: int
    weekdays_only: bool
    hours_max: int
    notice_hours_min: int
    opt_outs_max: int | None = None
    usd_per_kwh: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.months or not set(self.months) <= set(range(1, 13)):
            raise TermsWrong(f"Events need months of 1 to 12; {list(self.months)} are named.")
        if not 0 <= self.from_hour < self.to_hour <= 24:
            raise TermsWrong(f"Events from {self.from_hour} to {self.to_hour} o'clock are no span of a day.")
        if self.hours_max < 1 or self.notice_hours_min < 0 or self.usd_per_kwh < 0:
            raise TermsWrong("An event lasts at least an hour, and neither its notice nor its price is negative.")


class IncentivePer(StrEnum):
    """What an incentive is earned by."""

    ENROLLMENT = "enrollment"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    EVENT = "event"
    KWH = "kwh"


class IncentiveIf(StrEnum):
    """What must be so in the span for which an incentive is earned."""

    ALWAYS = "always"
    CONTROL_LIVE = "control_live"
    NO_OPT_OUT = "no_opt_out"
    FEW_OPT_OUTS = "few_opt_outs"
    CHARGED_IN_WINDOW = "charged_in_window"
    NO_PEAK_CHARGING = "no_peak_charging"
    EVENTS_JOINED = "events_joined"


class EquipmentDay(StrEnum):
    """A day in the life of charging equipment on which money may hang."""

    BOUGHT = "bought"
    INSTALLED = "installed"


@dataclass(frozen=True, kw_only=True, slots=True)
class DatedBy:
    """The application and a day of the equipment lie no more than so many calendar days apart.

    An application before that day is in time as well, as long as that day follows within as many days.
    """

    day: EquipmentDay
    days_max: int

    def __post_init__(self) -> None:
        if self.days_max < 1:
            raise TermsWrong("Who applies within no days could never be in time; give at least one day.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Incentive:
    """Money that a program pays. usd: USD per what `per` says.

    condition, count: what must be so, and the number that goes with it (opt-outs allowed, events joined). months: in
    which it is earned; empty: all. after_days, after_months: since the enrollment was active before it is earned.
    dated: how near a day of the equipment the application has to be; absent: it hangs on no such day.
    once_per_device: once for the life of a device, whoever enrolls it and under whichever program of the family.
    """

    code: str
    usd: Decimal
    per: IncentivePer
    condition: IncentiveIf = IncentiveIf.ALWAYS
    count: int = 0
    months: tuple[int, ...] = ()
    after_days: int = 0
    once_per_device: bool = False
    after_months: int = 0
    dated: DatedBy | None = None

    @property
    def is_of_all_energy(self) -> bool:
        """Whether it is for every kWh; what hangs on the vehicle's own energy or on conduct has a condition."""
        return self.per is IncentivePer.KWH and self.condition is IncentiveIf.ALWAYS

    @property
    def after(self) -> Span:
        """How long the enrollment has been active before it is earned."""
        return Span(days=self.after_days, months=self.after_months)

    def __post_init__(self) -> None:
        if self.after_days and self.after_months:
            raise TermsWrong(f"Incentive {self.code} waits for days or for months, not for both; keep one.")
        if self.usd <= 0:
            raise TermsWrong(f"Incentive {self.code} pays nothing; leave it out, or state what it pays.")


class ProtectionKind(StrEnum):
    """How a customer is kept from paying more than before."""

    BILL_PROTECTION = "bill_protection"
    PRICE_GUARANTEE = "price_guarantee"


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """What was paid more than on the replaced rate over the first months is credited at their end.

    A price guarantee looks at the whole first year; bill protection at the months named, or all where none is.
    """

    kind: ProtectionKind
    months: int
    season_months: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.months < 1:
            raise TermsWrong("A protection lasts at least a month.")


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionCap:
    """How many of a program's places may be of one option of a selection inside it."""

    selection: str
    option: str
    places: int

    @property
    def key(self) -> str:
        """The option as it is counted by."""
        return f"{self.selection}:{self.option}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cap:
    """How many live enrollments a program admits. offer_days: how long a freed place waits for the one it is offered.

    The waiting list ranks by the instant at which an application was complete and authenticated; paper by its receipt.
    """

    places: int
    waiting_list: bool = True
    offer_days: int = 14
    options: tuple[OptionCap, ...] = ()
    """Options of one selection that are limited more narrowly; nobody waits for one: another may be chosen."""

    def __post_init__(self) -> None:
        if self.places < 1 or self.offer_days < 1:
            raise TermsWrong("A cap admits at least one place, and offers it for at least a day.")
        if any(not 1 <= each.places < self.places for each in self.options):
            raise TermsWrong("An option has at least one place, and fewer than the program.")
        if len({each.selection for each in self.options}) > 1 or len({each.key for each in self.options}) < len(
            self.options
        ):
            raise TermsWrong("The limited options are of one selection, each stated once.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLimit:
    """At most so many changes of rate in so many calendar days or months, this enrollment among them."""

    changes_max: int
    days: int = 0
    months: int = 0

    @property
    def span(self) -> Span:
        """Over how long changes are counted."""
        return Span(days=self.days, months=self.months)

    def __post_init__(self) -> None:
        if not self.span:
            raise TermsWrong("Changes are counted over no time; give at least a day or a month.")


@dataclass(frozen=True, kw_only=True, slots=True)
class StayOf:
    """The minimum stay of customers with one supply status (a code of `SupplyStatus`), where it differs."""

    supply: str
    days: int = 0
    months: int = 0
