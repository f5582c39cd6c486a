"""Vehicles known by name: what each needs for its miles, its battery, the charger on board; dated, with sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Final

from evenroll.programs.yaml_table import Table, read_table

_FILE: Final = "vehicle_models.yaml"
_KEYS: Final = frozenset({"key", "name", "model_year", "battery_kwh", "ac_kw", "kwh_per_100_km", "source"})
_KM_OF_MILE: Final = Decimal("1.609344")
_WH: Final = 1000
_MODEL_YEARS: Final = (2010, 2100)
_LIMITS: Final = {
    "battery_kwh": (Decimal(1), Decimal(1000)),
    "ac_kw": (Decimal("0.5"), Decimal(100)),
    "kwh_per_100_km": (Decimal(5), Decimal(100)),
}
"""The least and the most of each figure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleModel:
    """One model. battery_kwh: what can be used. ac_kw: the most that it takes at home. kwh_per_100_km: from the wall.

    source: of battery and charger; that of consumption stands with the list.
    """

    key: str
    name: str
    model_year: int
    battery_kwh: Decimal
    ac_kw: Decimal
    kwh_per_100_km: Decimal
    source: str

    @property
    def wh_per_100_miles(self) -> int:
        """From the wall, whole Wh."""
        exact = self.kwh_per_100_km * _KM_OF_MILE * _WH
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleList:
    """The whole list by key. review_by: the last day before its figures are to be looked at again."""

    consumption_source: str
    review_by: date
    models: tuple[VehicleModel, ...]

    def model(self, key: str) -> VehicleModel | None:
        """The one of that key; None where the list has none."""
        return next((each for each in self.models if each.key == key), None)


@cache
def vehicle_list() -> VehicleList:
    """The list that ships with the package. Raises CatalogRefused."""
    file = resources.files("evenroll.programs").joinpath("trade", _FILE)
    return parse_vehicles(file.read_text(encoding="utf-8"), file=_FILE)


def parse_vehicles(text: str, *, file: str) -> VehicleList:
    """The list of a YAML text. Raises CatalogRefused with file, line and reason."""
    table = read_table(text, file=file, known=frozenset({"consumption_source", "review_by", "vehicles"}))
    models: dict[str, VehicleModel] = {}
    for entry in table.tables("vehicles", known=_KEYS):
        model = _model(entry)
        if model.key in models:
            raise entry.refuse(f"{model.key} stands twice; keep one.", key="key")
        models[model.key] = model
    return VehicleList(
        consumption_source=table.text("consumption_source"),
        review_by=table.day("review_by"),
        models=tuple(models[key] for key in sorted(models)),
    )


def _model(entry: Table) -> VehicleModel:
    model_year = entry.integer("model_year")
    if not _MODEL_YEARS[0] <= model_year <= _MODEL_YEARS[1]:
        raise entry.refuse(f"model_year is {model_year}; no vehicle of this list is of that year.", key="model_year")
    return VehicleModel(
        key=entry.text("key"),
        name=entry.text("name"),
        model_year=model_year,
        battery_kwh=_figure(entry, "battery_kwh"),
        ac_kw=_figure(entry, "ac_kw"),
        kwh_per_100_km=_figure(entry, "kwh_per_100_km"),
        source=entry.text("source"),
    )


def _figure(entry: Table, key: str) -> Decimal:
    least, most = _LIMITS[key]
    found = entry.decimal(key)
    if not least <= found <= most:
        raise entry.refuse(f"{key} is {found}; it lies from {least} to {most}.", key=key)
    return found
