"""Reads one rate of a catalog file."""

from __future__ import annotations

from typing import Final

from evenroll.programs.program import Coverage
from evenroll.programs.rate import HourBand, Rate, RateRefused, RegisterPrice, Season
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
    }
)
_TEXT_KEYS: Final = frozenset({"en", "es"})
_SEASON_KEYS: Final = frozenset({"key", "months", "weekday", "weekend", "prices"})
_BAND_KEYS: Final = frozenset({"from_hour", "to_hour", "register"})
_PRICE_KEYS: Final = frozenset({"register", "usd_per_kwh"})


def rate_from(entry: Table, *, organization: OrganizationKey) -> Rate:
    """The rate that an entry states. Raises CatalogRefused."""
    name = entry.table("name", known=_TEXT_KEYS)
    try:
        return Rate(
            key=RateKey(entry.text("key")),
            organization=organization,
            name=Text(en=name.text("en"), es=name.text("es")),
            coverage=entry.choice("coverage", Coverage),
            standard=entry.flag("standard"),
            effective_on=entry.day("effective_on"),
            seasons=tuple(_season_from(season) for season in entry.tables("seasons", known=_SEASON_KEYS)),
            fixed_usd_per_month=entry.decimal("fixed_usd_per_month"),
            fixed_usd_per_day=entry.decimal("fixed_usd_per_day"),
            minimum_bill_usd_per_month=entry.decimal("minimum_bill_usd_per_month"),
            rounding=entry.choice("rounding", Rounding),
            review_by=entry.day("review_by"),
            source=entry.text("source"),
        )
    except RateRefused as refused:
        raise entry.refuse(str(refused)) from refused


def _season_from(season: Table) -> Season:
    return Season(
        key=season.text("key"),
        months=season.integers("months"),
        weekday=_bands_from(season, "weekday"),
        weekend=_bands_from(season, "weekend"),
        prices=tuple(
            RegisterPrice(register=price.text("register"), usd_per_kwh=price.decimal("usd_per_kwh"))
            for price in season.tables("prices", known=_PRICE_KEYS)
        ),
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
