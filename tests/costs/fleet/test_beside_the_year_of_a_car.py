"""The year of one car, as row 1 shows it, and the same sessions on slots: hour by hour the same energy."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from evenroll.costs.charging import PevNeed, charge_at_once, charge_cheapest, charging_year
from evenroll.costs.fleet.alone import Charging, load_alone
from evenroll.costs.fleet.sessions import Sessions
from evenroll.costs.fleet.slot_prices import prices_without_caps
from evenroll.costs.pricing import prices_from, pricing_of
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey

WHERE = calendar("US-LAKELAND")


@pytest.mark.parametrize("key", ["LE-R", "LE-EV-TOU"])
@pytest.mark.parametrize("charging", list(Charging))
def test_slots_of_an_hour_say_what_the_year_of_a_car_says(key, charging):
    pricing = pricing_of(load_catalog().rate(RateKey(key), on=date(2026, 1, 1)), program=None)
    need = PevNeed(annual_wh=3_650_123, plug_in_hour=17, unplug_hour=7, power_w=7200)
    year = charging_year(need, year=2026, calendar=WHERE)
    # The last night goes on into the next year, which the year of a car puts at its own beginning.
    year = replace(year, sessions=year.sessions[:-1])
    prices = prices_from(year.start_at, hours=year.hours, pricing=pricing, calendar=WHERE)
    price_e8 = np.array([[int(each.scaleb(8)) for each in prices]], dtype=np.int64)
    power_w = np.full(len(year.sessions), year.power_w, dtype=np.int64)
    sessions = Sessions(
        first_slot=np.array([hours[0] for hours, _ in year.sessions]),
        end_slot=np.array([hours[-1] + 1 for hours, _ in year.sessions]),
        need_wh=np.array([wh for _, wh in year.sessions]),
        slot_wh=power_w,
        first_wh=power_w,
        last_wh=power_w,
    )
    load = load_alone(sessions, prices=prices_without_caps(price_e8), rate=0, charging=charging)
    told = (
        charge_at_once(year) if charging is Charging.AT_ONCE else charge_cheapest(year, pricing=pricing, calendar=WHERE)
    )
    assert load.sum(axis=1).tolist() == list(told.wh)
