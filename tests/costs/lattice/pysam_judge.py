"""NREL-PySAM's Utilityrate5 as judge: twelve months of a load without generation, by its own reader of URDB records."""

from __future__ import annotations

import contextlib
import copy
import io
import itertools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import PySAM.Utilityrate5 as utility_rate
from numpy.typing import NDArray
from PySAM.UtilityRateTools import URDBv8_to_ElectricityRates

DAYS: Final = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
"""First days of the months of PySAM's year, which begins on a Monday and never leaps."""

LINES: Final[Mapping[str, str]] = {
    "energy": "year1_monthly_ec_charge_without_system",
    "demand": "year1_monthly_dc_fixed_without_system",
    "demand_of_hours": "year1_monthly_dc_tou_without_system",
    "fixed": "year1_monthly_fixed_without_system",
    "minimum": "year1_monthly_minimum_without_system",
}


class JudgeRefuses(ValueError):
    """PySAM does not price this record."""


def judged(record: Mapping[str, Any], *, kw: NDArray[np.float64], minutes: int = 60) -> dict[str, NDArray[np.float64]]:
    """USD by kind of line, (12,) each. kw: (interval,) of a year. Raises JudgeRefuses."""
    return judged_again(judge_of(record, kw=kw, minutes=minutes), kw=kw)


def judge_of(record: Mapping[str, Any], *, kw: NDArray[np.float64], minutes: int = 60) -> Any:
    """A model of one record, to be asked again and again. kw: a load of the same length as those that will come."""
    with contextlib.redirect_stdout(io.StringIO()):
        # It counts periods up inside the record that it is given, and prints; a copy goes in.
        rates = URDBv8_to_ElectricityRates(copy.deepcopy(dict(record)))
    # Without generation all ways of metering come to the same; with the hourly ones a year takes longer.
    rates["ur_metering_option"] = 0
    months = DAYS * 24 * 60 // minutes
    if rates["ur_enable_billing_demand"]:
        ends = itertools.pairwise(months)
        rates["ur_yearzero_usage_peaks"] = [float(kw[first:end].max()) for first, end in ends]
    model = utility_rate.new()
    model.ElectricityRates.assign(
        {**rates, "ur_en_ts_buy_rate": 0, "ur_en_ts_sell_rate": 0, "ur_sell_eq_buy": 0, "rate_escalation": [0]}
    )
    model.Lifetime.assign({"analysis_period": 1, "inflation_rate": 0, "system_use_lifetime_output": 0})
    model.SystemOutput.assign({"gen": [0.0] * len(kw), "degradation": [0]})
    return model


def judged_again(model: Any, *, kw: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """The same by a model that stands, its load swapped in. Raises JudgeRefuses."""
    model.Load.assign({"load": kw.tolist()})
    try:
        model.execute(0)
    except Exception as error:  # what it raises is a bare Exception
        raise JudgeRefuses(str(error)) from error
    return {kind: np.array(getattr(model.Outputs, name)) for kind, name in LINES.items()}
