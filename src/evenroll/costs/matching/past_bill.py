"""A bill that a utility issued, as its file tells it; and the rates that may price it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.matching.codes import CannotMake, LineKind
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod

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

    counted_wh: by register, or by season/register where its lines tell seasons apart; peaks_w: the highest demand by
    register, "" for that of all hours; both empty where load, one customer's intervals, tells them. from_lines: whether
    counted_wh was taken from the lines. total: None where the file tells none. place: its first row in the file.
    program: that lays events and credits on the rate; "" where none does.
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
    program: str = ""

    @property
    def end_on(self) -> date:
        """The first day that it does not bill."""
        return self.period.start_on + timedelta(days=self.period.days)


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownRate:
    """A rate that may price bills: all its versions, by first day, and the calendar of its territory."""

    versions: tuple[RateSchedule, ...]
    calendar: ServiceCalendar


class MakeRefused(ValueError):
    """A bill that cannot be made. code: why; parameters: for its sentence."""

    def __init__(self, code: CannotMake, **parameters: str) -> None:
        super().__init__(code.value)
        self.code, self.parameters = code, parameters
