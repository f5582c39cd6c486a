"""`evenroll match-bills`: past bills made once more, and the line that differs and why where one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenroll.costs.matching.codes import LineKind, MatchResult
from evenroll.enrollment.form import Language
from evenroll.intake.load_cells import DateOrder
from evenroll.programs.catalog import CatalogRefused
from evenroll.quantities.calendars import CalendarUnknown, calendar
from evenroll.runtime.cli_exit import ExitCode, wrong_use
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import keep_read

if TYPE_CHECKING:
    from evenroll.intake.past_bill_words import Judged


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchOptions:
    """What is said with `evenroll match-bills`."""

    file: Annotated[Path, typer.Argument(metavar="FILE", help="Past bills, a row a line item; docs/match_bills.md.")]
    rates: Annotated[
        list[Path] | None, typer.Option("--rates", metavar="FILE", help="A catalog file, .yaml, beside those here.")
    ] = None
    urdb: Annotated[
        list[Path] | None, typer.Option("--urdb", metavar="FILE", help="Records of the Utility Rate Database, .json.")
    ] = None
    territory: Annotated[
        str, typer.Option("--calendar", metavar="KEY", help="With --urdb: whose clock and holidays, as in US-CA.")
    ] = ""
    prices: Annotated[
        Path | None,
        typer.Option("--prices", metavar="FILE", help="Prices of hours, as `load price_series` takes them."),
    ] = None
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", help="Events called: program, start_at, end_at.")
    ] = None
    set_aside: Annotated[
        list[str] | None, typer.Option("--set-aside", metavar="KIND", help="Lines to leave out: tax, other.")
    ] = None
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The report, .csv.")] = None
    dates: Annotated[
        DateOrder, typer.Option("--dates", help="What 03/04/2026 means: mdy is March 4, dmy is April 3.")
    ] = DateOrder.UNSAID
    explain: Annotated[bool, typer.Option("--explain", help="Show the lines of each bill as made here too.")] = False
    language: Annotated[Language, typer.Option("--language", help="Of the sentences.")] = Language.EN


def match_bills(said: MatchOptions) -> None:
    """Make past bills once more from reads or intervals, and name the line that differs and why.

    No database is asked. Example: evenroll match-bills docs/examples/past_bills.csv --out report.csv
    """
    # What computes is loaded by those alone who ask for it.
    from evenroll.intake.past_bill_words import result_of, write_report
    from evenroll.intake.past_bills import UnreadBill
    from evenroll.intake.result_file import ResultRefused
    from evenroll.runtime.output_match import show_judged, told_judged

    output = Output(json=asked.json)
    if said.out is not None:
        read = (said.file, *(said.rates or ()), *(said.urdb or ()), said.prices, said.events)
        keep_read(said.out, option="--out", read=read)
    judged, notes = _judged(said)
    for note in notes:
        output.note(note)
    if said.out is not None:
        try:
            write_report(said.out, judged, language=said.language)
        except ResultRefused as error:
            raise wrong_use(str(error)) from None
    output.data(told_judged(judged, language=said.language, report=said.out))
    show_judged(judged, output=output, language=said.language, explain=said.explain)
    if said.out is not None:
        output.say("", f"{said.out}")
    if any(isinstance(each, UnreadBill) for each in judged):
        raise typer.Exit(ExitCode.SOME_ROWS_FAILED)
    if any(result_of(each) is not MatchResult.MATCHED for each in judged):
        raise typer.Exit(ExitCode.REFUSED)


def _judged(said: MatchOptions) -> tuple[list[Judged], list[str]]:
    from evenroll.runtime.matching_bills import MatchAsked, judged_bills

    if said.urdb and not said.territory:
        raise wrong_use("A record of the Utility Rate Database tells no clock. Add --calendar, as in US-CA.")
    try:
        question = MatchAsked(
            file=said.file,
            rates=tuple(said.rates or ()),
            urdb=tuple(said.urdb or ()),
            territory=calendar(said.territory) if said.territory else None,
            prices=said.prices,
            events=said.events,
            set_aside=_aside(said.set_aside or ()),
            dates=said.dates,
            out=said.out,
            language=said.language,
        )
        return judged_bills(question)
    except CalendarUnknown as unknown:
        raise wrong_use(str(unknown)) from None
    except CatalogRefused as wrong:
        raise wrong_use(str(wrong), reason="catalog_refused") from wrong


def _aside(words: Sequence[str]) -> frozenset[LineKind]:
    for word in words:
        if word not in (LineKind.TAX.value, LineKind.OTHER.value):
            raise wrong_use(f"--set-aside {word}: only tax and other can be set aside.")
    return frozenset(LineKind(word) for word in words)
