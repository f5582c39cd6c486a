"""`evenroll export`: what goes back to the utility's own systems, as a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from evenroll.intake.export_file import ExportFormat, write_export
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.result_file import ResultRefused
from evenroll.records.export_terms import COLUMNS, ExportKind
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

_ENDINGS = {ExportFormat.CSV: "csv", ExportFormat.PARQUET: "parquet", ExportFormat.ESPI: "xml"}


def export(
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help="What to export; see docs/loading.md.")],
    organization: Annotated[str, typer.Option("--organization", metavar="KEY", help="Out of whose books.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="Only what is of this day or later.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Where it goes; else KIND.csv here.")] = None,
    format_: Annotated[
        ExportFormat, typer.Option("--format", help="espi: XML of the customer schema, for agreements.")
    ] = ExportFormat.CSV,
) -> None:
    """Write what the organization's own systems need back: rate changes, meter orders, credits, notices, agreements.

    Example: evenroll export rate_changes --organization lakeland-electric --since 2026-11-01 --out changes.csv
    """
    output = Output(json=asked.json)
    if format_ is ExportFormat.ESPI and kind is not ExportKind.AGREEMENTS:
        raise wrong_use(f"--format espi is for agreements; {kind.value} go as csv or parquet.")
    path = out or Path(f"{kind.value}.{_ENDINGS[format_]}")
    since_on = _since(since)
    with session():
        from evenroll.records.exports import EXPORTS
        from evenroll.records.organizations import open_organization

        keys = organizations_here(organization)
        if not organization:
            raise wrong_use(f"Say out of whose books: --organization KEY, one of {', '.join(keys)}.")
        now = business_now()
        try:
            with open_organization(keys[0]):
                rows = EXPORTS[kind](since_on)
                count = write_export(path, rows, columns=COLUMNS[kind], format=format_, now=now)
        except ResultRefused as error:
            raise FileRefused(str(error)) from None
    output.data({"kind": kind.value, "organization": keys[0], "rows": count, "file": str(path), "since": since_on})
    output.say(f"{count} rows of {kind.value} are in {path}.")


def _since(text: str) -> date | None:
    return option_day(text, option="--since") if text else None
