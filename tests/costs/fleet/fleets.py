"""Invented fleets: small ones from Hypothesis, and a district of any size that plugs in after work."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from pyarrow import parquet

from evenroll.costs.fleet.sessions import Sessions, sessions_of_seconds
from evenroll.costs.fleet.slot_prices import SlotPrices

SLOTS = 96
QUARTER = 15


def district(cars: int, *, seed: int = 20261123) -> Sessions:
    """Sessions from noon to noon in quarter-hours: most come between 15:00 and 20:00 and stay the night."""
    rng = np.random.default_rng(seed)
    came_s = np.clip(rng.normal(5.5 * 3600, 2.5 * 3600, cars), 0, 85_000).astype(np.int64)
    stay_s = np.where(
        rng.random(cars) < 0.75, rng.normal(13 * 3600, 2 * 3600, cars), rng.normal(2.5 * 3600, 3600, cars)
    )
    left_s = np.minimum(came_s + np.maximum(stay_s, 1200).astype(np.int64), SLOTS * QUARTER * 60)
    power_w = rng.choice([3600, 7200, 11000], cars)
    need_wh = np.minimum(rng.gamma(2.0, 6000, cars).astype(np.int64), power_w * (left_s - came_s) // 3600)
    seconds = np.stack([came_s, left_s], axis=1)
    return sessions_of_seconds(seconds, need_wh=need_wh, power_w=power_w, slot_min=QUARTER, slots=SLOTS)


def district_of(file: Path, *, cars: int, seed: int = 20261123) -> Sessions:
    """The same from sessions that took place, drawn with repetition; chargers of 3.6, 7.2 and 11 kW.

    file: Parquet with the columns plugin_time, plugout_time and energy_session (kWh).
    """
    rng = np.random.default_rng(seed)
    table = parquet.read_table(file, columns=["plugin_time", "plugout_time", "energy_session"])
    came, left = (table[name].to_numpy().astype("datetime64[s]").astype(np.int64) for name in table.column_names[:2])
    need_wh = (table["energy_session"].to_numpy() * 1000).astype(np.int64)
    drawn = rng.choice(np.flatnonzero((left - came >= 60) & (need_wh > 500)), cars)
    day_s = SLOTS * QUARTER * 60
    came_s = np.minimum((came[drawn] - day_s // 2) % day_s, day_s - 60)
    left_s = np.minimum(came_s + left[drawn] - came[drawn], day_s)
    power_w = rng.choice([3600, 7200, 11000], cars)
    need_wh = np.minimum(need_wh[drawn], power_w * (left_s - came_s) // 3600)
    seconds = np.stack([came_s, left_s], axis=1)
    return sessions_of_seconds(seconds, need_wh=need_wh, power_w=power_w, slot_min=QUARTER, slots=SLOTS)


def tou_e8() -> np.ndarray:
    """0.22, 0.33 and 0.52 USD per kWh over a day from noon, (slot,), 1e-8 USD per kWh."""
    hour = (np.arange(SLOTS) // 4 + 12) % 24
    night, peak = (hour < 6) | (hour >= 23), (hour >= 16) & (hour < 21)
    return np.where(night, 22_000_000, np.where(peak, 52_000_000, 33_000_000)).astype(np.int64)


def rtp_e8(*, seed: int = 20261123) -> np.ndarray:
    """96 prices, none like another, (slot,), 1e-8 USD per kWh."""
    return np.random.default_rng(seed).permutation(SLOTS).astype(np.int64) * 150_000 + 2_000_000


@st.composite
def fleets(
    draw: st.DrawFn, *, cars_max: int = 6, slots_max: int = 6, cap_max: int = 4
) -> tuple[Sessions, SlotPrices, np.ndarray]:
    """A few cars, the prices and caps of their slots (negative prices as well), and a shared limit."""
    slots = draw(st.integers(1, slots_max))
    cars = draw(st.integers(0, cars_max))
    rows = []
    for _ in range(cars):
        first = draw(st.integers(0, slots - 1))
        end = draw(st.integers(first + 1, slots))
        whole = draw(st.integers(1, cap_max))
        part = draw(st.integers(0, whole))
        last = part if end - first == 1 else draw(st.integers(0, whole))
        rows.append((first, end, draw(st.integers(0, cap_max * 3)), whole, part, last))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    price = draw(st.lists(st.integers(-3, 5), min_size=slots, max_size=slots))
    cap = draw(st.lists(st.sampled_from([0, 1, 2, 2**31 - 1]), min_size=slots, max_size=slots))
    limit = draw(st.lists(st.integers(0, cap_max * cars_max // 2), min_size=slots, max_size=slots))
    prices = SlotPrices(price_e8=np.array([price], dtype=np.int64), cap_wh=np.array([cap], dtype=np.int64))
    return Sessions(*columns), prices, np.array(limit, dtype=np.int64)
