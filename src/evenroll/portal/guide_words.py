"""When energy costs least on a rate, in words and as a table: by season, by day, by hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from evenroll.costs.cheap_hours import CheapHours, CheapRule, cheapest_registers
from evenroll.enrollment.form import Language
from evenroll.pages.formats import month_name, unit_price
from evenroll.pages.offer_words import hour_name
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Cell, Table
from evenroll.programs.rate import HourBand, Rate, Season
from evenroll.programs.tariff_holidays import NO_HOLIDAYS

_ALL_MONTHS: Final = 12
_DAY_HOURS: Final = 24
_WEEK: Final = (0, 1, 2, 3, 4, 5, 6)
_DAYS: Final = ("guide.day_0", "guide.day_1", "guide.day_2", "guide.day_3", "guide.day_4", "guide.day_5", "guide.day_6")
_GROUPS: Final = {_WEEK: "guide.every_day", _WEEK[:5]: "guide.workdays", _WEEK[5:]: "guide.weekend"}


def cheap_sentences(hours: CheapHours, *, language: Language) -> tuple[str, ...]:
    """A sentence for each rule: which months, which days, from when to when."""
    return tuple(_sentence(each, language) for each in hours.rules)


def price_tables(rate: Rate, *, language: Language) -> tuple[Table, ...]:
    """Every band of a season with its price, the cheapest marked; a table for each season."""
    return tuple(_table(rate, each, language) for each in rate.seasons)


def _table(rate: Rate, season: Season, language: Language) -> Table:
    heads = ("guide.between", "guide.when", "guide.price")
    return Table(
        caption=render("guide.prices", language=language, parameters={"months": _months(season.months, language)}),
        columns=[Cell(text=render(each, language=language)) for each in heads],
        rows=list(_rows(rate, season, language)),
    )


def _sentence(rule: CheapRule, language: Language) -> str:
    given = {
        "months": _months(rule.months, language),
        "days": _days(rule.weekdays, language),
        "from": hour_name(rule.from_hour, language=language),
        "to": hour_name((rule.from_hour + rule.hours) % _DAY_HOURS, language=language),
        "hours": str(rule.hours),
    }
    # Longer than a day no hour of the clock tells when it ends.
    key = "guide.rule" if rule.hours < _DAY_HOURS else "guide.rule_long"
    return render(key, language=language, parameters=given)


def _rows(rate: Rate, season: Season, language: Language) -> Iterator[list[Cell]]:
    weekend = "guide.weekend" if rate.holidays == NO_HOLIDAYS else "guide.weekend_holidays"
    kinds = ((season.weekday, "guide.workdays"), (season.weekend, weekend))
    if season.weekday == season.weekend:
        kinds = ((season.weekday, "guide.every_day"),)
    cheapest = cheapest_registers(season)
    for bands, days in kinds:
        for band in bands:
            price = unit_price(season.price(band.register), language=language).partition(" ")[0]
            if band.register in cheapest and len(season.prices) > 1:
                price = render("guide.least", language=language, parameters={"price": price})
            yield [Cell(text=_band(band, language)), Cell(text=render(days, language=language)), Cell(text=price)]


def _band(band: HourBand, language: Language) -> str:
    if (band.from_hour, band.to_hour) == (0, _DAY_HOURS):
        return render("guide.all_day", language=language)
    ends = {
        "from": hour_name(band.from_hour, language=language),
        "to": hour_name(band.to_hour, language=language),
    }
    return render("guide.band", language=language, parameters=ends)


def _months(months: Sequence[int], language: Language) -> str:
    """Months on end as a span, also past the end of the year; else one by one."""
    if len(months) == _ALL_MONTHS:
        return render("guide.all_year", language=language)
    names = {each: month_name(date(2026, each, 1), language=language) for each in months}
    firsts = [each for each in months if (each - 2) % _ALL_MONTHS + 1 not in months]
    if len(firsts) == 1 and len(months) > 1:
        last = (firsts[0] + len(months) - 2) % _ALL_MONTHS + 1
        ends = {"first": names[firsts[0]], "last": names[last]}
        return render("guide.months", language=language, parameters=ends)
    said = ", ".join(names.values())
    return f"{said[:1].upper()}{said[1:]}"


def _days(weekdays: tuple[int, ...], language: Language) -> str:
    if weekdays in _GROUPS:
        return render(_GROUPS[weekdays], language=language)
    return ", ".join(render(_DAYS[each], language=language) for each in weekdays)
