"""What `evenroll match-bills` shows: each bill, its differences with their reasons, and how many came out how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from evenroll.costs.lattice.explain import ExplainedLine
from evenroll.costs.matching.codes import MatchResult
from evenroll.costs.matching.differing import quantity_of
from evenroll.costs.matching.past_bill import kind_of
from evenroll.costs.matching.verdict import Explained, Verdict
from evenroll.enrollment.form import Language
from evenroll.intake.past_bill_words import Judged, difference_words, fault_words, refusal_words, result_of
from evenroll.intake.past_bills import UnreadBill
from evenroll.pages.texts import render
from evenroll.runtime.output_console import Output


def told_judged(judged: Sequence[Judged], *, language: Language, report: Path | None) -> dict[str, Any]:
    """The verdicts for machines."""
    return {
        "counts": {each.value: count for each, count in _counts(judged).items()},
        "bills": [_told(each, language=language) for each in judged],
        "report": None if report is None else str(report),
    }


def show_judged(judged: Sequence[Judged], *, output: Output, language: Language, explain: bool) -> None:
    """The verdicts for people."""
    for each in judged:
        number = each.number if isinstance(each, UnreadBill) else each.bill.number
        output.say(f"{number}: {render(result_of(each), language=language)}", style="bold")
        output.say(*(f"  {sentence}" for sentence in _sentences(each, language=language)))
        if explain and isinstance(each, Verdict) and each.made is not None:
            columns = _columns(language)
            output.table(columns, [_line(line, language=language) for line in each.made.lines])
    counts = _counts(judged)
    said = ", ".join(f"{render(each, language=language)}: {count}" for each, count in counts.items())
    output.say("", f"{said}.")


def _counts(judged: Sequence[Judged]) -> dict[MatchResult, int]:
    found = Counter(result_of(each) for each in judged)
    return {each: found[each] for each in MatchResult}


def _sentences(judged: Judged, *, language: Language) -> Iterator[str]:
    if isinstance(judged, UnreadBill):
        yield from (fault_words(fault, language=language) for fault in judged.faults)
        return
    if judged.refused is not None:
        yield refusal_words(judged.refused, language=language)
    for each in judged.differences:
        yield _said(judged, each, language=language)["sentence"]


def _said(judged: Verdict, explained: Explained, *, language: Language) -> dict[str, str]:
    total = judged.made.total if judged.made else Decimal(0)
    said = difference_words(explained, bill_total=judged.bill.total, made_total=total, language=language)
    return {"line": said.line, "theirs": said.theirs, "ours": said.ours, "sentence": said.sentence}


def _told(judged: Judged, *, language: Language) -> dict[str, Any]:
    if isinstance(judged, UnreadBill):
        faults = [
            {
                "row": each.row,
                "column": each.column,
                "code": each.code.value,
                "sentence": fault_words(each, language=language),
            }
            for each in judged.faults
        ]
        return {"bill": judged.number, "row": judged.place, "result": result_of(judged).value, "faults": faults}
    bill = judged.bill
    return {
        "bill": bill.number,
        "row": bill.place,
        "rate": bill.rate,
        "start_on": bill.period.start_on,
        "end_on": bill.end_on,
        "result": judged.result.value,
        "total": bill.total,
        "made_total": judged.made.total if judged.made else None,
        "made_lines": [_made(line) for line in judged.made.lines] if judged.made else [],
        "reads_from_lines": bill.from_lines,
        "refused": None if judged.refused is None else judged.refused.code.value,
        "refused_sentence": None if judged.refused is None else refusal_words(judged.refused, language=language),
        "differences": [
            {
                **_said(judged, each, language=language),
                "row": each.difference.line.place if each.difference.line else None,
                "differs": each.difference.what.value,
                "off": each.difference.off,
                "reasons": [why.reason.value for why in each.why],
                "explains_all": each.whole,
                "also": [why.reason.value for why in each.also],
            }
            for each in judged.differences
        ],
    }


def _made(line: ExplainedLine) -> dict[str, Any]:
    return {
        "line": kind_of(line.code).value,
        "register": line.register,
        "season": line.season,
        "tier": line.tier,
        "quantity": quantity_of(line),
        "price": line.price,
        "amount": line.amount,
    }


def _columns(language: Language) -> tuple[str, ...]:
    if language is Language.EN:
        return ("line", "register", "season", "quantity", "price", "amount")
    return ("línea", "registro", "temporada", "cantidad", "precio", "importe")


def _line(line: ExplainedLine, *, language: Language) -> tuple[object, ...]:
    kind = render(kind_of(line.code), language=language)
    return (kind, line.register, line.season, quantity_of(line), f"{line.price.normalize():f}", line.amount)
