"""The lines of a past bill beside those that were made here, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from evenroll.costs.lattice.explain import ExplainedLine
from evenroll.costs.matching.codes import Differing, LineKind
from evenroll.costs.matching.making import Made
from evenroll.costs.matching.past_bill import NOT_OF_RATES, OF_DEMAND, OF_ENERGY, PastBill, PastLine, kind_of

_THOUSAND: Final = Decimal(1000)
_PER_MONTH: Final = frozenset({LineKind.FIXED_MONTHLY, LineKind.MINIMUM})
_PER_ENERGY: Final = frozenset({LineKind.ENERGY, LineKind.DEMAND, LineKind.DEMAND_OF_HOURS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One. line: of the bill; made: of those made here; either may be absent. off: USD, the bill's less ours."""

    what: Differing
    line: PastLine | None = None
    made: ExplainedLine | None = None
    off: Decimal

    @property
    def of_rate(self) -> bool:
        """Whether a rate could tell: not for a tax, a line of another kind, or a sum that is wrong by itself."""
        return self.what is not Differing.SUM and (self.line is None or self.line.kind not in NOT_OF_RATES)


def differences(bill: PastBill, *, made: Made) -> tuple[Difference, ...]:
    """What differs, in the order of the bill: its lines, then what it lacks, then its total."""
    if not bill.lines:
        off = Decimal(0) if bill.total is None else bill.total - made.total
        return (Difference(what=Differing.TOTAL, off=off),) if off else ()
    left = list(made.lines)
    found: list[Difference] = []
    for line in bill.lines:
        ours = _answering(line, left=left, among=bill.lines)
        for each in ours:
            left.remove(each)
        found += _of_line(line, ours=ours)
    found += [Difference(what=Differing.NOT_BILLED, made=each, off=-each.amount) for each in left if each.amount]
    told = sum((line.amount for line in bill.lines), Decimal(0))
    if bill.total is not None and bill.total != told:
        found.append(Difference(what=Differing.SUM, off=bill.total - told))
    return tuple(found)


def quantity_of(line: ExplainedLine) -> Decimal:
    """What a line made here is charged for: kWh, kW or days."""
    return Decimal(line.quantity) / _THOUSAND if kind_of(line.code) in OF_ENERGY | OF_DEMAND else Decimal(line.days)


def _answering(line: PastLine, *, left: Sequence[ExplainedLine], among: Sequence[PastLine]) -> list[ExplainedLine]:
    """The line here that a line of the bill is; all of its kind where the bill puts them into one."""
    fit = [each for each in left if _fits(line, each)]
    alone = sum(_alike(line, other) for other in among) == 1
    if len(fit) > 1 and alone and sum(each.amount for each in fit) == line.amount:
        return fit
    fit.sort(key=lambda each: (line.price is None or each.price != line.price, each.amount != line.amount))
    return fit[:1]


def _fits(line: PastLine, made: ExplainedLine) -> bool:
    return kind_of(made.code) is line.kind and line.register in ("", made.register) and line.season in ("", made.season)


def _alike(line: PastLine, other: PastLine) -> bool:
    return (line.kind, line.register, line.season) == (other.kind, other.register, other.season)


def _of_line(line: PastLine, *, ours: Sequence[ExplainedLine]) -> list[Difference]:
    if not ours:
        return [Difference(what=Differing.NOT_MADE, line=line, off=line.amount)] if line.amount else []
    made = ours[0]
    off = line.amount - sum((each.amount for each in ours), Decimal(0))
    if len(ours) > 1:
        return []
    if not (_is_one_month(line) or _same(line.quantity, quantity_of(made))):
        return [Difference(what=Differing.QUANTITY, line=line, made=made, off=off)]
    if line.kind in _PER_ENERGY and not _same(line.price, made.price):
        return [Difference(what=Differing.PRICE, line=line, made=made, off=off)]
    return [Difference(what=Differing.AMOUNT, line=line, made=made, off=off)] if off else []


def _is_one_month(line: PastLine) -> bool:
    """Whether a charge of a month is printed as one, and its days are not."""
    return line.kind in _PER_MONTH and line.quantity == 1


def _same(printed: Decimal | None, ours: Decimal) -> bool:
    """Whether a figure is ours, to as many decimals as were printed."""
    if printed is None or printed == ours:
        return True
    unit = Decimal(1).scaleb(min(int(printed.as_tuple().exponent), 0))
    return ours.quantize(unit, rounding=ROUND_HALF_UP) == printed
