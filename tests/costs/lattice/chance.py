"""Rates of chance: any hours, tiers, demand, charges and rules that a schedule may have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from evenroll.costs.lattice.schedule import (
    DayHours,
    DemandPrice,
    EnergyBlock,
    RateSchedule,
    ScheduleSeason,
)
from evenroll.programs.program import Coverage
from evenroll.programs.rate import StepBasis
from evenroll.quantities.money import Rounding


def _price(chance: Random, *, highest: int = 60_000) -> Decimal:
    lowest = -highest // 10 if chance.random() < 0.1 else 0
    return Decimal(chance.randint(lowest, highest)).scaleb(-chance.choice((4, 5)))


def _hours(chance: Random, names: tuple[str, ...], *, holiday: bool) -> DayHours:
    def day() -> tuple[str, ...]:
        return tuple(chance.choice(names) for _ in range(24))

    return DayHours(weekday=day(), weekend=day(), holiday=day() if holiday else None)


def _limits(chance: Random, *, highest: int) -> tuple[Decimal, ...]:
    found = {Decimal(chance.randint(0, highest * 10)).scaleb(-1) for _ in range(chance.randint(0, 2))}
    return tuple(sorted(found))


def _blocks(chance: Random, names: tuple[str, ...]) -> tuple[EnergyBlock, ...]:
    parts = (names,) if chance.random() < 0.7 else tuple((name,) for name in names)
    found: list[EnergyBlock] = []
    for registers in parts:
        limits = _limits(chance, highest=700)
        found.append(
            EnergyBlock(
                registers=registers,
                usd_per_kwh=tuple(tuple(_price(chance) for _ in range(len(limits) + 1)) for _ in registers),
                limits=limits,
                basis=chance.choice([*StepBasis]),
                per_kw=chance.random() < 0.3,
            )
        )
    return tuple(found)


def _season(chance: Random, key: str, months: tuple[int, ...], *, holiday: bool) -> ScheduleSeason:
    hours = _hours(chance, tuple("abc"[: chance.randint(1, 3)]), holiday=holiday)
    demand_hours = _hours(chance, ("x", "y", ""), holiday=holiday) if chance.random() < 0.5 else None
    names = ["", *(demand_hours.registers if demand_hours else ())]
    demands: list[DemandPrice] = []
    for name in chance.sample(names, chance.randint(0, len(names))):
        limits = _limits(chance, highest=10)
        prices = tuple(_price(chance, highest=900_000) for _ in range(len(limits) + 1))
        demands.append(DemandPrice(register=name, usd_per_kw=prices, limits=limits))
    return ScheduleSeason(
        key=key,
        months=months,
        hours=hours,
        blocks=_blocks(chance, hours.registers),
        demands=tuple(demands),
        demand_hours=demand_hours,
    )


def schedule_of_chance(chance: Random, *, since: date) -> RateSchedule:
    """A rate of chance that holds from a day on."""
    cut = chance.randint(0, 11)
    halves = [tuple(range(1, cut + 1)), tuple(range(cut + 1, 13))]
    holiday = chance.random() < 0.5
    return RateSchedule(
        key="CHANCE",
        coverage=Coverage.BOTH,
        effective_on=since,
        seasons=tuple(_season(chance, f"s{n}", part, holiday=holiday) for n, part in enumerate(halves) if part),
        rounding=chance.choice([*Rounding]),
        fixed_usd_per_month=Decimal(chance.randint(0, 5000)).scaleb(-2),
        fixed_usd_per_day=Decimal(chance.choice((0, 127))).scaleb(-3),
        minimum_usd_per_month=Decimal(chance.choice((0, 0, 2500, 9000))).scaleb(-2),
        minimum_usd_per_day=Decimal(chance.choice((0, 0, 333))).scaleb(-3),
        holidays=chance.choice(("none", "territory", "six", "sce8")),
    )
