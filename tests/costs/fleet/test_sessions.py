"""Charging sessions on slots: whole Wh, the first and the last slot in part, days of 23 and 25 hours, refusals."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from evenroll.costs.fleet.driving import Car, DrivingWrong, session_of_driving, wall_wh
from evenroll.costs.fleet.sessions import (
    ChargingSession,
    GridWrong,
    Sessions,
    SessionWrong,
    SlotGrid,
    caps_in_slot,
    caps_of,
    check_sessions,
    sessions_of_seconds,
    sessions_on,
)

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 3, 7, 12, tzinfo=CHICAGO)
GRID = SlotGrid(start_at=NOON, slot_min=15, slots=96)


def plugged(*, came, left, need_wh=9000, power_w=7200):
    return ChargingSession(plug_in_at=came, plug_out_at=left, need_wh=need_wh, power_w=power_w)


def test_first_and_last_slot_count_for_the_time_that_the_car_is_there():
    session = plugged(came=NOON + timedelta(minutes=10), left=NOON + timedelta(minutes=47))
    sessions = sessions_on([session], grid=GRID)
    caps = [int(caps_in_slot(sessions, slot=slot)[0]) for slot in range(5)]
    # 7,200 W is 120 Wh a minute: 5, 15, 15 and 2 minutes.
    assert caps == [600, 1800, 1800, 240, 0]


def test_a_stay_within_one_slot_takes_only_what_fits_into_it():
    session = plugged(came=NOON + timedelta(minutes=31), left=NOON + timedelta(minutes=40))
    sessions = sessions_on([session], grid=GRID)
    assert [int(caps_in_slot(sessions, slot=slot)[0]) for slot in range(4)] == [0, 0, 1080, 0]


@pytest.mark.parametrize(("day", "hours"), [(datetime(2026, 3, 7), 7), (datetime(2026, 10, 31), 9)])
def test_a_night_in_which_clocks_change_has_an_hour_less_or_more(day, hours):
    noon, came = day.replace(hour=12, tzinfo=CHICAGO), day.replace(hour=22, tzinfo=CHICAGO)
    left = (day + timedelta(days=1)).replace(hour=6, tzinfo=CHICAGO)
    grid = SlotGrid(start_at=noon, slot_min=15, slots=100)
    sessions = sessions_on([plugged(came=came, left=left)], grid=grid)
    assert int(sessions.end_slot[0] - sessions.first_slot[0]) == hours * 4


def test_columns_of_caps_and_single_slots_say_the_same():
    rng = np.random.default_rng(7)
    came = rng.integers(0, 80_000, 300)
    left = np.minimum(came + rng.integers(60, 40_000, 300), 86_400)
    sessions = sessions_of_seconds(
        np.stack([came, left], axis=1),
        need_wh=np.full(300, 5000),
        power_w=rng.choice([1400, 7200, 11000], 300),
        slot_min=60,
        slots=24,
    )
    event = np.where(np.arange(24) == 5, 700, 2**31 - 1)
    caps = caps_of(sessions, slot_caps_wh=event)
    for slot in range(24):
        assert (caps[slot] == np.minimum(caps_in_slot(sessions, slot=slot), event[slot])).all()


@pytest.mark.parametrize(
    ("session", "why"),
    [
        (plugged(came=NOON - timedelta(minutes=1), left=NOON + timedelta(hours=1)), "make the grid longer"),
        (plugged(came=NOON, left=NOON + timedelta(hours=26)), "make the grid longer"),
        (plugged(came=NOON, left=NOON), "ends before it begins"),
        (plugged(came=NOON, left=NOON + timedelta(hours=1), need_wh=-1), "less than 0"),
        (plugged(came=NOON, left=NOON + timedelta(hours=1), power_w=0), "no charger has"),
    ],
)
def test_a_session_that_no_car_can_have_is_refused_by_its_position(session, why):
    fine = plugged(came=NOON, left=NOON + timedelta(hours=1))
    with pytest.raises(SessionWrong, match=f"Session 1 .*{why}"):
        sessions_on([fine, session], grid=GRID)


def test_a_session_without_a_zone_is_refused():
    with pytest.raises(SessionWrong, match="Say the zone"):
        plugged(came=datetime(2026, 3, 7), left=NOON)


ONE = np.array([1], dtype=np.int64)
FINE = Sessions(ONE * 0, ONE * 2, ONE, ONE, ONE, ONE)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"end_slot": ONE * 0}, "ends before"),
        ({"first_slot": ONE * -1}, "grid longer"),
        ({"end_slot": ONE * 4}, "grid longer"),
        ({"last_wh": ONE * -1}, "correct its energy"),
        ({"need_wh": ONE * 2**31}, "correct its energy"),
        ({"slot_wh": np.array([1, 1])}, "differ in length"),
    ],
)
def test_columns_that_are_no_sessions_are_refused(wrong, why):
    check_sessions(FINE, slots=3)
    with pytest.raises(SessionWrong, match=why):
        check_sessions(FINE._replace(**wrong), slots=3)


@pytest.mark.parametrize("given", [{"slot_min": 20}, {"slots": 0}, {"start_at": datetime(2026, 3, 7)}])
def test_a_grid_without_zone_or_with_other_slots_is_refused(given):
    with pytest.raises(GridWrong):
        SlotGrid(**{"start_at": NOON, "slot_min": 15, "slots": 96, **given})


def test_miles_take_from_the_wall_what_the_battery_lost_and_what_charging_loses():
    car = Car(battery_wh=60_000, wh_per_mile=300, onboard_w=11_000, charger_w=7_200, loss_percent=10)
    # 30 miles x 300 Wh = 9,000 Wh in the battery, 10,000 Wh from the wall.
    assert wall_wh(car, miles=30) == 10_000
    # Never more than a full battery: 60,000 Wh are 66,666.7 Wh from the wall.
    assert wall_wh(car, miles=1000) == 66_667
    session = session_of_driving(car, miles=30, plug_in_at=NOON, plug_out_at=NOON + timedelta(hours=2))
    assert (session.need_wh, session.power_w) == (10_000, 7_200)


def test_miles_and_cars_that_cannot_be_are_refused():
    car = Car(battery_wh=60_000, wh_per_mile=300, onboard_w=11_000, charger_w=7_200)
    with pytest.raises(DrivingWrong, match="Miles"):
        wall_wh(car, miles=-1)
    with pytest.raises(DrivingWrong, match="above zero"):
        Car(battery_wh=0, wh_per_mile=300, onboard_w=11_000, charger_w=7_200)
    with pytest.raises(DrivingWrong, match="Losses"):
        Car(battery_wh=1, wh_per_mile=300, onboard_w=11_000, charger_w=7_200, loss_percent=100)
