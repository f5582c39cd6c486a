"""What all customers are compared by: rates of the catalog, by key or by program, on the days of their loads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from evenroll.costs.customers.plan import ComparedRate, ComparisonPlan, LoadShape, in_force_from, months_covered
from evenroll.costs.lattice.compiled import RatesRefused, compile_rates
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.schedule import ScheduleRefused
from evenroll.costs.usage import LoadWrong
from evenroll.programs.catalog import Catalog
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import RateKey
from evenroll.runtime.cli_exit import CommandEnded, not_found, wrong_use


@dataclass(frozen=True, kw_only=True, slots=True)
class RatesAsked:
    """What the command names. rates: keys of the catalog. priced_on: whose versions in force; None: the latest."""

    rates: tuple[str, ...]
    priced_on: date | None


def plan_of(asked: RatesAsked, *, catalog: Catalog, shape: LoadShape) -> ComparisonPlan:
    """The plan for loads of that shape. Raises CommandEnded."""
    found = [_rate(key, catalog=catalog, on=asked.priced_on) for key in asked.rates]
    if not found:
        raise wrong_use("There is nothing to compare. Name rates of the catalog with --rates KEY,KEY.")
    territory = _territory(found, catalog=catalog, zone=shape.zone)
    try:
        cycles = months_covered(shape, calendar=territory)
        plan = ComparisonPlan(
            rates=tuple(
                ComparedRate(key=each.key, schedule=in_force_from(schedule_of_rate(each), first_on=cycles[0].start_on))
                for each in found
            ),
            shape=shape,
            calendar=territory,
            cycles=cycles,
        )
        compile_rates(
            [(each.schedule,) for each in plan.rates],
            cycles=cycles,
            calendar=territory,
            minutes=shape.minutes,
            beside=plan.beside,
        )
    except (LoadWrong, ScheduleRefused, RatesRefused) as error:
        raise wrong_use(str(error), reason="not_compared") from None
    return plan


def _rate(key: str, *, catalog: Catalog, on: date | None) -> Rate:
    found = [each for each in catalog.rates if each.key == RateKey(key) and (on is None or each.effective_on <= on)]
    if not found:
        when = "" if on is None else f" in force on {on}"
        raise not_found(
            f"The catalog has no rate {key}{when}. Add its sheet, or leave it out.",
            reason="rate_unknown",
        )
    return max(found, key=lambda each: each.effective_on)


def _territory(rates: Iterable[Rate], *, catalog: Catalog, zone: str) -> ServiceCalendar:
    """The one calendar by which all rates are billed."""
    of_key = {each.key: each.calendar for each in catalog.organizations}
    keys = sorted({of_key[each.organization] for each in rates})
    if len(keys) > 1:
        raise _unlike(f"The rates are billed in {' and '.join(keys)}. Compare those of one territory at a time.")
    found = calendar(keys[0])
    if found.zone != zone:
        raise _unlike(
            f"The loads are told in {zone} and the rates are billed in {found.zone}. Name rates of that territory, or "
            "correct evenroll.zone."
        )
    return found


def _unlike(sentence: str) -> CommandEnded:
    return wrong_use(sentence, reason="not_compared")
