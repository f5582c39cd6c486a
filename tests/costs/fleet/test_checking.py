"""Who checks a fleet plan finds nothing in a good one, and each fault that is planted."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from evenroll.costs.fleet.checking import PlanFault, faults_of
from evenroll.costs.fleet.shared_limit import plan_fleet
from evenroll.costs.fleet.slot_prices import prices_without_caps
from tests.costs.fleet.fleets import SLOTS, district, fleets, tou_e8

SESSIONS = district(80)
PRICES = prices_without_caps(tou_e8()[np.newaxis])
LIMIT_WH = np.full(SLOTS, int(SESSIONS.need_wh.sum() / SLOTS * 1.1), dtype=np.int64)
PLAN = plan_fleet(SESSIONS, prices=PRICES, limit_wh=LIMIT_WH)


def found(plan, *, limit_wh=LIMIT_WH):
    return set(faults_of(plan, sessions=SESSIONS, prices=PRICES, limit_wh=limit_wh))


def moved(wh: int):
    """The plan with so many Wh of one car in a dearer slot of its stay that has room beneath the limit."""
    load, price = PLAN.load_wh.copy(), tou_e8()
    spare = LIMIT_WH - load.sum(axis=1)
    for car in np.flatnonzero(load.sum(axis=0)):
        inner = range(int(SESSIONS.first_slot[car]) + 1, int(SESSIONS.end_slot[car]) - 1)
        for giver in (slot for slot in inner if load[slot, car] >= wh):
            for taker in inner:
                room = int(SESSIONS.slot_wh[car] - load[taker, car])
                if price[taker] > price[giver] and min(room, spare[taker]) >= wh:
                    load[giver, car] -= wh
                    load[taker, car] += wh
                    return load
    raise AssertionError("no car can draw in a dearer slot")


@settings(max_examples=200, deadline=None)
@given(fleets(cars_max=12, slots_max=9))
def test_nothing_is_found_in_a_plan_that_was_made_here(fleet):
    sessions, prices, limit_wh = fleet
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert faults_of(plan, sessions=sessions, prices=prices, limit_wh=limit_wh) == ()


def test_a_dearer_plan_is_not_proved_and_one_that_hides_its_cost_is_found():
    load = moved(1)
    dearer = sum(wh * usd for wh, usd in zip(load.sum(axis=1).tolist(), tou_e8().tolist(), strict=True))
    assert dearer > PLAN.cost_e11
    assert found(replace(PLAN, load_wh=load, cost_e11=dearer)) == {PlanFault.NOT_PROVED}
    assert found(replace(PLAN, load_wh=load)) == {PlanFault.COST_DIFFERS}


def test_a_plan_that_serves_less_than_it_could_is_not_proved():
    load, unserved = PLAN.load_wh.copy(), PLAN.unserved_wh.copy()
    slot, car = (int(each[0]) for each in np.nonzero(load))
    load[slot, car] -= 1
    unserved[car] += 1
    cost = PLAN.cost_e11 - int(tou_e8()[slot])
    assert found(replace(PLAN, load_wh=load, unserved_wh=unserved, cost_e11=cost)) == {PlanFault.NOT_PROVED}
    assert PlanFault.ENERGY_DIFFERS in found(replace(PLAN, load_wh=load, cost_e11=cost))


def test_bounds_that_are_broken_are_found():
    full = int(np.argmax(PLAN.load_wh.sum(axis=1)))
    lower = LIMIT_WH.copy()
    lower[full] = PLAN.load_wh[full].sum() - 1
    assert PlanFault.LIMIT_EXCEEDED in found(PLAN, limit_wh=lower)
    load = PLAN.load_wh.copy()
    away = int(np.flatnonzero(SESSIONS.first_slot > 3)[0])
    load[0, away] += 1
    assert PlanFault.CAP_EXCEEDED in found(replace(PLAN, load_wh=load))
    load[0, away] = -1
    assert PlanFault.CAP_EXCEEDED in found(replace(PLAN, load_wh=load))


@pytest.mark.parametrize("name", ["least_e11", "most_wh"])
def test_a_certificate_that_claims_more_than_its_sets_prove_is_found(name):
    claimed = replace(PLAN.certificate, **{name: getattr(PLAN.certificate, name) + 1})
    assert found(replace(PLAN, certificate=claimed)) == {PlanFault.CERTIFICATE_DIFFERS}
