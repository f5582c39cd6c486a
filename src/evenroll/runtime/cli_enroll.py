"""`evenroll enroll`: a file of applications, through every row that nobody has to wait for."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evenroll.enrollment.form import Channel, Language
from evenroll.intake.file_shape import FileFormat, FileRefused, FileShape, file_shape
from evenroll.intake.result_file import ResultRefused, ResultRow, result_writer
from evenroll.intake.row_reader import RowRules
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.cli_exit import ExitCode, wrong_use
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.intake.bulk import BulkRun

PROBLEMS_SHOWN = 20
PROBLEMS_KEPT = 1_000
"""So many go into JSON; a file of a million may be wrong in each row, and all of it stands in the result file."""
WORTH_A_PROCESS = 1_000
"""So many rows for each process; fewer are sooner done by one."""
IN_HAND = 2_000
"""So many applications are in hand at once at most: each holds a lock that the database keeps in its memory."""


@dataclass(slots=True)
class Problems:
    """What is told of the rows beside the result file: the first sentences, and how many there are in all."""

    first: list[str] = field(default_factory=list[str])
    count: int = 0

    def note(self, row: ResultRow) -> None:
        """Add what a row has to say: all that a row which was not accepted does, and what is held."""
        accepted = row.result == "accepted"
        said = [each["sentence"] for each in row.problems if not accepted or each["code"] == "held"]
        self.count += len(said)
        self.first += said[: PROBLEMS_KEPT - len(self.first)]


def enroll(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header, or JSON Lines.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where the results go; else beside the file.")] = None,
    organization: OrganizationOption = "",
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="A column that is not to be read.")] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the sentences in the result.")] = Language.EN,
    processes: Annotated[
        int, typer.Option("--processes", min=0, help="Share a long file; else one for each processor.")
    ] = 0,
) -> None:
    """Enroll the applications of a file; the same file again goes on where it stopped.

    Example: evenroll --demo enroll applications.csv --out results.csv
    """
    output = Output(json=asked.json)
    _refuse_irregular(file)
    shape = file_shape(file)
    _tell_not_ignored(output, shape, ignore or ())
    result = out or _beside(file, shape.format)
    if result.resolve() == file.resolve():
        raise wrong_use("--out names the file of applications itself. Name another one for the results.")
    with session():
        from evenroll.intake.bulk import BATCH_MAX, BulkRun

        many = min(processes or os.cpu_count() or 1, 1 + shape.lines // WORTH_A_PROCESS)
        run = BulkRun(
            shape=shape,
            rules=_rules(organization),
            now=business_now(),
            organizations=organizations_here(),
            language=language,
            ignore=frozenset(ignore or ()),
            batch=min(BATCH_MAX, max(1, IN_HAND // many)),
        )
        counts, problems = _run(run, result, output, processes=many)
    _report(output, counts, problems, result)
    if counts["bad_row"] or counts["refused"] or counts["failed"]:
        raise typer.Exit(ExitCode.SOME_ROWS_FAILED)


def _run(run: BulkRun, result: Path, output: Output, *, processes: int) -> tuple[Counter[str], Problems]:
    from evenroll.intake.bulk import run_file
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.batch_lane import BatchLane
    from evenroll.worker.driver import run_until_idle

    installation = wired_installation()
    counts: Counter[str] = Counter()
    problems = Problems()
    lane = BatchLane(installation=installation, now=run.now)

    def drive() -> None:
        run_until_idle(installation, now=run.now)

    # Before anything is shown: processes begin as copies of this one, and a bar is drawn by a thread.
    rows = run_file(run, driver=drive, lane=lane, processes=processes)
    try:
        with result_writer(result, format=run.shape.format) as writer, _progress(output, run.shape.lines) as progress:
            for row in rows:
                writer.write(row)
                counts[row.result] += 1
                problems.note(row)
                progress.advance(progress.task_ids[0])
    except ResultRefused as error:
        raise FileRefused(str(error)) from None
    return counts, problems


def _refuse_irregular(file: Path) -> None:
    """A file is read twice, for its hash and for its rows: a device never ends, and a pipe is empty by then."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise wrong_use(f"{file} is no regular file. Save what it gives to a file first, and name that one.")


def _tell_not_ignored(output: Output, shape: FileShape, ignore: Iterable[str]) -> None:
    """Columns that were to be ignored and are not there: perhaps another name was meant."""
    if shape.format is not FileFormat.CSV:
        return
    with shape.path.open(encoding=shape.encoding, errors="replace", newline="") as text:
        head = next((row for row in csv.reader(text, delimiter=shape.separator) if any(row)), [])
    for column in ignore:
        if column not in {each.strip() for each in head}:
            output.note(f"--ignore {column}: the file has no such column. Check the name.")


def _rules(organization: str) -> RowRules:
    from evenroll.enrollment.roles import OrganizationKind
    from evenroll.quantities.calendars import calendar
    from evenroll.records.models import Organization
    from evenroll.records.organizations import organization_keys

    takes: list[str] = [
        *organization_keys(kind=OrganizationKind.UTILITY),
        *organization_keys(kind=OrganizationKind.SUPPLIER),
    ]
    organizations_here(organization)
    if organization and organization not in takes:
        raise wrong_use(f"{organization} takes no applications. Name one of {', '.join(takes)}.")
    calendars = Organization.objects.values_list("calendar", flat=True)
    catalog = load_catalog()
    return RowRules(
        today=max(calendar(key).business_date(business_now()) for key in calendars),
        organizations=frozenset(takes),
        programs=frozenset(each.key for each in catalog.programs),
        programs_of={
            key: frozenset(each.key for each in catalog.programs if each.organization == key) for key in takes
        },
        organization=organization,
        channel=Channel.BULK,
    )


@contextmanager
def _progress(output: Output, lines: int) -> Iterator[Progress]:
    """A bar on standard error, where a person can see it and no pipe is in its way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = output.err.is_terminal and not output.json
    with Progress(*columns, console=output.err, transient=True, disable=not shown) as progress:
        progress.add_task("applications", total=max(lines - 1, 1))
        yield progress


def _beside(file: Path, format_: FileFormat) -> Path:
    return file.with_name(f"{file.stem}.results.{format_.value}")


def _report(output: Output, counts: Counter[str], problems: Problems, result: Path) -> None:
    told = {each: counts[each] for each in ("accepted", "refused", "bad_row", "failed")}
    output.data({**told, "results": str(result), "database": asked.database, "problems": problems.first})
    turned_down = told["refused"] + told["failed"]
    output.say(
        f"{sum(counts.values())} rows: {told['accepted']} accepted, {turned_down} refused, {told['bad_row']} bad."
    )
    output.say(*problems.first[:PROBLEMS_SHOWN])
    if problems.count > PROBLEMS_SHOWN:
        output.say(f"... and {problems.count - PROBLEMS_SHOWN} more in the result file.")
    output.say(f"Every row with its case number, decision and findings: {result}")
