"""What the demo prints: the funnel by row, two cases with their bills, and the check of every application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language
from evenroll.enrollment.rows import Row
from evenroll.enrollment.use_case import ROWS
from evenroll.pages.texts import has, render
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_case_view import view_case
from evenroll.runtime.demo_check import Checked
from evenroll.runtime.output_case import show_bill, show_offer, show_timeline
from evenroll.runtime.output_console import Output
from evenroll.runtime.territory_plan import TERRITORY


def funnel(checked: Iterable[Checked]) -> dict[str, dict[str, int]]:
    """By row of the use case, how many cases of each provider have an entry there; of row 1, which carry an offer."""
    cases = [each for each in checked if each.home]
    homes = sorted({each.home for each in cases})
    return {
        row.value: {home: sum(each.home == home and row.value in each.rows for each in cases) for home in homes}
        for row in (*ROWS, Row.ACTION)
    }


def show_funnel(found: Mapping[str, Mapping[str, int]], *, output: Output) -> None:
    """The funnel as a table."""
    output.heading("Cases of each provider by row of the use case")
    keys = list(next(iter(found.values())))
    output.table(
        ("row", "what", *keys),
        [(row, _row_title(row), *(counts[key] for key in keys)) for row, counts in found.items()],
    )


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
    show_timeline(view, output=output, zone=ZoneInfo(calendar(TERRITORY).zone))
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
