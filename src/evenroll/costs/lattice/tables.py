"""Compiled rates as arrays, in the form that the kernels read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.lines import BESIDE_RATE, CompiledRates, Runs
from evenroll.costs.lattice.schedule import HOURS
from evenroll.costs.lattice.segments import Lattice
from evenroll.quantities.money import Rounding

Ints = NDArray[np.int64]


class DayTable(NamedTuple):
    """The days of a lattice. slots: intervals of a day. group_first, day_start: as there.

    odd: (hour, 3), first interval, how many, and cell: the hours of the days on which the clock jumps.
    """

    slots: int
    group_first: NDArray[np.uint64]
    day_start: NDArray[np.uint64]
    odd: Ints


class LineTable(NamedTuple):
    """The lines: (line,). even: 1 where half a cent goes to the even one. bill: which bill it stands on.

    beside: 1 where it stands beside the rate, after the minimum.
    """

    price: Ints
    even: Ints
    bill: Ints
    beside: Ints


class EnergyTable(NamedTuple):
    """The energy parts. slot_first, limit_first: (part + 1,). run_first: (slot + 1,). peak: -1 for none."""

    slot_first: Ints
    run_first: Ints
    run_from: Ints
    run_to: Ints
    limit_first: Ints
    limit: Ints
    peak: Ints
    line: Ints


class PeakTable(NamedTuple):
    """The cells whose maximum counts: (peak + 1,) and runs. factor: W per Wh of an interval."""

    run_first: Ints
    run_from: Ints
    run_to: Ints
    factor: np.int64


class DemandTable(NamedTuple):
    """The demand parts. limit_first, before_first: (part + 1,). over, under: the months it is charged for, a fraction.

    before: peaks; share: millionths of the highest of these that are billed at least.
    """

    peak: Ints
    before_first: Ints
    before: Ints
    share: Ints
    limit_first: Ints
    limit: Ints
    over: Ints
    under: Ints
    line: Ints


class HourlyTable(NamedTuple):
    """The hourly parts. price: (series, interval). line, product: (part,).

    series, first, end: (product,), intervals of a series: what rates with the same prices ask for is worked out once.
    """

    price: Ints
    series: Ints
    first: Ints
    end: Ints
    product: Ints
    line: Ints


class EventTable(NamedTuple):
    """The parts in events. first: (part + 1,), into interval."""

    first: Ints
    interval: Ints
    line: Ints


class BillTable(NamedTuple):
    """The bills: (bill,), cents. fixed: what no load changes. least: the minimum, 0 for none."""

    fixed: Ints
    least: Ints


class Tables(NamedTuple):
    """All tables of some rates. most_slots: the most registers that share tiers."""

    days: DayTable
    lines: LineTable
    energy: EnergyTable
    peaks: PeakTable
    demands: DemandTable
    hourly: HourlyTable
    events: EventTable
    bills: BillTable
    most_slots: int


class Chunk(NamedTuple):
    """What is being worked out for customers that are priced together; the last index is the customer.

    quantity, cents: by line; topped: by bill; without rows where lines are not kept. totals, beside: by bill, and what
    stands beside the rate, cents. drawn, exact: by product of hours, Wh and 1e-11 USD. left: by register of a part, Wh.
    """

    quantity: Ints
    cents: Ints
    topped: Ints
    totals: Ints
    beside: Ints
    drawn: Ints
    exact: Ints
    left: NDArray[Any]
    work: tuple[Ints, Ints, Ints, Ints, Ints, Ints]


class Rows(NamedTuple):
    """Where the results go, a row for each customer: totals by bill, and the rest where it has as many rows.

    quantity, cents: by line. topped: by bill. exact: by hourly part.
    """

    totals: Ints
    quantity: Ints
    cents: Ints
    topped: Ints
    exact: Ints


class Where(NamedTuple):
    """first: the interval of the loads at which the cycles begin. chunk: customers that are priced together."""

    first: int
    chunk: int


def tables_of(rates: CompiledRates) -> Tables:
    """The arrays of compiled rates."""
    lattice = rates.lattice
    fixed = np.zeros(rates.bills, dtype=np.int64)
    for line in rates.fixed:
        fixed[line.bill] += line.cents
    return Tables(
        days=DayTable(
            slots=lattice.slots,
            group_first=lattice.group_first,
            day_start=lattice.day_start,
            odd=_odd_hours(lattice),
        ),
        lines=LineTable(
            price=_ints(line.price_e8 for line in rates.lines),
            even=_ints(int(line.rounding is Rounding.HALF_EVEN) for line in rates.lines),
            bill=_ints(line.bill for line in rates.lines),
            beside=_ints(int(line.code in BESIDE_RATE) for line in rates.lines),
        ),
        energy=_energy(rates),
        peaks=PeakTable(*_runs(rates.peaks), np.int64(60 // lattice.minutes)),
        demands=DemandTable(
            peak=_ints(part.peak for part in rates.demands),
            before_first=_firsts(len(part.before) for part in rates.demands),
            before=_ints(chain.from_iterable(part.before for part in rates.demands)),
            share=_ints(part.share_e6 for part in rates.demands),
            limit_first=_firsts(len(part.limits) for part in rates.demands),
            limit=_ints(chain.from_iterable(part.limits for part in rates.demands)),
            over=_ints(part.months.numerator for part in rates.demands),
            under=_ints(part.months.denominator for part in rates.demands),
            line=_ints(part.line for part in rates.demands),
        ),
        hourly=_hourly(rates),
        events=EventTable(
            first=_firsts(len(part.intervals) for part in rates.events),
            interval=_ints(chain.from_iterable(part.intervals for part in rates.events)),
            line=_ints(part.line for part in rates.events),
        ),
        bills=BillTable(fixed=fixed, least=_ints(each.cents for each in rates.minimums)),
        most_slots=max((len(part.slots) for part in rates.energy), default=1),
    )


def _odd_hours(lattice: Lattice) -> Ints:
    """The pieces of the days on which the clock jumps, cut at whole hours."""
    wide = lattice.slots // HOURS
    pieces: list[list[int]] = lattice.odd.tolist()
    found: list[tuple[int, int, int]] = []
    for start, length, group, slot in pieces:
        done = 0
        while done < length:
            hour, past = divmod(slot + done, wide)
            count = min(wide - past, length - done)
            found.append((start + done, count, group * HOURS + hour))
            done += count
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _hourly(rates: CompiledRates) -> HourlyTable:
    asked = [(part.series, part.first, part.end) for part in rates.hourly]
    number = {each: n for n, each in enumerate(dict.fromkeys(asked))}
    return HourlyTable(
        price=rates.series,
        series=_ints(each[0] for each in number),
        first=_ints(each[1] for each in number),
        end=_ints(each[2] for each in number),
        product=_ints(number[each] for each in asked),
        line=_ints(part.line for part in rates.hourly),
    )


def _energy(rates: CompiledRates) -> EnergyTable:
    run_first, run_from, run_to = _runs([slot for part in rates.energy for slot in part.slots])
    return EnergyTable(
        slot_first=_firsts(len(part.slots) for part in rates.energy),
        run_first=run_first,
        run_from=run_from,
        run_to=run_to,
        limit_first=_firsts(len(part.limits) for part in rates.energy),
        limit=_ints(chain.from_iterable(part.limits for part in rates.energy)),
        peak=_ints(-1 if part.peak is None else part.peak for part in rates.energy),
        line=_ints(part.line for part in rates.energy),
    )


def _runs(cells: Sequence[Runs]) -> tuple[Ints, Ints, Ints]:
    runs = [run for each in cells for run in each]
    return _firsts(len(each) for each in cells), _ints(run[0] for run in runs), _ints(run[1] for run in runs)


def _firsts(counts: Iterable[int]) -> Ints:
    return np.cumsum(np.array([0, *counts], dtype=np.int64))


def _ints(values: Iterable[int]) -> Ints:
    return np.array([*values], dtype=np.int64)
