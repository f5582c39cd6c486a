"""Advice about one program: what a home needs for it, what to set in the car or charger, and what comes afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse

from evenroll.accounts import wired
from evenroll.costs.cheap_hours import CheapHours, cheap_hours, has_cheap_hours
from evenroll.enrollment.form import Language
from evenroll.pages.calendar_file import CalendarTold, calendar_file
from evenroll.pages.formats import day
from evenroll.pages.offer_words import terms_said
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_widgets import SummaryList, SummaryRow
from evenroll.portal.case_reading import own_case
from evenroll.portal.enroll_choice import in_words, program_asked
from evenroll.portal.guide_words import cheap_sentences, price_tables
from evenroll.programs.catalog import RateUnknown, is_published, load_catalog
from evenroll.programs.program import Activation, ProgramVersion
from evenroll.programs.rate import Rate, is_hourly
from evenroll.programs.rules import RuleKind
from evenroll.programs.tariff_holidays import NO_HOLIDAYS
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.records.organizations import organization_calendars

_ASPECTS: Final = ("guide.what", "guide.home", "guide.who", "guide.permit")
_WAYS: Final = (
    ("guide.cordset", ("guide.cordset_what", "guide.cordset_home", "guide.cordset_who", "guide.cordset_permit")),
    ("guide.evse", ("guide.evse_what", "guide.evse_home", "guide.evse_who", "guide.evse_permit")),
    ("guide.unit", ("guide.unit_what", "guide.unit_home", "guide.unit_who", "guide.unit_permit")),
)
_TO_LOOK_AT: Final = ("guide.look_outlet", "guide.look_panel", "guide.look_meter", "guide.look_leave")
_FOR_THE_PERMIT: Final = (
    "guide.permit_asks",
    "guide.permit_load",
    "guide.permit_listed",
    "guide.permit_number",
    "guide.permit_inspected",
    "guide.permit_receipts",
)
_HOW: Final = ("guide.how_one", "guide.how_end", "guide.how_plug", "guide.how_check")


@dataclass(frozen=True, kw_only=True, slots=True)
class Guided:
    """A program that advice is given about. case: the number of the reader's own case; empty before there is one.

    is_open: whether one can enroll in it here, and has not.
    """

    program: ProgramVersion
    calendar: ServiceCalendar
    on: date
    case: str = ""
    is_open: bool = False

    @property
    def rate(self) -> Rate | None:
        """The rate that it brings, as it stands on the day; None where the catalog has none."""
        try:
            return load_catalog().rate(self.program.rate, on=self.on) if self.program.rate else None
        except RateUnknown:
            return None

    @property
    def hours(self) -> CheapHours:
        """When energy costs least; empty where the clock does not tell."""
        rate = self.rate
        if rate is None:
            return CheapHours(rules=(), singles=())
        return cheap_hours(rate, calendar=self.calendar, from_on=self.on)

    def address(self, page: str) -> str:
        """A page of advice about it, beside this one."""
        return reverse(f"case-{page}", args=(self.case,)) if self.case else reverse(page, args=(self.program.key,))


@dataclass(frozen=True, kw_only=True, slots=True)
class WayView:
    """One way to charge at home."""

    name: str
    about: SummaryList


def guided_program(key: str) -> Guided:
    """A program that is open here or in the catalog. Raises Http404."""
    found = program_asked(key)
    if found is not None:
        of = organization_calendars((found.organization,))[found.organization]
        return Guided(program=found, calendar=of, on=of.business_date(wired.business_now()), is_open=True)
    catalog = load_catalog()
    for program in reversed(catalog.programs):
        owner = next(each for each in catalog.organizations if each.key == program.organization)
        on = calendar(owner.calendar).business_date(wired.business_now())
        if program.key == key and is_published(program, on=on):
            return Guided(program=program, calendar=calendar(owner.calendar), on=on)
    raise Http404


def guided_case(request: PageRequest, number: str) -> Guided:
    """The program of the reader's own case, in the version that the case has. Raises Http404."""
    own = own_case(request, number)
    if own.program is None:
        raise Http404
    return Guided(program=own.program, calendar=own.calendar, on=own.today, case=own.case.number)


def equipment_page(guided: Guided, *, language: Language) -> dict[str, Any]:
    """Rows 6 to 8: what the program asks for, the ways to charge, what to look at, the permit."""
    program = guided.program
    asked = terms_said(program, language=language)
    listed = any(each.kind is RuleKind.EQUIPMENT_APPROVED for each in program.rules)
    return {
        **_frame(guided, "guide.equipment_title", language=language),
        "asked": [*asked.equipment, *asked.meter, *([render("guide.listed", language=language)] if listed else [])],
        "ways": [WayView(name=render(name, language=language), about=_about(texts, language)) for name, texts in _WAYS],
        "look_at": [render(each, language=language) for each in _TO_LOOK_AT],
        "for_permit": [render(each, language=language) for each in _FOR_THE_PERMIT],
        "documents": asked.documents,
        "other": guided.address("program-settings"),
    }


def settings_page(guided: Guided, *, language: Language) -> dict[str, Any]:
    """Rows 9 and 10: when energy costs least, what to set, events, leaving."""
    program, rate, hours = guided.program, guided.rate, guided.hours
    asked = terms_said(program, language=language)
    is_steered = program.activation is not Activation.PRICE
    has_holidays = bool(hours.rules) and rate is not None and rate.holidays != NO_HOLIDAYS
    after = "guide.after_control" if is_steered else "guide.after_price"
    return {
        **_frame(guided, "guide.settings_title", language=language),
        "leads": [render(each, language=language) for each in _leads(rate, is_steered=is_steered)],
        "cheap": cheap_sentences(hours, language=language),
        "holidays": render("guide.holidays", language=language) if has_holidays else "",
        "tables": price_tables(rate, language=language) if rate is not None and hours.rules else (),
        "file": guided.address("program-hours") if hours.rules else "",
        "how": [render(each, language=language) for each in _HOW] if hours.rules else [],
        "after": [render(after, language=language), *asked.events, *asked.leaving],
        "other": guided.address("program-equipment"),
    }


def hours_file(guided: Guided, *, language: Language) -> str:
    """The calendar file of its cheap hours. Raises Http404 where it has none."""
    hours, program = guided.hours, guided.program
    if not hours.rules:
        raise Http404
    name = in_words(program.name, language)
    told = CalendarTold(
        about=f"{program.key}/{program.version}",
        title=render("guide.calendar_event", language=language, parameters={"program": name}),
        text=render("guide.calendar_note", language=language, parameters={"on": day(guided.on, language=language)}),
        zone=ZoneInfo(guided.calendar.zone),
        at=wired.business_now(),
    )
    return calendar_file(told, hours=hours)


def _frame(guided: Guided, title: str, *, language: Language) -> dict[str, Any]:
    name = in_words(guided.program.name, language)
    return {
        "title": render(title, language=language, parameters={"program": name}),
        "summary": in_words(guided.program.summary, language),
        "case": guided.case,
        "program": guided.program.key,
        "can_enroll": guided.is_open,
    }


def _about(texts: tuple[str, ...], language: Language) -> SummaryList:
    rows = zip(_ASPECTS, texts, strict=True)
    return SummaryList(
        rows=[SummaryRow(name=render(a, language=language), value=render(t, language=language)) for a, t in rows]
    )


def _leads(rate: Rate | None, *, is_steered: bool) -> tuple[str, ...]:
    steered = ("guide.settings_control",) if is_steered else ()
    if rate is not None and has_cheap_hours(rate):
        return (*steered, "guide.settings_hours")
    if rate is not None and is_hourly(rate):
        return (*steered, "guide.settings_hourly")
    return steered or ("guide.settings_level",)
