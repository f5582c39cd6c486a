"""A day's charging: as much at once as in the cheapest hours, and never dearer in these."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from evenroll.costs.charging import NeedDoesNotFit, PevNeed
from evenroll.costs.charging_day import charging_day
from evenroll.costs.pricing import Pricing
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey

DAY = date(2026, 7, 15)
WHERE = calendar("US-LAKELAND")
PRICING = Pricing(rate=load_catalog().rate(RateKey("LE-EV-TOU"), on=DAY))


def test_the_stay_is_whole_and_begins_when_the_car_is_plugged_in() -> None:
    hours = charging_day(PevNeed(annual_wh=3_650_000), day=DAY, pricing=PRICING, calendar=WHERE)
    assert isinstance(hours, tuple)
    assert [each.at.astimezone(ZoneInfo(WHERE.zone)).hour for each in hours] == [*range(15, 24), *range(15)]
    assert [each.at_once_wh for each in hours][:6] == [0, 0, 0, 7200, 2800, 0]


@given(
    annual_wh=st.integers(0, 20_000_000),
    plug_in=st.integers(0, 23),
    unplug=st.integers(0, 23),
    power_w=st.sampled_from((1400, 7200)),
)
def test_charging_when_it_is_cheap_draws_as_much_and_costs_no_more(
    annual_wh: int, plug_in: int, unplug: int, power_w: int
) -> None:
    need = PevNeed(annual_wh=annual_wh, plug_in_hour=plug_in, unplug_hour=unplug, power_w=power_w)
    hours = charging_day(need, day=DAY, pricing=PRICING, calendar=WHERE)
    if isinstance(hours, NeedDoesNotFit):
        assert hours.session_wh < hours.daily_wh
        return
    assert len(hours) == 24
    assert sum(each.at_once_wh for each in hours) == sum(each.cheapest_wh for each in hours) == annual_wh // 365
    at_once, cheapest = (
        sum(each.usd_per_kwh * wh for each, wh in zip(hours, drawn, strict=True))
        for drawn in ([each.at_once_wh for each in hours], [each.cheapest_wh for each in hours])
    )
    assert cheapest <= at_once
