"""What compiled rates consist of: each line of each bill with the cells, limits and price that make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.practice import AS_TARIFFS_SAY, Practice
from evenroll.costs.lattice.segments import Lattice
from evenroll.programs.program import Coverage
from evenroll.quantities.money import Rounding

BESIDE_RATE: Final = frozenset({LineCode.EVENT, LineCode.CREDIT})
"""The lines that stand beside the rate: no minimum bill looks at them."""

Runs = tuple[tuple[int, int], ...]
"""Cells, as runs [first, end)."""

HoursOfTypes = tuple[Runs, Runs, Runs]
"""Hours of a day, as runs, by type of day: weekday, weekend, holiday."""


# What one rate has hundreds of is a named tuple: it is made in a third of the time of a frozen dataclass.
class LineSpec(NamedTuple):
    """A line that depends on the load. bill: rate x cycles + cycle. price_e8: 1e-8 USD per kWh or kW. tier: from 0.

    Its quantity is Wh, for a line of demand W. The prices of the hours have no one price. Events and credits stand
    beside the rate and come after its minimum.
    """

    bill: int
    code: LineCode
    rounding: Rounding
    register: str = ""
    season: str = ""
    tier: int = 0
    price_e8: int = 0


class FixedLine(NamedTuple):
    """A line that does not depend on the load, of a bill. days: charged. price: USD per month or day."""

    bill: int
    code: LineCode
    days: int
    price: Decimal
    cents: int


class Minimum(NamedTuple):
    """What a bill comes to at least before events, in cents. 0: there is none."""

    days: int = 0
    price: Decimal = Decimal(0)
    cents: int = 0


class EnergyPart(NamedTuple):
    """Registers that share tiers over some days. slots: the cells of each register.

    limits: where the next tier begins, Wh; where peak is given: 1e-6 kWh per kW of that peak.
    line: of the first register's first tier; the tiers of a register follow each other, then the next register's.
    days: how many.
    """

    slots: tuple[Runs, ...]
    limits: tuple[int, ...]
    peak: int | None
    line: int
    days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandPart:
    """A demand over some days. peak: which. limits: W. months: how many months it is charged for. line: the first.

    before: the peaks of earlier cycles of which it is at least a share, share_e6 millionths.
    """

    peak: int
    limits: tuple[int, ...]
    months: Fraction
    line: int
    before: tuple[int, ...] = ()
    share_e6: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class HourlyPart:
    """Intervals [first, end) whose energy is priced hour by hour. series: which of the compiled ones."""

    series: int
    first: int
    end: int
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EventPart:
    """The intervals of a cycle that lie in events."""

    intervals: tuple[int, ...]
    line: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CompiledRates:
    """Rates ready to bill any number of loads over the same cycles.

    keys, coverages: by rate. bills: rates x cycles. lines, fixed: bill by bill; those of bill b are [line_first[b],
    line_first[b + 1]), and so on. peaks: the cells whose maximum counts. minimums: by bill. series: (series, interval),
    1e-8 USD per kWh. history_short: the bills whose ratchet looks further back than the cycles reach; compile earlier
    cycles with them to know those bills for sure.
    """

    lattice: Lattice
    keys: tuple[str, ...]
    coverages: tuple[Coverage, ...]
    lines: tuple[LineSpec, ...]
    line_first: tuple[int, ...]
    fixed: tuple[FixedLine, ...]
    fixed_first: tuple[int, ...]
    minimums: tuple[Minimum, ...]
    energy: tuple[EnergyPart, ...]
    demands: tuple[DemandPart, ...]
    peaks: tuple[Runs, ...]
    series: NDArray[np.int64]
    hourly: tuple[HourlyPart, ...]
    events: tuple[EventPart, ...]
    history_short: frozenset[int] = frozenset()

    @property
    def bills(self) -> int:
        """How many bills each load gets."""
        return len(self.minimums)


@dataclass(kw_only=True)
class Draft:
    """What is being compiled.

    What several rates ask for is kept: extents, the days and months that some spans are; runs, the cells of some spans,
    by list of holidays and by the hours of a type of day that count.
    """

    lattice: Lattice
    practice: Practice = AS_TARIFFS_SAY
    lines: list[LineSpec] = field(default_factory=list[LineSpec])
    line_first: list[int] = field(default_factory=list[int])
    fixed: list[FixedLine] = field(default_factory=list[FixedLine])
    fixed_first: list[int] = field(default_factory=list[int])
    minimums: list[Minimum] = field(default_factory=list[Minimum])
    energy: list[EnergyPart] = field(default_factory=list[EnergyPart])
    demands: list[DemandPart] = field(default_factory=list[DemandPart])
    peaks: dict[Runs, int] = field(default_factory=dict[Runs, int])
    series: dict[str, NDArray[np.int64]] = field(default_factory=dict[str, NDArray[np.int64]])
    hourly: list[HourlyPart] = field(default_factory=list[HourlyPart])
    events: list[EventPart] = field(default_factory=list[EventPart])
    history_short: set[int] = field(default_factory=set[int])
    extents: dict[tuple[int, ...], tuple[int, Fraction]] = field(
        default_factory=dict[tuple[int, ...], tuple[int, Fraction]]
    )
    runs: dict[tuple[tuple[int, ...], int, HoursOfTypes], Runs] = field(
        default_factory=dict[tuple[tuple[int, ...], int, HoursOfTypes], Runs]
    )
