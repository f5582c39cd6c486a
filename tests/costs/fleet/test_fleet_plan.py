"""A fleet beneath a shared limit: the plan is the best there is, says so with a proof, and respects every bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.costs.fleet.certificate import FleetNeed, certificate
from evenroll.costs.fleet.kernels import PLAIN
from evenroll.costs.fleet.sessions import Sessions, SessionWrong, caps_of, chosen
from evenroll.costs.fleet.shared_limit import FleetPlan, LimitWrong, limit_beside, plan_fleet
from evenroll.costs.fleet.slot_prices import prices_without_caps
from tests.costs.fleet.fleets import SLOTS, district, fleets, rtp_e8, tou_e8
from tests.costs.fleet.judges import best_of_all, least_of_highs, most_of_highs


def keeps_all_bounds(plan: FleetPlan, *, sessions, prices, limit_wh) -> bool:
    caps = caps_of(sessions, slot_caps_wh=prices.cap_wh[0])
    drawn = plan.load_wh.sum(axis=0, dtype=np.int64)
    return bool(
        (plan.load_wh >= 0).all()
        and (plan.load_wh <= caps).all()
        and (plan.load_wh.sum(axis=1, dtype=np.int64) <= limit_wh).all()
        and (drawn + plan.unserved_wh == sessions.need_wh).all()
        and (plan.unserved_wh >= 0).all()
    )


@settings(max_examples=200, deadline=None)
@given(fleets(cars_max=3, slots_max=4, cap_max=2))
def test_no_plan_of_a_tiny_fleet_serves_more_or_costs_less(fleet):
    sessions, prices, limit_wh = fleet
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert (plan.served_wh, -plan.cost_e11) == best_of_all(sessions, prices=prices, limit_wh=limit_wh)


@settings(max_examples=300, deadline=None)
@given(fleets(cars_max=12, slots_max=9))
def test_each_plan_keeps_its_bounds_and_reaches_what_its_certificate_proves(fleet):
    sessions, prices, limit_wh = fleet
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert keeps_all_bounds(plan, sessions=sessions, prices=prices, limit_wh=limit_wh)
    assert (plan.gap_wh, plan.gap_e11) == (0, 0)


@settings(max_examples=150, deadline=None)
@given(fleets(cars_max=12, slots_max=9))
def test_compiled_and_plain_acts_make_the_same_plan_to_the_wh(fleet):
    sessions, prices, limit_wh = fleet
    fast = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    plain = plan_fleet(sessions, prices=prices, limit_wh=limit_wh, kernels_used=PLAIN)
    assert (fast.load_wh == plain.load_wh).all()
    assert fast.certificate == plain.certificate


@settings(max_examples=150, deadline=None)
@given(fleets(cars_max=12, slots_max=9), st.randoms(use_true_random=False))
def test_the_order_of_the_sessions_does_not_matter(fleet, chance):
    sessions, prices, limit_wh = fleet
    order = np.array(chance.sample(range(len(sessions.need_wh)), len(sessions.need_wh)), dtype=np.int64)
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    other = plan_fleet(chosen(sessions, which=order), prices=prices, limit_wh=limit_wh)
    assert (plan.load_wh.sum(axis=1) == other.load_wh.sum(axis=1)).all()
    assert (plan.cost_e11, plan.certificate) == (other.cost_e11, other.certificate)
    # Sessions that are alike in everything may change places; all others draw what they drew.
    told, told_again = (
        sorted(zip(*(column.tolist() for column in each), made.load_wh.T.tolist(), strict=True))
        for each, made in ((sessions, plan), (chosen(sessions, which=order), other))
    )
    assert told == told_again


@settings(max_examples=200, deadline=None)
@given(fleets(cars_max=6, slots_max=6), st.data())
def test_any_cuts_prove_bounds_that_the_best_plan_keeps(fleet, data):
    sessions, prices, limit_wh = fleet
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    slots = st.frozensets(st.integers(0, len(limit_wh) - 1))
    cuts = [data.draw(slots) for _ in plan.certificate.levels]
    need = FleetNeed(
        need_wh=sessions.need_wh,
        caps_wh=caps_of(sessions, slot_caps_wh=prices.cap_wh[0]),
        limit_wh=limit_wh,
        price_e8=prices.price_e8[0],
    )
    proved = certificate(need, cuts=cuts)
    assert proved.most_wh >= plan.served_wh
    if proved.most_wh == plan.served_wh:
        assert proved.least_e11 <= plan.cost_e11


@pytest.mark.parametrize("price_e8", [tou_e8(), rtp_e8()], ids=["TOU", "RTP"])
@pytest.mark.parametrize("share", [1.7, 1.2, 1.08, 0.9])
def test_highs_finds_no_better_plan(price_e8, share):
    sessions = district(200)
    prices = prices_without_caps(price_e8[np.newaxis])
    limit_wh = np.full(SLOTS, int(sessions.need_wh.sum() / SLOTS * share), dtype=np.int64)
    # Households draw most in the evening: the limit of the cars is not flat.
    limit_wh[24:36] //= 2
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    most_wh = most_of_highs(sessions, prices=prices, limit_wh=limit_wh)
    assert plan.served_wh == pytest.approx(most_wh, abs=0.01)
    least_e11 = least_of_highs(sessions, prices=prices, limit_wh=limit_wh, served_wh=plan.served_wh)
    assert plan.cost_e11 == pytest.approx(least_e11, rel=1e-9)
    assert (plan.gap_wh, plan.gap_e11) == (0, 0)


def test_one_wh_more_of_limit_where_it_binds_is_used_and_one_more_car_is_told_unserved():
    sessions = district(60)
    prices = prices_without_caps(tou_e8()[np.newaxis])
    limit_wh = np.full(SLOTS, int(sessions.need_wh.sum() / SLOTS * 0.8), dtype=np.int64)
    plan = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    binding = max(set(range(SLOTS)) - plan.certificate.levels[-1].cars_decide)
    limit_wh[binding] += 1
    wider = plan_fleet(sessions, prices=prices, limit_wh=limit_wh)
    assert plan.unserved_wh.sum() > 0
    assert wider.unserved_wh.sum() == plan.unserved_wh.sum() - 1


def test_a_limit_that_binds_nowhere_gives_each_car_its_own_cheapest_cost():
    sessions = district(300)
    prices = prices_without_caps(rtp_e8()[np.newaxis])
    plan = plan_fleet(sessions, prices=prices, limit_wh=np.full(SLOTS, 10**9, dtype=np.int64))
    order = np.argsort(rtp_e8())
    left, cost = sessions.need_wh.copy(), 0
    caps = caps_of(sessions, slot_caps_wh=prices.cap_wh[0])
    for slot in order:
        taken = np.minimum(left, caps[slot])
        left, cost = left - taken, cost + int(taken.sum()) * int(rtp_e8()[slot])
    assert plan.cost_e11 == cost
    assert (plan.unserved_wh == left).all()


def test_energy_finds_its_way_through_a_thousand_cars_that_each_give_place_by_one_slot():
    cars = 1000
    slot = np.arange(cars, dtype=np.int64)
    # Each car is there for two slots and takes its first; one more, to which all give way, has only the very first.
    columns = [(slot, 0), (slot + 2, 1), (slot * 0 + 1, 1), *[(slot * 0 + 1, 2)] * 3]
    sessions = Sessions(*(np.append(column, last) for column, last in columns))
    prices = prices_without_caps(np.ones((1, cars + 1), dtype=np.int64))
    plan = plan_fleet(sessions, prices=prices, limit_wh=np.ones(cars + 1, dtype=np.int64))
    assert plan.unserved_wh.sum() == 0
    assert (plan.load_wh.sum(axis=1) == 1).all()
    assert (plan.gap_wh, plan.gap_e11) == (0, 0)


def test_what_households_leave_of_a_feeder_is_never_below_nothing():
    household_wh = np.array([40, 100, 130], dtype=np.int64)
    assert limit_beside(household_wh, limit_wh=100).tolist() == [60, 0, 0]


@pytest.mark.parametrize(
    ("limit", "slots", "refused", "why"),
    [
        ([5, 5], 3, LimitWrong, "one limit for each slot"),
        ([5, -1, 5], 3, LimitWrong, "zero or more"),
        ([5], 1, SessionWrong, "grid longer"),
    ],
)
def test_a_limit_that_does_not_fit_is_refused(limit, slots, refused, why):
    one = np.array([1], dtype=np.int64)
    sessions = Sessions(one * 0, one * 3, one, one, one, one)
    with pytest.raises(refused, match=why):
        plan_fleet(
            sessions,
            prices=prices_without_caps(np.ones((1, slots), dtype=np.int64)),
            limit_wh=np.array(limit, dtype=np.int64),
        )
