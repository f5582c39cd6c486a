"""The invented prices of hours: whole, the same each time, and different enough from year to year to be regretted."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from evenroll.quantities.calendars import calendar
from evenroll.runtime.territory_loads import RegisterMap, counted_wh, hours_wh
from evenroll.runtime.territory_plan import TERRITORY
from evenroll.runtime.territory_prices import PRICED_FROM_ON, PRICED_UNTIL_ON, SERIES, hour_prices

WHERE = calendar(TERRITORY)


def test_every_hour_has_one_price() -> None:
    for series in SERIES:
        hours = [at for at, _ in hour_prices(series)]
        assert hours[0] == WHERE.start_of_day(PRICED_FROM_ON)
        assert hours[-1] + timedelta(hours=1) == WHERE.start_of_day(PRICED_UNTIL_ON)
        assert all(later - one == timedelta(hours=1) for one, later in pairwise(hours))
        assert hour_prices(series) is not hour_prices(series)


def test_some_hours_are_dear_some_pay_and_years_differ() -> None:
    utility, supplier = SERIES
    prices = dict(hour_prices(utility))
    assert min(prices.values()) < 0
    assert 50_000_000 < max(prices.values()) < 300_000_000
    means: dict[int, int] = {}
    for year in range(2023, 2027):
        of_year = [price for at, price in prices.items() if at.year == year]
        means[year] = sum(of_year) // len(of_year)
    assert len(set(means.values())) == 4
    assert all(3_000_000 < mean < 7_000_000 for mean in means.values())
    assert dict(hour_prices(supplier)) != prices


def test_the_hours_of_a_day_are_what_its_registers_count() -> None:
    for days in range(0, 400, 13):
        day = PRICED_FROM_ON.replace(year=2026) + timedelta(days=days)
        load = {"shape": 2, "scale": 14, "territory": TERRITORY}
        before = counted_wh(register_map=RegisterMap(), on=day, **load)
        after = counted_wh(register_map=RegisterMap(), on=day + timedelta(days=1), **load)
        hours = hours_wh(day=day, **load)
        assert len(hours) == WHERE.hours_in_day(day)
        assert sum(hours) == after["total"] - before["total"]
