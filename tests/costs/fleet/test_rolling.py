"""Cars that arrive unannounced: what was delivered stays, no bound is broken, foresight is never worse."""

import numpy as np
import pytest
from hypothesis import given, settings

from evenroll.costs.fleet.rolling import SlotWrong, plan_rest, plan_rolling
from evenroll.costs.fleet.sessions import caps_of, chosen
from evenroll.costs.fleet.shared_limit import plan_fleet
from evenroll.costs.fleet.slot_prices import prices_without_caps
from tests.costs.fleet.fleets import SLOTS, district, fleets, rtp_e8, tou_e8


@settings(max_examples=150, deadline=None)
@given(fleets(cars_max=8, slots_max=8))
def test_a_rolling_plan_keeps_all_bounds_and_is_never_better_than_one_that_knew_everybody(fleet):
    sessions, prices, limit_wh = fleet
    rolling = plan_rolling(sessions, prices=prices, limit_wh=limit_wh, known_from=sessions.first_slot)
    knowing = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    load = rolling.load_wh
    assert (load >= 0).all()
    assert (load <= caps_of(sessions, slot_caps_wh=prices.cap_wh[0])).all()
    assert (load.sum(axis=1) <= limit_wh).all()
    assert (load.sum(axis=0) + rolling.unserved_wh == sessions.need_wh).all()
    assert load.sum() <= knowing.served_wh
    if load.sum() == knowing.served_wh:
        assert rolling.cost_e11 >= knowing.cost_e11


@settings(max_examples=100, deadline=None)
@given(fleets(cars_max=8, slots_max=8))
def test_who_is_known_from_the_start_is_planned_once_and_for_all(fleet):
    sessions, prices, limit_wh = fleet
    from_start = np.zeros_like(sessions.first_slot)
    rolling = plan_rolling(sessions, prices=prices, limit_wh=limit_wh, known_from=from_start)
    knowing = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert (rolling.load_wh == knowing.load_wh).all()
    assert rolling.cost_e11 == knowing.cost_e11


@pytest.mark.parametrize("now_slot", [1, 30, 60, 96])
def test_what_was_delivered_stays_and_a_plan_that_is_kept_to_needs_no_other(now_slot):
    sessions = district(150)
    prices = prices_without_caps(rtp_e8()[np.newaxis])
    limit_wh = np.full(SLOTS, int(sessions.need_wh.sum() / SLOTS * 1.2), dtype=np.int64)
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    rest = plan_rest(sessions, prices=prices, limit_wh=limit_wh, drawn_wh=plan.load_wh, now_slot=now_slot)
    assert (rest.load_wh[:now_slot] == plan.load_wh[:now_slot]).all()
    sums = rest.load_wh.sum(axis=1, dtype=np.int64).tolist()
    assert sum(wh * usd for wh, usd in zip(sums, rtp_e8().tolist(), strict=True)) == plan.cost_e11
    assert sum(sums) == plan.served_wh


def test_each_plan_on_the_way_is_the_best_for_whom_it_knew():
    sessions = district(120)
    prices = prices_without_caps(tou_e8()[np.newaxis])
    limit_wh = np.full(SLOTS, int(sessions.need_wh.sum() / SLOTS * 1.3), dtype=np.int64)
    rolling = plan_rolling(sessions, prices=prices, limit_wh=limit_wh, known_from=sessions.first_slot)
    slots = [slot for slot, _ in rolling.planned]
    assert slots == sorted(set(sessions.first_slot.tolist()))
    # The last plan knew everybody: from there on it draws what it was proved to serve at most, at the least cost.
    last, proved = rolling.planned[-1]
    after = rolling.load_wh[last:].sum(axis=1, dtype=np.int64).tolist()
    assert sum(after) == proved.most_wh
    assert sum(wh * usd for wh, usd in zip(after, tou_e8()[last:].tolist(), strict=True)) == proved.least_e11


@settings(max_examples=150, deadline=None)
@given(fleets(cars_max=8, slots_max=8))
def test_who_comes_just_as_expected_is_served_as_if_known_from_the_start(fleet):
    sessions, prices, limit_wh = fleet
    rolling = plan_rolling(
        sessions, prices=prices, limit_wh=limit_wh, known_from=sessions.first_slot, expected=sessions
    )
    knowing = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert rolling.load_wh.sum() == knowing.served_wh
    assert rolling.cost_e11 == knowing.cost_e11


def test_expecting_a_day_like_the_one_before_leaves_room_for_who_comes_late():
    both = district(400)
    today, before = chosen(both, which=np.arange(200)), chosen(both, which=np.arange(200, 400))
    prices = prices_without_caps(rtp_e8()[np.newaxis])
    limit_wh = np.full(SLOTS, int(today.need_wh.sum() / SLOTS * 1.2), dtype=np.int64)
    by_surprise, expecting = (
        plan_rolling(today, prices=prices, limit_wh=limit_wh, known_from=today.first_slot, expected=each)
        for each in (None, before)
    )
    assert expecting.unserved_wh.sum() < by_surprise.unserved_wh.sum() / 2
    assert (expecting.load_wh.sum(axis=1) <= limit_wh).all()


def test_who_is_known_days_before_is_planned_for_from_the_first_slot_on_and_no_plan_begins_before_it():
    sessions = district(30)
    prices = prices_without_caps(tou_e8()[np.newaxis])
    limit_wh = np.full(SLOTS, int(sessions.need_wh.sum() / SLOTS * 1.5), dtype=np.int64)
    days_before = np.arange(30, dtype=np.int64) - 30
    rolling = plan_rolling(sessions, prices=prices, limit_wh=limit_wh, known_from=days_before)
    knowing = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert (rolling.load_wh == knowing.load_wh).all()
    with pytest.raises(SlotWrong, match="Plan from the first slot on"):
        plan_rest(sessions, prices=prices, limit_wh=limit_wh, drawn_wh=knowing.load_wh, now_slot=-1)


def test_a_car_that_tells_of_itself_late_has_lost_the_slots_before():
    sessions = chosen(district(40), which=np.arange(5))
    prices = prices_without_caps(tou_e8()[np.newaxis])
    late = sessions.first_slot + 3
    rolling = plan_rolling(sessions, prices=prices, limit_wh=np.full(SLOTS, 10**6), known_from=late)
    for car, slot in enumerate(late.tolist()):
        assert not rolling.load_wh[:slot, car].any()
