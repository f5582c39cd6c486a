"""Who applies in the demo on which day: the example file on the first one, and those who come later on theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from evenroll.intake.row_reader import RowRules
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.demo_script import Scenario, load_script
from evenroll.runtime.territory_plan import TERRITORIES, TERRITORY

if TYPE_CHECKING:
    from evenroll.intake.result_file import ResultRow
    from evenroll.runtime.demo_run import DemoRun

_HOUR_OF_MAIL: Final = timedelta(hours=9)

Tell = Callable[[str], None]


def rules_on(day: date) -> RowRules:
    """How a row of the example file is read on a day."""
    return RowRules(
        today=day,
        organizations=frozenset(key for each in TERRITORIES for key in each.organizations),
        programs=frozenset(each.key for each in load_catalog().programs),
    )


def comers() -> tuple[tuple[datetime, tuple[Scenario, ...]], ...]:
    """Everybody who does not come on the first day, by the instant at which they do."""
    days = sorted({each.comes_on for each in load_script() if each.comes_on})
    where = calendar(TERRITORY)
    return tuple(
        (where.start_of_day(day) + _HOUR_OF_MAIL, tuple(each for each in load_script() if each.comes_on == day))
        for day in days
    )


def take_in(run: DemoRun, scenarios: Iterable[Scenario], *, driver: Callable[[], None], tell: Tell) -> None:
    """Enroll their rows of the example file through the door for files; who asks for the costs first brings the
    offer's number."""
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.runtime.demo_offers import file_with_offers, show_costs
    from evenroll.runtime.demo_run import example_file

    whole = tuple(scenarios)
    asked = show_costs(whole, clearinghouse=run.installation.clearinghouse, now=run.now)
    for key, each in asked.items():
        run.offers[key] = each.offer
        run.told.setdefault(key, set()).update(each.codes)
    keys = {each.key for each in whole}
    with file_with_offers(example_file(), offers=run.offers, keys=keys) as file:
        bulk = BulkRun(
            shape=file_shape(file),
            rules=rules_on(calendar(TERRITORY).business_date(run.now)),
            now=run.now,
            organizations=run.installation.organizations,
        )
        for row in run_file(bulk, driver=driver):
            _note_row(run, row, tell)


def _note_row(run: DemoRun, row: ResultRow, tell: Tell) -> None:
    run.results[row.application] = row
    if row.case:
        run.cases[row.application] = CaseNumber(row.case)
    tell(row.application)
