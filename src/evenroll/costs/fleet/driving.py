"""What a car needs from the wall for the miles that it was driven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evenroll.costs.charging import LOSS_PERCENT
from evenroll.costs.fleet.sessions import ChargingSession


class DrivingWrong(ValueError):
    """Miles, a battery or a charger that no car has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Car:
    """A car at its charger.

    battery_wh: what of the battery can be used. wh_per_mile: what a mile takes from the battery. onboard_w, charger_w:
    the most that the car takes and that the charger gives; the lesser holds. loss_percent: what of the energy from the
    wall does not reach the battery. Raises DrivingWrong.
    """

    battery_wh: int
    wh_per_mile: int
    onboard_w: int
    charger_w: int
    loss_percent: int = LOSS_PERCENT

    def __post_init__(self) -> None:
        if min(self.battery_wh, self.wh_per_mile, self.onboard_w, self.charger_w) <= 0:
            raise DrivingWrong("Battery, use per mile and powers are above zero. Correct the car.")
        if not 0 <= self.loss_percent < 100:
            raise DrivingWrong("Losses of charging are 0 to 99 percent. Correct the car.")

    @property
    def power_w(self) -> int:
        """The most that it draws at this charger, W."""
        return min(self.onboard_w, self.charger_w)


def wall_wh(car: Car, *, miles: int) -> int:
    """What the wall gives for these miles, Wh, rounded up: at most a full battery. Raises DrivingWrong."""
    if miles < 0:
        raise DrivingWrong("Miles are zero or more. Correct them.")
    battery_wh = min(miles * car.wh_per_mile, car.battery_wh)
    return -(-battery_wh * 100 // (100 - car.loss_percent))


def session_of_driving(car: Car, *, miles: int, plug_in_at: datetime, plug_out_at: datetime) -> ChargingSession:
    """The session in which a car takes back what these miles took."""
    need_wh = wall_wh(car, miles=miles)
    return ChargingSession(plug_in_at=plug_in_at, plug_out_at=plug_out_at, need_wh=need_wh, power_w=car.power_w)
