"""The parts of a report that go by the calendar: what waits by its due date, what each program enrolled by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from evenroll.backoffice.reports_parts import DUE_WORDS, Of, Part, Shown, Told, counted
from evenroll.enrollment.roles import Role
from evenroll.pages.formats import month_name, number
from evenroll.pages.report_figure import Bar, Columns, Piece, bars_figure, months_figure
from evenroll.pages.texts import key_of
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.report_backlog import Due

MONTHS_MOST: Final = 24
"""The last ones that were chosen: more columns would be too narrow for a phone."""
_WIDE: Final = 12
_LETTERS: Final = 3


def backlog(told: Told) -> Part:
    """What waits now, by whom it waits on and when it is due; no choice takes a part of it."""
    waits, title = told.backlog.waits, told.say("reports.backlog")
    bars = [
        Bar(
            name=told.say(DUE_WORDS[due]),
            figure=number(told.backlog.of(due), language=told.language),
            pieces=(Piece(kind=_kind(due), begin=0, until=told.backlog.of(due)),),
        )
        for due in Due
    ]
    return Part(
        key="backlog",
        title=title,
        note=told.say("reports.backlog_note"),
        heads=[told.say("desk.owner"), *(told.say(DUE_WORDS[due]) for due in Due)],
        rows=[_waits_row(told, role, by_due) for role, by_due in waits.items()],
        figure=bars_figure(bars, title=title) if waits else "",
    )


def uptake(told: Told) -> Part:
    """How many cases each program enrolled in a month."""
    months, title = _months(told), told.say("reports.uptake")
    programs = _by_program(told)
    drawn = [
        Columns(
            name=program,
            total=number(sum(by_month.values()), language=told.language),
            counts=tuple(by_month.get(month, 0) for month in months),
        )
        for program, by_month in programs.items()
    ]
    letters = _LETTERS if len(months) <= _WIDE else 1
    short = [month_name(month, language=told.language)[:letters] for month in months]
    return Part(
        key="uptake",
        title=title,
        note=told.say("reports.uptake_note", most=MONTHS_MOST),
        heads=[
            told.say("reports.program"),
            told.say("reports.sum"),
            *(f"{month_name(month, language=told.language)[:_LETTERS]} {month.year}" for month in months),
        ],
        rows=[_uptake_row(told, program, by_month, months) for program, by_month in programs.items()],
        figure=months_figure(drawn, months=short, title=title) if programs else "",
    )


def _kind(due: Due) -> str:
    return "part" if due in {Due.LONG_OVER, Due.OVER} else "whole"


def _waits_row(told: Told, role: Role, by_due: Mapping[Due, int]) -> Sequence[Shown]:
    cells = [_waits(told, role, due, by_due[due]) for due in Due]
    return (Shown(text=told.say(key_of(role))), *cells)


def _waits(told: Told, role: Role, due: Due, count: int) -> Shown:
    return counted(told, count, of=Of.DUE, code=f"{role.value}:{due.value}", chosen=type(told.chosen)())


def _months(told: Told) -> Sequence[date]:
    """The last months of the choice, to the last one in which anything was counted."""
    chosen = told.chosen
    within = [
        each
        for each in told.report.months
        if (chosen.since is None or each >= chosen.since) and (chosen.until is None or each <= chosen.until)
    ]
    return within[-MONTHS_MOST:]


def _by_program(told: Told) -> dict[ProgramKey, dict[date, int]]:
    found: dict[ProgramKey, dict[date, int]] = {}
    for each in told.report.uptake:
        found.setdefault(each.program, {})[each.month] = each.cases
    return found


def _uptake_row(
    told: Told, program: ProgramKey, by_month: Mapping[date, int], months: Sequence[date]
) -> Sequence[Shown]:
    return (
        Shown(text=program),
        counted(told, sum(by_month.values()), of=Of.PROGRAM, code=program),
        *(
            counted(
                told,
                by_month.get(month, 0),
                of=Of.PROGRAM,
                code=program,
                chosen=replace(told.chosen, since=month, until=month),
            )
            for month in months
        ),
    )
