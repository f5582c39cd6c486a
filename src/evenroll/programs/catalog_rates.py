"""Reads one rate of a catalog file."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from evenroll.programs.program import Coverage
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.rate import HourBand, PriceStep, Rate, RateRefused, RegisterPrice, Season, StepBasis
from evenroll.programs.tariff_holidays import TERRITORY_HOLIDAYS
from evenroll.programs.text import Text
from evenroll.programs.yaml_table import Table
from evenroll.quantities.identifiers import OrganizationKey, RateKey
from evenroll.quantities.money import Rounding

RATE_KEYS: Final = frozenset(
    {
        "key",
        "name",
        "coverage",
        "standard",
        "effective_on",
        "seasons",
        "fixed_usd_per_month",
        "fixed_usd_per_day",
        "minimum_bill_usd_per_month",
        "rounding",
        "review_by",
        "source",
        "hourly_series",
        "holidays",
        "unpriced",
        "rides_on",
    }
)
_NOT_KNOWN: Final = "not_known"
_TEXT_KEYS: Final = frozenset({"en", "es"})
_SEASON_KEYS: Final = frozenset({"key", "months", "weekday", "weekend", "prices"})
_BAND_KEYS: Final = frozenset({"from_hour", "to_hour", "register"})
_PRICE_KEYS: Final = frozenset({"register", "usd_per_kwh", "steps", "basis"})
_STEP_KEYS: Final = frozenset({"from_kwh", "usd_per_kwh"})


def rate_from(entry: Table, *, organization: OrganizationKey) -> Rate:
    """The rate that an entry states. Raises CatalogRefused."""
    name = entry.table("name", known=_TEXT_KEYS)
    unpriced = entry.choices("unpriced", MissingPrice) if entry.has("unpriced") else ()
    # Neither a rider nor a rate that says its prices are missing needs to state charges that it has not.
    is_bare = bool(unpriced) or entry.has("rides_on")
    try:
        return Rate(
            key=RateKey(entry.text("key")),
            organization=organization,
            name=Text(en=name.text("en"), es=name.text("es")),
            coverage=entry.choice("coverage", Coverage),
            standard=entry.flag("standard"),
            effective_on=entry.day("effective_on"),
            seasons=_seasons_from(entry, is_bare=is_bare),
            fixed_usd_per_month=_charge(entry, "fixed_usd_per_month", is_bare=is_bare),
            fixed_usd_per_day=_charge(entry, "fixed_usd_per_day", is_bare=is_bare),
            minimum_bill_usd_per_month=_charge(entry, "minimum_bill_usd_per_month", is_bare=is_bare),
            rounding=Rounding.HALF_UP if entry.text("rounding") == _NOT_KNOWN else entry.choice("rounding", Rounding),
            rounding_known=entry.text("rounding") != _NOT_KNOWN,
            review_by=entry.day("review_by"),
            source=entry.text("source"),
            hourly_series=entry.text("hourly_series") if entry.has("hourly_series") else "",
            holidays=entry.text("holidays") if entry.has("holidays") else TERRITORY_HOLIDAYS,
            unpriced=unpriced,
            rides_on=_rides_on(entry),
        )
    except RateRefused as refused:
        raise entry.refuse(str(refused)) from refused


def _charge(entry: Table, key: str, *, is_bare: bool) -> Decimal:
    # Elsewhere a charge that is left out would be read as forgotten.
    return Decimal(0) if is_bare and not entry.has(key) else entry.decimal(key)


def _rides_on(entry: Table) -> tuple[RateKey, ...]:
    return tuple(RateKey(key) for key in entry.texts("rides_on")) if entry.has("rides_on") else ()


def _seasons_from(entry: Table, *, is_bare: bool) -> tuple[Season, ...]:
    if is_bare and not entry.has("seasons"):
        return ()
    return tuple(_season_from(season) for season in entry.tables("seasons", known=_SEASON_KEYS))


def _season_from(season: Table) -> Season:
    return Season(
        key=season.text("key"),
        months=season.integers("months"),
        weekday=_bands_from(season, "weekday"),
        weekend=_bands_from(season, "weekend"),
        prices=tuple(_price_from(price) for price in season.tables("prices", known=_PRICE_KEYS)),
    )


def _price_from(price: Table) -> RegisterPrice:
    steps = price.tables("steps", known=_STEP_KEYS) if price.has("steps") else ()
    return RegisterPrice(
        register=price.text("register"),
        usd_per_kwh=price.decimal("usd_per_kwh"),
        steps=tuple(
            PriceStep(from_kwh=step.decimal("from_kwh"), usd_per_kwh=step.decimal("usd_per_kwh")) for step in steps
        ),
        basis=price.choice("basis", StepBasis) if price.has("basis") else None,
    )


def _bands_from(season: Table, day: str) -> tuple[HourBand, ...]:
    return tuple(
        HourBand(
            from_hour=band.integer("from_hour"),
            to_hour=band.integer("to_hour"),
            register=band.text("register"),
        )
        for band in season.tables(day, known=_BAND_KEYS)
    )
