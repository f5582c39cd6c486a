"""What compiled rates consist of: each line of each bill with the cells, limits and price that make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.segments import Lattice
from evenroll.programs.program import Coverage
from evenroll.quantities.money import Rounding

Runs = tuple[tuple[int, int], ...]
"""Cells, as runs [first, end)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineSpec:
    """A line that depends on the load. bill: rate x cycles + cycle. price_e8: 1e-8 USD per kWh or kW. tier: from 0.

    Its quantity is Wh, for a line of demand W.
    """

    bill: int
    code: LineCode
    register: str
    season: str
    tier: int
    price_e8: int
    rounding: Rounding


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedLine:
    """A line that does not depend on the load, of a bill. days: charged. price: USD per month or day."""

    bill: int
    code: LineCode
    days: int
    price: Decimal
    cents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Minimum:
    """What a bill comes to at least before events, in cents. 0: there is none."""

    days: int = 0
    price: Decimal = Decimal(0)
    cents: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EnergyPart:
    """Registers that share tiers over some days. slots: the cells of each register.

    limits: where the next tier begins, Wh; where peak is given: 1e-6 kWh per kW of that peak.
    line: of the first register's first tier; the tiers of a register follow each other, then the next register's.
    """

    slots: tuple[Runs, ...]
    limits: tuple[int, ...]
    peak: int | None
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandPart:
    """A demand over some days. peak: which. limits: W. months: how many months it is charged for. line: the first."""

    peak: int
    limits: tuple[int, ...]
    months: Fraction
    line: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CompiledRates:
    """Rates ready to bill any number of loads over the same cycles.

    keys, coverages: by rate. bills: rates x cycles. peaks: the cells whose maximum counts. minimums: by bill.
    """

    lattice: Lattice
    keys: tuple[str, ...]
    coverages: tuple[Coverage, ...]
    lines: tuple[LineSpec, ...]
    fixed: tuple[FixedLine, ...]
    minimums: tuple[Minimum, ...]
    energy: tuple[EnergyPart, ...]
    demands: tuple[DemandPart, ...]
    peaks: tuple[Runs, ...]

    @property
    def bills(self) -> int:
        """How many bills each load gets."""
        return len(self.minimums)


@dataclass(kw_only=True)
class Draft:
    """What is being compiled."""

    lattice: Lattice
    lines: list[LineSpec] = field(default_factory=list[LineSpec])
    fixed: list[FixedLine] = field(default_factory=list[FixedLine])
    minimums: list[Minimum] = field(default_factory=list[Minimum])
    energy: list[EnergyPart] = field(default_factory=list[EnergyPart])
    demands: list[DemandPart] = field(default_factory=list[DemandPart])
    peaks: dict[Runs, int] = field(default_factory=dict[Runs, int])
