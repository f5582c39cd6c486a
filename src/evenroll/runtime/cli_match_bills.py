"""`evenroll match-bills`: past bills made once more, and the line that differs and why where one does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenroll.enrollment.form import Language
from evenroll.intake.load_cells import DateOrder
from evenroll.runtime.cli_exit import ExitCode, wrong_use
from evenroll.runtime.cli_session import asked
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.costs.matching.past_bill import KnownRate, PastBill
    from evenroll.intake.past_bill_words import Judged
    from evenroll.quantities.identifiers import RateKey


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
    from evenroll.intake.past_bill_words import result_of, write_report
    from evenroll.intake.result_file import ResultRefused
    from evenroll.runtime.output_match import show_judged, told_judged

    output = Output(json=asked.json)
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
    if any(_is_unread(each) for each in judged):
        raise typer.Exit(ExitCode.SOME_ROWS_FAILED)
    if any(result_of(each) != "matched" for each in judged):
        raise typer.Exit(ExitCode.REFUSED)


def _is_unread(judged: Judged) -> bool:
    from evenroll.intake.past_bills import UnreadBill

    return isinstance(judged, UnreadBill)


def _judged(said: MatchOptions) -> tuple[list[Judged], list[str]]:
    from evenroll.costs.matching.codes import CannotMake, MatchResult
    from evenroll.costs.matching.past_bill import MakeRefused
    from evenroll.costs.matching.verdict import Verdict, match_bill
    from evenroll.intake.past_bills import UnreadBill, read_past_bills

    rates, refused = _rates(said)
    read = read_past_bills(said.file, rates=rates, dates=said.dates)
    notes = [*read.notes]
    if read.not_read:
        notes.append(f"Not read: the columns {', '.join(read.not_read)}.")
    judged: list[Judged] = []
    for each in read.bills:
        if isinstance(each, UnreadBill):
            judged.append(each)
        elif each.rate in refused:
            why = MakeRefused(CannotMake.UNPRICED, rate=each.rate, choices=refused[each.rate])
            judged.append(Verdict(bill=each, result=MatchResult.CANNOT_BE_MADE, refused=why))
        else:
            judged.append(match_bill(_without(each, said), rates=rates))
    return judged, notes


def _rates(said: MatchOptions) -> tuple[dict[RateKey, KnownRate], dict[RateKey, str]]:
    from evenroll.intake.known_rates import catalog_with, known_rates, rate_of_urdb
    from evenroll.programs.catalog import CatalogRefused
    from evenroll.quantities.calendars import CalendarUnknown, calendar

    try:
        known, refused = known_rates(catalog_with(said.rates or ()))
    except CatalogRefused as wrong:
        raise wrong_use(str(wrong), reason="catalog_refused") from wrong
    if said.urdb and not said.territory:
        raise wrong_use("A record of the Utility Rate Database tells no clock. Add --calendar, as in US-CA.")
    for file in said.urdb or ():
        try:
            known |= rate_of_urdb(file, territory=calendar(said.territory))
        except CalendarUnknown as unknown:
            raise wrong_use(str(unknown)) from None
    return known, refused


def _without(bill: PastBill, said: MatchOptions) -> PastBill:
    """The bill without the lines that are set aside, its total less what they charge."""
    from evenroll.costs.matching.past_bill import NOT_OF_RATES

    aside = frozenset(said.set_aside or ())
    unknown = sorted(aside - {each.value for each in NOT_OF_RATES})
    if unknown:
        raise wrong_use(f"--set-aside {unknown[0]}: only tax and other can be set aside.")
    out = [line for line in bill.lines if line.kind in aside]
    kept = tuple(line for line in bill.lines if line.kind not in aside)
    total = None if bill.total is None else bill.total - sum(line.amount for line in out)
    return replace(bill, lines=kept, total=total)
