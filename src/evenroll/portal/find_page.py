"""The page of costs: what stands in it, said in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString

from evenroll.comparison.comparing import Compared, CompareQuestion
from evenroll.comparison.plot import parts_of
from evenroll.comparison.vehicle_need import BatteryTooSmall
from evenroll.comparison.words import assumed_of_all, named, share_of, title_of, use_of
from evenroll.enrollment.form import Language
from evenroll.pages.bills_figure import bills_figure
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.offer_words import assumption, hour_name
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, SummaryList, SummaryRow, Table, Tone
from evenroll.portal.find_answers import OTHER_BILLS, OTHER_VEHICLE, UNKNOWN_BILLS, UTILITY_BILLS, Answers
from evenroll.portal.find_asking import USUAL_MONTHLY_KWH, Asked, asked_of
from evenroll.portal.find_best import BestView, best_of
from evenroll.portal.find_data import own_use_of
from evenroll.portal.find_day import DayView, day_view
from evenroll.portal.find_forms import organization
from evenroll.portal.find_program import ProgramView, program_view
from evenroll.portal.find_table import bills_table
from evenroll.programs.vehicle_models import vehicle_list

CHECK: Final = "check"
"""In an address: tell what is wrong with the answers as they are kept."""
CHANGED: Final = "changed"
"""Likewise: the figures are no longer those that were shown."""
_OUTLET: Final = {1400: "find.outlet_wall", 7200: "find.outlet_charger", 11500: "find.outlet_fast"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PartView:
    """The programs that price one part of the bill, which alone are comparable."""

    heading: str
    share: str
    best: BestView | None
    programs: tuple[ProgramView, ...]
    figure: SafeString
    table: Table


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenView:
    """Programs that are not for this customer for one reason. programs: of each owner, its name first."""

    why: str
    programs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostsPage:
    """Everything of the page. others: programs without figures, which say why."""

    title: str
    use: str
    answers: SummaryList
    notices: tuple[Notice, ...]
    parts: tuple[PartView, ...]
    others: tuple[ProgramView, ...]
    hidden: tuple[HiddenView, ...]
    assumed: tuple[str, ...]
    day: DayView | None
    has_own_use: bool


def asked_now(request: PageRequest) -> Asked | str:
    """What this browser's answers come to; else the address of the question that is left, or does not fit."""
    answers = Answers.of(request)
    if answers.next_page != "find-costs":
        return reverse(answers.next_page)
    try:
        return asked_of(answers, own_use=lambda year: own_use_of(request, answers=answers, year=year))
    except BatteryTooSmall:
        return f"{reverse('find-charging')}?{CHECK}=1"


def costs_shown(request: PageRequest) -> CostsPage | str:
    """The page of costs for this browser's answers; an address as above."""
    asked = asked_now(request)
    return asked if isinstance(asked, str) else costs_page(request, asked, answers=Answers.of(request))


def costs_page(request: PageRequest, asked: Asked, *, answers: Answers) -> CostsPage:
    """The page for these answers."""
    found, question, language = asked.found, asked.question, request.language
    common = assumed_of_all(found)
    return CostsPage(
        title=title_of(question, language=language),
        use=use_of(question, language=language),
        answers=_answers(request, answers),
        notices=tuple(_notices(request, answers, found, has_own_use=asked.has_own_use)),
        parts=_parts(found, question=question, asked=asked, language=language),
        others=tuple(program_view(each, asked=asked, common=common, language=language) for each in found.others),
        hidden=_hidden(found, language=language),
        assumed=tuple(assumption(each, language=language) for each in common),
        day=day_view(request, found, asked=asked),
        has_own_use=asked.has_own_use,
    )


def _parts(found: Compared, *, question: CompareQuestion, asked: Asked, language: Language) -> tuple[PartView, ...]:
    common, year = assumed_of_all(found), str(question.on.year)
    title = render("find.figure_bills", language=language, parameters={"year": year})
    drawn = parts_of(found, question=question, language=language)
    figures = [bills_figure(each, title=f"{title} {each.heading}", language=language) for each in drawn]
    return tuple(
        PartView(
            heading=render(C.PART, language=language, parameters={"coverage": part.value}),
            share=share_of(part, found, language=language),
            best=best_of(programs, language=language),
            programs=tuple(program_view(each, asked=asked, common=common, language=language) for each in programs),
            figure=SafeString(figure),
            table=bills_table(programs, question=question, language=language),
        )
        for figure, (part, programs) in zip(figures, found.parts.items(), strict=True)
    )


def _hidden(found: Compared, *, language: Language) -> tuple[HiddenView, ...]:
    groups: dict[str, dict[str, list[str]]] = {}
    for each in found.hidden:
        owner = named(organization(each.program.organization).name, language=language)
        owners = groups.setdefault(render(each.reason, language=language), {})
        owners.setdefault(owner, []).append(named(each.program.name, language=language))
    return tuple(
        HiddenView(why=why, programs=tuple(f"{owner}: {', '.join(names)}" for owner, names in owners.items()))
        for why, owners in groups.items()
    )


def _notices(request: PageRequest, answers: Answers, found: Compared, *, has_own_use: bool) -> list[Notice]:
    keys: list[tuple[str, str]] = []
    if CHANGED in request.GET:
        keys.append(("find.notice_changed_title", "find.notice_changed"))
    if answers.billed_by == UNKNOWN_BILLS:
        keys.append(("find.notice_biller_title", "find.notice_biller"))
    if not (answers.monthly_kwh or has_own_use):
        keys.append(("find.notice_usual_title", "find.notice_usual"))
    if not found.parts and not found.others:
        keys.append(("find.notice_none_title", "find.notice_none"))
    kwh = USUAL_MONTHLY_KWH
    return [
        Notice(title=said(request, title), text=said(request, text, kwh=kwh), tone=Tone.WAITING) for title, text in keys
    ]


def _answers(request: PageRequest, answers: Answers) -> SummaryList:
    language = request.language
    rows = (
        ("find.row_place", named(organization(answers.utility).name, language=language), "find-program"),
        ("find.row_vehicle", _vehicle(request, answers), "find-vehicle"),
        ("find.row_charging", _charging(request, answers), "find-charging"),
        ("find.row_billing", _billing(request, answers), "find-billing"),
    )
    return SummaryList(rows=[_row(request, *row) for row in rows])


def _row(request: PageRequest, key: str, value: str, page: str) -> SummaryRow:
    name = said(request, key)
    return SummaryRow(name=name, value=value, href=reverse(page), change=said(request, "find.change"), change_what=name)


def _vehicle(request: PageRequest, answers: Answers) -> str:
    model = vehicle_list().model(answers.vehicle)
    if model is not None:
        return model.name
    assert answers.vehicle == OTHER_VEHICLE
    return said(request, "find.vehicle_other")


def _charging(request: PageRequest, answers: Answers) -> str:
    language = request.language
    return said(
        request,
        "find.charging_said",
        miles=answers.miles or 0,
        plug_in=hour_name(answers.plug_in_hour, language=language),
        unplug=hour_name(answers.unplug_hour, language=language),
        outlet=said(request, _OUTLET[answers.outlet_w]),
    )


def _billing(request: PageRequest, answers: Answers) -> str:
    language = request.language
    match answers.billed_by:
        case str(by) if by == UTILITY_BILLS:
            who = named(organization(answers.utility).name, language=language)
        case str(by) if by == OTHER_BILLS:
            who = said(request, "find.billed_by_other")
        case str(by) if by == UNKNOWN_BILLS:
            who = said(request, "find.billed_by_unknown")
        case by:
            who = named(organization(by).name, language=language)
    if not answers.monthly_kwh:
        return who
    return said(request, "find.billing_said", who=who, kwh=answers.monthly_kwh)
