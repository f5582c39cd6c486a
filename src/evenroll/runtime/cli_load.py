"""`evenroll load`: a file of a utility's own data, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.load_source import Source, source_of
from evenroll.intake.load_texts import FaultsFile, fault_sentence, faults_file
from evenroll.intake.result_file import ResultRefused
from evenroll.pages.texts import render
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.load_terms import LoadFault, LoadKind, Standing
from evenroll.runtime.cli_days import option_day
from evenroll.runtime.cli_exit import ExitCode, refused, wrong_use
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.intake.load_file import Loaded

FAULTS_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadOptions:
    """What is said on the command line."""

    kind: Annotated[LoadKind, typer.Argument(metavar="KIND", help="What the file holds; see docs/loading.md.")]
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header, or Parquet.")]
    organization: Annotated[str, typer.Option("--organization", metavar="KEY", help="Into whose books.")] = ""
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day whose books the file tells.")] = ""
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how the file differs from the books.")] = False
    dates: Annotated[
        DateOrder, typer.Option("--dates", help="What 03/04/2026 means: mdy is March 4, dmy is April 3.")
    ] = DateOrder.UNSAID
    columns: Annotated[
        list[str] | None, typer.Option("--columns", metavar="OURS=THEIRS", help="A column of another name.")
    ] = None
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="A column that is not to be read.")] = None
    errors: Annotated[Path | None, typer.Option("--errors", help="Where errors go; else beside the file.")] = None
    language: Annotated[Language, typer.Option("--language", help="Of the sentences about errors.")] = Language.EN


def load(options: LoadOptions) -> None:
    """Load a file of the organization's own data, whole or not at all; the same file again changes nothing.

    Example: evenroll load usage_points points.csv --organization lakeland-electric --as-of 2026-11-23 --dry-run
    """
    output = Output(json=asked.json)
    source = source_of(options.file)
    errors = options.errors or options.file.with_name(f"{options.file.stem}.errors.csv")
    if errors.resolve() == options.file.resolve():
        raise wrong_use("--errors names the file of data itself. Name another one for the errors.")
    mapped = _mapped(options.columns or ())
    with session():
        key = _organization(options.organization)
        loaded, shown = _load(options, source, key=key, mapped=mapped, errors=errors)
    _tell(output, options, source, loaded=loaded, shown=shown, errors=errors)
    if loaded.faults:
        raise typer.Exit(ExitCode.SOME_ROWS_FAILED)


def _load(
    options: LoadOptions, source: Source, *, key: OrganizationKey, mapped: dict[str, str], errors: Path
) -> tuple[Loaded, list[str]]:
    from evenroll.intake.load_file import LoadRefused, load_file
    from evenroll.intake.load_hand import LoadAsked

    now = business_now()
    asked_for = LoadAsked(
        organization=key,
        kind=options.kind,
        source=source,
        as_of_on=_as_of(options.as_of, key, now),
        now=now,
        dry_run=options.dry_run,
        dates=options.dates,
        mapped=mapped,
        ignored=frozenset(options.ignore or ()),
    )
    shown: list[str] = []
    try:
        with faults_file(errors, language=options.language) as file:
            loaded = load_file(asked_for, tell=lambda fault: _note(fault, file, shown, options.language))
    except LoadRefused as error:
        raise refused(str(error), reason="load_refused") from None
    except ResultRefused as error:
        raise FileRefused(str(error)) from None
    return loaded, shown


def _note(fault: LoadFault, file: FaultsFile, shown: list[str], language: Language) -> None:
    file.write(fault)
    if len(shown) < FAULTS_SHOWN:
        shown.append(fault_sentence(fault, language=language))


def _organization(key: str) -> OrganizationKey:
    keys = organizations_here(key)
    if not key:
        raise wrong_use(f"Say into whose books the file goes: --organization KEY, one of {', '.join(keys)}.")
    return OrganizationKey(key)


def _as_of(text: str, key: OrganizationKey, now: datetime) -> date:
    from evenroll.records.models import Organization

    today = calendar(Organization.objects.get(key=key).calendar).business_date(now)
    if not text:
        return today
    found = option_day(text, option="--as-of")
    if found > today:
        raise wrong_use(f"--as-of {found}: this day has not come yet; today is {today}. Give the day of the export.")
    return found


def _mapped(columns: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in columns:
        ours, sign, theirs = (part.strip() for part in text.partition("="))
        if not (ours and sign and theirs) or ours in found:
            raise wrong_use(f"--columns {text}: write OURS=THEIRS, each column once, as in usage_point=SDP_ID.")
        found[ours] = theirs
    return found


def _tell(
    output: Output, options: LoadOptions, source: Source, *, loaded: Loaded, shown: list[str], errors: Path
) -> None:
    output.data(
        {
            "kind": options.kind.value,
            "encoding": source.encoding or None,
            "encoding_guessed": source.guessed,
            "rows": loaded.rows,
            "loaded": loaded.is_kept,
            "dry_run": options.dry_run,
            "difference": {each.value: count for each, count in loaded.difference.counts.items()},
            "examples": {each.value: examples for each, examples in loaded.difference.examples.items() if examples},
            "unknown_rates": dict(loaded.unknown_rates),
            "faults": loaded.faults,
            "errors": str(errors) if loaded.faults else None,
        }
    )
    if source.guessed:
        output.note(
            f"Nothing in {options.file} says its encoding and it is no UTF-8; it was read as {source.encoding}. Look "
            "at a name with an accent, or save the file as UTF-8."
        )
    for rate, rows in sorted(loaded.unknown_rates.items()):
        output.note(f"No catalog knows the rate {rate} ({rows} rows): it enrolls, and its costs are not compared.")
    if loaded.faults:
        _tell_faults(output, loaded, shown, errors)
        return
    columns = [_standing_row(each, loaded) for each in Standing if each in loaded.difference.counts]
    output.table((options.kind.value, "rows", "first of them"), columns)
    kept = "Nothing was written: this was a dry run." if options.dry_run else "All of it is loaded."
    output.say("", f"{loaded.rows} rows read. {kept}")


def _standing_row(standing: Standing, loaded: Loaded) -> tuple[Any, ...]:
    examples = loaded.difference.examples.get(standing, ())
    return (render(standing, language=Language.EN), loaded.difference.counts[standing], ", ".join(examples))


def _tell_faults(output: Output, loaded: Loaded, shown: list[str], errors: Path) -> None:
    for sentence in shown:
        output.note(sentence)
    if loaded.faults > len(shown):
        output.note(f"... and {loaded.faults - len(shown)} more.")
    output.note(
        f"Nothing was loaded. {loaded.faults} errors, all of them in {errors}; mend the file and give it again."
    )
