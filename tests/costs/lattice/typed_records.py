"""Real rates typed from their pages in the Utility Rate Database (openei.org, CC0), in the form of its version 8.

Facts only: prices, hours, limits. The page of each is https://apps.openei.org/IURDB/rate/view/ and its label.
"""

from __future__ import annotations

from typing import Any, Final

_SUMMER_CA: Final = range(6, 11)
_SUMMER: Final = range(6, 10)
_ALL: Final = range(1, 13)


def _hours(*parts: tuple[int, int]) -> list[int]:
    """A day from (period, hours) one after the other."""
    day = [period for period, hours in parts for _ in range(hours)]
    assert len(day) == 24
    return day


def _year(usual: list[int], *, other: list[int] | None = None, months: range = range(0)) -> list[list[int]]:
    return [list(other if other is not None and month in months else usual) for month in _ALL]


def _tiers(*prices: tuple[float, float, float | None], unit: str | None = "kWh") -> list[dict[str, Any]]:
    """Tiers from (rate, adjustment, end)."""
    rows: list[dict[str, Any]] = []
    for rate, adjustment, end in prices:
        row: dict[str, Any] = {"rate": rate, "adj": adjustment}
        rows.append(row | ({"max": end} if end else {}) | ({"unit": unit} if unit else {}))
    return rows


def _daily(rate: float, limit: float) -> list[dict[str, Any]]:
    return _tiers((rate, -0.10663, limit), (rate, 0.0, None), unit="kWh daily")


def san_diego() -> dict[str, Any]:
    """San Diego Gas & Electric, TOU-DR-1, coastal baseline region: hours, a credit for the first kWh of a day."""
    return {
        "label": "6772cfc9b5f9d561220ececb",
        "energyratestructure": [
            *(_daily(rate, 9.0) for rate in (0.68459, 0.46392, 0.3766)),
            *(_daily(rate, 9.2) for rate in (0.61014, 0.52843, 0.43767)),
        ],
        "energyweekdayschedule": _year(
            _hours((5, 6), (4, 4), (5, 4), (4, 2), (3, 5), (4, 3)),
            other=_hours((2, 6), (1, 4), (2, 4), (1, 2), (0, 5), (1, 3)),
            months=_SUMMER_CA,
        ),
        "energyweekendschedule": _year(
            _hours((5, 14), (4, 2), (3, 5), (4, 3)),
            other=_hours((2, 14), (1, 2), (0, 5), (1, 3)),
            months=_SUMMER_CA,
        ),
        "fixedchargefirstmeter": 24.13349583333333,
        "fixedchargeunits": "$/month",
    }


def los_angeles() -> dict[str, Any]:
    """Los Angeles Department of Water & Power, R1A, zone 1: three tiers in summer, a minimum bill."""
    adjustment = 0.171536
    return {
        "label": "69eb933dd52ff0b5930ddce2",
        "energyratestructure": [
            _tiers(*((0.0702, adjustment, end) for end in (350.0, 1050.0, None))),
            _tiers((0.0702, adjustment, 350.0), (0.0852, adjustment, 1050.0), (0.12, adjustment, None)),
        ],
        "energyweekdayschedule": _year([0] * 24, other=[1] * 24, months=_SUMMER),
        "energyweekendschedule": _year([0] * 24, other=[1] * 24, months=_SUMMER),
        "fixedchargefirstmeter": 0.0,
        "fixedchargeunits": "$/month",
        "mincharge": 10.0,
        "minchargeunits": "$/month",
    }


def otter_tail() -> dict[str, Any]:
    """Otter Tail Power, South Dakota, general service time of use: energy and demand by hours."""
    energy = [[0.05117], [0.00918], [0.04436], [0.02659]]
    day, summer = _hours((3, 6), (2, 16), (3, 2)), _hours((1, 6), (0, 16), (1, 2))
    demand, demand_summer = _hours((2, 6), (1, 16), (2, 2)), _hours((2, 6), (0, 16), (2, 2))
    return {
        "label": "539f6eceec4f024411ecc6c9",
        "energyratestructure": [_tiers((rate, 0.03176, None)) for (rate,) in energy],
        "energyweekdayschedule": _year(day, other=summer, months=_SUMMER),
        "energyweekendschedule": _year(day, other=summer, months=_SUMMER),
        "demandratestructure": [_tiers((rate, 0.6, None), unit=None) for rate in (2.81, 1.45, 0)],
        "demandweekdayschedule": _year(demand, other=demand_summer, months=_SUMMER),
        "demandweekendschedule": _year(demand, other=demand_summer, months=_SUMMER),
        "demandunits": "kW",
        "fixedchargefirstmeter": 19,
        "fixedchargeunits": "$/month",
    }


def ashland() -> dict[str, Any]:
    """City of Ashland, Oregon, government service under 30 kW: tiers of energy, 15 kW of demand free."""
    return {
        "label": "539fb762ec4f024bc1dc0b71",
        "energyratestructure": [_tiers((0.08718, 0, 3000), (0.06538, 0, 20000), (0.06127, 0, None))],
        "energyweekdayschedule": _year([0] * 24),
        "energyweekendschedule": _year([0] * 24),
        "flatdemandstructure": [[{"rate": 0, "max": 15}, {"rate": 3.88}]],
        "flatdemandmonths": [0] * 12,
        "flatdemandunit": "kW",
        "fixedchargefirstmeter": 15.92,
        "fixedchargeunits": "$/month",
    }


def arizona() -> dict[str, Any]:
    """Arizona Public Service, E-32 S secondary: hours of energy by season, demand by hours with tiers."""
    energy = (0.07161, 0.05436, 0.05601, 0.04121)
    return {
        "label": "5caf7c575457a35c5f7780e2",
        "energyratestructure": [_tiers((rate, 0.002182, None)) for rate in energy],
        "energyweekdayschedule": _year(
            _hours((3, 15), (2, 5), (3, 4)), other=_hours((1, 15), (0, 5), (1, 4)), months=range(5, 11)
        ),
        "energyweekendschedule": _year([3] * 24, other=[1] * 24, months=range(5, 11)),
        "demandratestructure": [
            _tiers((19.977, 1.096, 100), (10.225, 1.096, None), unit=None),
            _tiers((7.879, 1.096, 100), (2.715, 1.096, None), unit=None),
        ],
        "demandweekdayschedule": _year(_hours((1, 15), (0, 5), (1, 4))),
        "demandweekendschedule": _year([1] * 24),
        "fixedchargefirstmeter": 35.28,
        "fixedchargeunits": "$/month",
    }


TYPED: Final = (san_diego, los_angeles, otter_tail, ashland, arizona)
"""All of them; each call makes a fresh one."""
