"""A day's charging against the prices of one program, drawn and as a table, with the way to the other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from evenroll.comparison.comparing import Compared, ProgramCosts, day_of_program
from evenroll.comparison.words import named
from evenroll.costs.charging_day import ChargingHour
from evenroll.enrollment.form import Language
from evenroll.pages.day_figure import HourBar, day_figure
from evenroll.pages.formats import energy, unit_price
from evenroll.pages.offer_words import hour_name
from evenroll.pages.texts import Parameter, render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_widgets import Cell, Table
from evenroll.portal.find_asking import Asked
from evenroll.quantities.calendars import calendar

_WEDNESDAY: Final = 2
_NIGHT: Final = timedelta(days=2)
_WEEK: Final = 7
_NAMED_EVERY: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class DayLink:
    """Another program whose day can be seen. query: of the address."""

    name: str
    query: str
    is_shown: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DayView:
    """The day of one program. text: which day, which program."""

    text: str
    figure: SafeString
    table: Table
    links: tuple[DayLink, ...]


def day_view(request: PageRequest, found: Compared, *, asked: Asked) -> DayView | None:
    """The day of the program that the address names, else of the first; None where none has prices of its own."""
    programs = [each for each, _ in found.figures]
    wanted = request.GET.get("day", "")
    day = _last_wednesday(asked.question.on - _NIGHT)
    for each in sorted(programs, key=lambda each: each.program.key != wanted):
        hours = day_of_program(asked.question, program=each.program, catalog=asked.catalog, day=day)
        if hours:
            links = _links(programs, shown=each, language=request.language)
            return _view(each, hours, links=links, zone=_zone(asked), language=request.language)
    return None


def _view(
    each: ProgramCosts,
    hours: tuple[ChargingHour, ...],
    *,
    links: tuple[DayLink, ...],
    zone: ZoneInfo,
    language: Language,
) -> DayView:
    first_on = hours[0].at.astimezone(zone).date()
    given: dict[str, Parameter] = {"program": named(each.program.name, language=language), "from_on": first_on}
    title = render("find.day_text", language=language, parameters=given)
    bars = [
        HourBar(
            name=_name(hour.at.astimezone(zone).hour, language=language),
            usd_per_kwh=hour.usd_per_kwh,
            now_wh=hour.at_once_wh,
            managed_wh=hour.cheapest_wh,
        )
        for hour in hours
    ]
    return DayView(
        text=title,
        figure=SafeString(day_figure(bars, title=title, language=language)),
        table=_table(hours, title=title, zone=zone, language=language),
        links=links,
    )


def _name(hour: int, *, language: Language) -> str:
    """Few hours are named beneath the drawing, so that they can be read."""
    return "" if hour % _NAMED_EVERY else hour_name(hour, language=language)


def _table(hours: tuple[ChargingHour, ...], *, title: str, zone: ZoneInfo, language: Language) -> Table:
    heads = ("find.day_hour", "find.day_price", "find.day_now", "find.day_managed")
    return Table(
        caption=title,
        columns=[Cell(text=render(each, language=language), is_number=place > 0) for place, each in enumerate(heads)],
        rows=[
            [
                Cell(text=hour_name(each.at.astimezone(zone).hour, language=language)),
                Cell(text=unit_price(each.usd_per_kwh, language=language), is_number=True),
                Cell(text=energy(each.at_once_wh, language=language), is_number=True),
                Cell(text=energy(each.cheapest_wh, language=language), is_number=True),
            ]
            for each in hours
        ],
    )


def _links(programs: Sequence[ProgramCosts], *, shown: ProgramCosts, language: Language) -> tuple[DayLink, ...]:
    return tuple(
        DayLink(
            name=named(each.program.name, language=language),
            query=f"?{urlencode({'day': each.program.key})}#day",
            is_shown=each is shown,
        )
        for each in programs
    )


def _zone(asked: Asked) -> ZoneInfo:
    return ZoneInfo(calendar(asked.question.organization.calendar).zone)


def _last_wednesday(on: date) -> date:
    return on - timedelta(days=(on.weekday() - _WEDNESDAY) % _WEEK)
