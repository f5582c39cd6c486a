"""What the demo prints: the funnel by row, two cases with their bills, and the check of every application."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.use_case import ROWS
from evenroll.pages.texts import has, render
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_case_view import view_case
from evenroll.runtime.cli_report import show_funnel, write_drawing
from evenroll.runtime.demo_check import Checked
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.output_case import show_bill, show_offer, show_timeline
from evenroll.runtime.output_console import Output
from evenroll.runtime.territory_plan import TERRITORY

if TYPE_CHECKING:
    from evenroll.records.funnel import Funnel


def funnel(checked: Iterable[Checked]) -> dict[str, dict[str, int]]:
    """By row of the use case, how many cases of each provider have an entry there; of row 1, which carry an offer."""
    cases = [each for each in checked if each.home]
    homes = sorted({each.home for each in cases})
    return {
        row.value: {home: sum(each.home == home and row.value in each.rows for each in cases) for home in homes}
        for row in (*ROWS, Row.ACTION)
    }


def show_rows(found: Mapping[str, Mapping[str, int]], *, output: Output) -> None:
    """How many cases went through each row, as a table."""
    output.heading("Cases of each provider by row of the use case")
    keys = list(next(iter(found.values())))
    output.table(
        ("row", "what", *keys),
        [(row, _row_title(row), *(counts[key] for key in keys)) for row, counts in found.items()],
    )


def providers(organizations: Iterable[OrganizationKey]) -> tuple[Funnel, ...]:
    """The report of everyone who delivers or supplies here and had a case."""
    from evenroll.records.queries import Viewer
    from evenroll.records.report_figures import report_with_money
    from evenroll.runtime.cli_report import caught_up

    keys = caught_up(organizations)
    found = (report_with_money(Viewer(organization=key, role=Role.SYSTEM)).funnel for key in keys)
    return tuple(each for each in found if each.stages and each.stages[0].reached)


def show_providers(found: Iterable[Funnel], *, output: Output) -> None:
    """The whole report of each provider."""
    for each in found:
        show_funnel(each, output, language=Language.EN)


def drawn(found: Iterable[Funnel]) -> Path:
    """The report of whoever had most cases as a drawing in the home of this installation: where it is."""
    most = max(found, key=lambda each: each.stages[0].reached)
    out = evenroll_home(os.environ) / "demo_report.svg"
    write_drawing(out, most, language=Language.EN)
    return out


def show_example(checked: Checked, *, output: Output, organizations: Iterable[OrganizationKey]) -> None:
    """One case as a timeline with its bills."""
    if checked.number is None:
        return
    view = view_case(checked.number, organizations=organizations, language=Language.EN)
    if view is None:
        return
    output.heading(f"{checked.scenario.key}: {checked.scenario.title}")
    output.say(f"{checked.number} · {view.case.organization} · {view.case.chosen.program if view.case.chosen else ''}")
    show_offer(view, output=output, language=Language.EN)
    show_timeline(view, output=output, language=Language.EN, zone=ZoneInfo(calendar(TERRITORY).zone))
    for bill in view.bills:
        show_bill(bill, output=output, language=Language.EN)


def show_check(checked: Iterable[Checked], *, output: Output) -> None:
    """Expected against actual, application by application."""
    output.heading("Expected against actual")
    output.table(
        ("", "application", "case", "came to", "what it shows"),
        [
            (
                "ok" if each.equal else "DIFFERS",
                each.scenario.key,
                each.number or "-",
                _came_to(each),
                each.scenario.title if each.equal else "; ".join(each.differences),
            )
            for each in checked
        ],
    )


def _came_to(checked: Checked) -> str:
    if "bad_row" in checked.actual:
        return f"bad row: {', '.join(checked.actual['bad_row'])}"
    waits = checked.actual.get("waits_on")
    return f"{checked.actual.get('status', '?')}{f', waits on {waits}' if waits else ''}"


def _row_title(row: str) -> str:
    return render(f"row.{row}", language=Language.EN) if has(f"row.{row}") else row
