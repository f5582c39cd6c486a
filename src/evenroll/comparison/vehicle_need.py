"""What a vehicle draws at home for its miles: one of the list of vehicles, or another of which the label is said."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from evenroll.costs.charging import LOSS_PERCENT, PevNeed
from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.typical import miles_assumed, need_of_miles
from evenroll.programs.vehicle_models import VehicleModel

USUAL_WH: Final = 30_000
"""Wh for 100 miles from the wall, where neither a model nor the label is said."""
_DAYS: Final = 365
_WH: Final = 1000


class BatteryTooSmall(ValueError):
    """The miles of a day need more than the battery takes. daily_kwh, most_kwh: from the wall."""

    def __init__(self, vehicle: VehicleModel, *, daily_kwh: Decimal, most_kwh: Decimal) -> None:
        super().__init__(
            f"A {vehicle.name} would need {daily_kwh:.1f} kWh a day for these miles, and its battery takes "
            f"{most_kwh:.1f} kWh at most."
        )
        self.daily_kwh = daily_kwh
        self.most_kwh = most_kwh


def need_of_vehicle(
    miles: int,
    *,
    vehicle: VehicleModel | None,
    wh_per_100_miles: int | None,
    power_w: int,
    plugged_in: tuple[int, int],
) -> tuple[PevNeed, tuple[Assumption, ...]]:
    """The need, and what it takes for granted.

    miles: in a year, all charged at home. wh_per_100_miles: as the label says; absent, as the list does. power_w: the
    most that the charger gives. plugged_in: clock hours of coming home and of leaving. Raises NeedWrong,
    BatteryTooSmall.
    """
    rating = wh_per_100_miles
    if rating is None:
        rating = vehicle.wh_per_100_miles if vehicle else USUAL_WH
    if vehicle:
        power_w = min(power_w, int(vehicle.ac_kw * _WH))
    need = need_of_miles(
        miles, wh_per_100_miles=rating, plug_in_hour=plugged_in[0], unplug_hour=plugged_in[1], power_w=power_w
    )
    if vehicle:
        _refuse_beyond_battery(need, vehicle=vehicle)
    of_list = (_assumed(vehicle),) if vehicle else ()
    return need, (*of_list, miles_assumed(miles, wh_per_100_miles=rating))


def _assumed(vehicle: VehicleModel) -> Assumption:
    told = {
        "vehicle": vehicle.name,
        "model_year": str(vehicle.model_year),
        "battery": f"{vehicle.battery_kwh.normalize():f}",
        "ac": f"{vehicle.ac_kw.normalize():f}",
    }
    return Assumption(code=AssumptionCode.VEHICLE_MODEL, parameters=told)


def _refuse_beyond_battery(need: PevNeed, *, vehicle: VehicleModel) -> None:
    """It is charged once a day, and takes no more than its battery and what is lost on the way."""
    daily_kwh = Decimal(need.annual_wh) / _DAYS / _WH
    most_kwh = vehicle.battery_kwh * 100 / (100 - LOSS_PERCENT)
    if daily_kwh > most_kwh:
        raise BatteryTooSmall(vehicle, daily_kwh=daily_kwh, most_kwh=most_kwh)
