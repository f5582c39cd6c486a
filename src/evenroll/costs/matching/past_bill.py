"""A bill that a utility issued, as its file tells it; and the rates that may price it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod


class LineKind(StrEnum):
    """What a line of a past bill charges for; the first ones as `LineCode` has them."""

    ENERGY = "energy"
    DEMAND = "demand"
    DEMAND_OF_HOURS = "demand_of_hours"
    FIXED_MONTHLY = "fixed_monthly"
    FIXED_DAILY = "fixed_daily"
    MINIMUM = "minimum"
    HOURLY_PRICES = "hourly_prices"
    EVENT = "event"
    CREDIT = "credit"
    TAX = "tax"
    """A tax or a fee that the rate does not state."""
    OTHER = "other"
    """A line of which the file says something else."""


NOT_OF_RATES: Final = frozenset({LineKind.TAX, LineKind.OTHER})
"""Lines that no rate here makes."""
OF_ENERGY: Final = frozenset({LineKind.ENERGY, LineKind.HOURLY_PRICES, LineKind.EVENT, LineKind.CREDIT})
OF_DEMAND: Final = frozenset({LineKind.DEMAND, LineKind.DEMAND_OF_HOURS})


def kind_of(code: LineCode) -> LineKind:
    """The kind of a line that is made here."""
    return LineKind(code.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastLine:
    """One line as it was printed. place: its row in the file.

    quantity: kWh, kW or days as printed, None where it is not; price: USD per kWh, kW, month or day, likewise. amount:
    USD. text: what the file calls it.
    """

    place: int
    kind: LineKind
    amount: Decimal
    text: str = ""
    register: str = ""
    season: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastBill:
    """One bill. version: the first day of the price version that it names, None where it names none.

    counted_wh: by register; peaks_w: the highest demand by register, "" for that of all hours; both empty where load,
    one customer's intervals, tells them. from_lines: whether counted_wh was taken from the lines. total: None where the
    file tells none. place: its first row in the file.
    """

    number: str
    place: int
    rate: RateKey
    version: date | None
    period: DatePeriod
    lines: tuple[PastLine, ...]
    total: Decimal | None
    counted_wh: Mapping[str, int] = field(default_factory=dict[str, int])
    peaks_w: Mapping[str, int] = field(default_factory=dict[str, int])
    load: LoadBlock | None = field(default=None, repr=False)
    from_lines: bool = False

    @property
    def end_on(self) -> date:
        """The first day that it does not bill."""
        return self.period.start_on + timedelta(days=self.period.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownRate:
    """A rate that may price bills: all its versions, by first day, and the calendar of its territory."""

    versions: tuple[RateSchedule, ...]
    calendar: ServiceCalendar


class PastFaultCode(StrEnum):
    """What is wrong with a row of past bills beside what may be wrong with any row."""

    BILL_SAYS_OTHERWISE = "bill_says_otherwise"
    NO_BILL = "no_bill"
    NO_DAYS = "no_days"
    NO_RATE = "no_rate"
    NOTHING_BILLED = "nothing_billed"
    LOAD_REFUSED = "load_refused"
    NOT_A_MAPPING = "not_a_mapping"


class CannotMake(StrEnum):
    """Why a bill cannot be made here; the sentences stand in the message catalog."""

    RATE_UNKNOWN = "rate_unknown"
    VERSION_UNKNOWN = "version_unknown"
    NOT_IN_FORCE = "not_in_force"
    UNPRICED = "unpriced"
    NOT_SUPPORTED = "not_supported"
    NOTHING_COUNTED = "nothing_counted"
    REGISTERS_UNFIT = "registers_unfit"
    DEMAND_MISSING = "demand_missing"
    HOURS_MISSING = "hours_missing"
    LOAD_UNFIT = "load_unfit"
    PRICES_MISSING = "prices_missing"
    TOO_LONG = "too_long"
    NOT_READ = "not_read"


class MakeRefused(ValueError):
    """A bill that cannot be made. code: why; parameters: for its sentence."""

    def __init__(self, code: CannotMake, **parameters: str) -> None:
        super().__init__(code.value)
        self.code, self.parameters = code, parameters
