"""The verdict on a past bill in sentences, and the file in which all of them stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from evenroll.costs.lattice.explain import ExplainedLine
from evenroll.costs.matching.codes import CannotMake, Differing, LineKind, MatchResult
from evenroll.costs.matching.differing import Difference, quantity_of
from evenroll.costs.matching.past_bill import MakeRefused, PastLine, kind_of
from evenroll.costs.matching.verdict import Explained, Verdict, Why
from evenroll.enrollment.form import Language
from evenroll.intake.past_bill_cells import PastFault
from evenroll.intake.past_bills import UnreadBill
from evenroll.intake.result_file import ResultRefused, safe_cell
from evenroll.pages.formats import money
from evenroll.pages.texts import render

Judged = Verdict | UnreadBill

REPORT_COLUMNS: Final = (
    "bill", "row", "rate", "start_on", "end_on", "result", "line", "differs", "theirs", "ours", "off", "reason",
    "explains_all", "also", "sentence",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One difference in words. theirs, ours: figures as text; "" where one side has none."""

    line: str
    theirs: str
    ours: str
    sentence: str


def result_of(judged: Judged) -> MatchResult:
    """What became of a bill."""
    return MatchResult.CANNOT_BE_MADE if isinstance(judged, UnreadBill) else judged.result


def fault_words(fault: PastFault, *, language: Language) -> str:
    """A fault with row, column and cure; never with the value."""
    choices = fault.said.sentence(language) if fault.said else ", ".join(fault.choices)
    said = render(fault.code, language=language, parameters={"choices": choices or "-"})
    row, column = ("Row", "column") if language is Language.EN else ("Fila", "columna")
    return f"{row} {fault.row}, {column} {fault.column}: {said}" if fault.column else f"{row} {fault.row}: {said}"


def refusal_words(refused: MakeRefused, *, language: Language) -> str:
    """Why a bill cannot be made."""
    return render(refused.code, language=language, parameters=refused.parameters)


def difference_words(
    explained: Explained, *, bill_total: Decimal | None, made_total: Decimal, language: Language
) -> Said:
    """A difference: which line, what differs, why."""
    each = explained.difference
    theirs, ours = _figures(each, bill_total=bill_total, made_total=made_total, language=language)
    said = render(each.what, language=language, parameters={"theirs": theirs, "ours": ours})
    why = _joined(explained.why, language=language)
    line = _line_words(each, language=language)
    also = "; ".join(render(x.reason, language=language, parameters=x.parameters) for x in explained.also)
    as_well = ("; or: " if language is Language.EN else "; o bien: ") + also if also else ""
    return Said(line=line, theirs=theirs, ours=ours, sentence=f"{line}: {said}; {why}{as_well}.")


def write_report(path: Path, judged: Sequence[Judged], *, language: Language) -> None:
    """Every bill with each of its differences, a row each. Raises ResultRefused."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(REPORT_COLUMNS)
    for each in judged:
        for row in _report_rows(each, language=language):
            rows.writerow([safe_cell(cell) for cell in row])
    try:
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ResultRefused(f"The report {path} cannot be written ({error.strerror}). Name another one.") from None


def _report_rows(judged: Judged, *, language: Language) -> Iterator[tuple[object, ...]]:
    if isinstance(judged, UnreadBill):
        for fault in judged.faults:
            head = (judged.number, fault.row, "", "", "", MatchResult.CANNOT_BE_MADE, fault.column)
            yield (*head, "", "", "", "", CannotMake.NOT_READ, "", "", fault_words(fault, language=language))
        return
    bill = judged.bill
    head = (bill.number, bill.place, bill.rate, bill.period.start_on, bill.end_on, judged.result)
    if judged.refused is not None:
        yield (*head, *("",) * 5, judged.refused.code, "", "", refusal_words(judged.refused, language=language))
        return
    if not judged.differences:
        yield (*head, *("",) * 9)
    for each in judged.differences:
        total = judged.made.total if judged.made else Decimal(0)
        said = difference_words(each, bill_total=bill.total, made_total=total, language=language)
        place = each.difference.line.place if each.difference.line else bill.place
        yield (
            bill.number, place, *head[2:], said.line, each.difference.what, said.theirs, said.ours,
            each.difference.off, " + ".join(x.reason for x in each.why), "yes" if each.whole else "no",
            " ".join(x.reason for x in each.also), said.sentence,
        )  # fmt: skip


def _joined(why: Sequence[Why], *, language: Language) -> str:
    between = " and " if language is Language.EN else " y "
    return between.join(render(each.reason, language=language, parameters=each.parameters) for each in why)


def _line_words(difference: Difference, *, language: Language) -> str:
    line, made = difference.line, difference.made
    if line is not None:
        row = "row" if language is Language.EN else "fila"
        return f"{_named(line, language=language)} ({row} {line.place})"
    if made is not None:
        parts = (render(kind_of(made.code), language=language), made.register, made.season)
        return " ".join(part for part in parts if part)
    return "Total"


def _named(line: PastLine, *, language: Language) -> str:
    kind = line.text if line.kind is LineKind.OTHER and line.text else render(line.kind, language=language)
    return " ".join(part for part in (kind, line.register, line.season) if part)


def _figures(
    difference: Difference, *, bill_total: Decimal | None, made_total: Decimal, language: Language
) -> tuple[str, str]:
    line, made = difference.line, difference.made
    match difference.what:
        case Differing.QUANTITY:
            return _plain(line.quantity if line else None), _plain(quantity_of(made) if made else None)
        case Differing.PRICE:
            return _plain(line.price if line else None), _plain(made.price if made else None)
        case Differing.TOTAL:
            return _usd(bill_total, language), _usd(made_total, language)
        case Differing.SUM:
            lines = None if bill_total is None else bill_total - difference.off
            return _usd(bill_total, language), _usd(lines, language)
        case Differing.AMOUNT | Differing.NOT_MADE | Differing.NOT_BILLED:
            return _usd(line.amount if line else None, language), _usd(_amount(made), language)


def _amount(made: ExplainedLine | None) -> Decimal | None:
    return made.amount if made else None


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _usd(amount: Decimal | None, language: Language) -> str:
    return "" if amount is None else money(amount, language=language)
