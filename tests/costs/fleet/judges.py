"""Judges of a fleet plan that know nothing of how it was made: all plans of a tiny fleet, and HiGHS for larger ones."""

from itertools import product

import highspy
import numpy as np

from evenroll.costs.fleet.sessions import Sessions, caps_of
from evenroll.costs.fleet.slot_prices import SlotPrices


def best_of_all(sessions: Sessions, *, prices: SlotPrices, limit_wh: np.ndarray) -> tuple[int, int]:
    """The most that any plan in whole Wh serves, and the least cost of those that serve it, by trying all."""
    caps = caps_of(sessions, slot_caps_wh=prices.cap_wh[0])
    reached = {(0,) * len(limit_wh)}
    for car, need in enumerate(sessions.need_wh):
        ways = [way for way in product(*(range(int(cap) + 1) for cap in caps[:, car])) if sum(way) <= need]
        sums = (tuple(map(sum, zip(before, way, strict=True))) for before in reached for way in ways)
        reached = {each for each in sums if all(wh <= limit for wh, limit in zip(each, limit_wh, strict=True))}
    price = prices.price_e8[0].tolist()
    return max(
        ((sum(each), -sum(wh * usd for wh, usd in zip(each, price, strict=True))) for each in reached),
        key=lambda found: found,
    )


def most_of_highs(sessions: Sessions, *, prices: SlotPrices, limit_wh: np.ndarray, solver: str = "simplex") -> float:
    """The most that a linear program serves, Wh."""
    model, slot_of = _model(sessions, prices=prices, limit_wh=limit_wh)
    model.col_cost_ = np.full(len(slot_of), -1.0)
    return -_solve(model, solver=solver)


def least_of_highs(
    sessions: Sessions, *, prices: SlotPrices, limit_wh: np.ndarray, served_wh: int, solver: str = "simplex"
) -> float:
    """The least cost of serving so much in a linear program, 1e-11 USD."""
    model, slot_of = _model(sessions, prices=prices, limit_wh=limit_wh)
    model.row_lower_ = np.concatenate([model.row_lower_[:-1], [served_wh]])
    model.col_cost_ = prices.price_e8[0][slot_of] / 1e6
    return _solve(model, solver=solver) * 1e6


def _model(sessions: Sessions, *, prices: SlotPrices, limit_wh: np.ndarray) -> tuple[highspy.HighsLp, np.ndarray]:
    """Bounds alone: each car's draw in each slot, by car at most its need, by slot the limit, and all of it."""
    caps = caps_of(sessions, slot_caps_wh=prices.cap_wh[0])
    slot_of, car_of = np.nonzero(caps)
    cells, cars, slots = len(slot_of), len(sessions.need_wh), len(limit_wh)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = cells, cars + slots + 1
    model.col_lower_, model.col_upper_ = np.zeros(cells), caps[slot_of, car_of].astype(float)
    model.row_lower_ = np.full(cars + slots + 1, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([sessions.need_wh, limit_wh, [2**40]]).astype(float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(cells + 1) * 3
    rows = np.stack([car_of, cars + slot_of, np.full(cells, cars + slots)], axis=1)
    model.a_matrix_.index_, model.a_matrix_.value_ = rows.reshape(-1), np.ones(cells * 3)
    return model, slot_of


def _solve(model: highspy.HighsLp, *, solver: str) -> float:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solver", solver)
    highs.passModel(model)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return highs.getInfo().objective_function_value
