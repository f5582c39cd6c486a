"""The statement of an enrollment as a page of text for the customer, in English and Spanish; its columns add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.enrollment.statement import Balance, Statement
from evenroll.pages.formats import day, energy, money
from evenroll.pages.texts import Parameter, render
from evenroll.quantities.identifiers import CaseNumber

_MOVEMENTS: Final = ("statement.day", "statement.what", "statement.for", "statement.credited", "statement.sent")
_COMPARED: Final = ("statement.period", "statement.paid", "statement.shadow", "statement.saved")


def statement_page(statement: Statement, *, case: CaseNumber, language: Language) -> str:
    """The page, line by line. It names nobody: the case number leads to the customer, for those who may know."""
    dates: dict[str, Parameter] = {"since_on": statement.since_on, "until_on": statement.until_on, "case": case}
    parts = [
        render("statement.title", language=language, parameters=dates),
        _credits(statement, language),
        _outstanding(statement.after, language),
        _savings(statement, language),
    ]
    if statement.charged_wh:
        words: dict[str, Parameter] = {"energy": energy(statement.charged_wh, language=language)}
        parts.append(render("statement.charged", language=language, parameters=words))
    return "\n\n".join(parts) + "\n"


def _credits(statement: Statement, language: Language) -> str:
    heads = tuple(_said(key, language) for key in _MOVEMENTS)
    before, after = statement.before, statement.after
    rows = [
        (
            day(each.on, language=language),
            f"{each.code}: {render(each.move, language=language)}",
            each.span,
            _usd(each.credited, language),
            _usd(each.sent, language),
        )
        for each in statement.lines
    ]
    opening = ("", _said("statement.before", language), "", money(before.credited, language=language))
    closing = ("", _said("statement.after", language), "", money(after.credited, language=language))
    table = [
        heads,
        (*opening, money(before.sent, language=language)),
        *rows,
        (*closing, money(after.sent, language=language)),
    ]
    found = [_said("statement.credits", language), *_aligned(table, right=2)]
    return "\n".join(found if rows else [*found, _said("statement.nothing", language)])


def _outstanding(after: Balance, language: Language) -> str:
    if not after.to_come:
        return _said("statement.settled", language)
    key = "statement.to_come" if after.to_come > 0 else "statement.owed_back"
    words: dict[str, Parameter] = {"usd": abs(after.to_come)}
    return render(key, language=language, parameters=words)


def _savings(statement: Statement, language: Language) -> str:
    if not statement.savings:
        return _said("statement.savings_unknown", language)
    heads = tuple(_said(key, language) for key in _COMPARED)
    rows = [
        (
            f"{day(each.start_on, language=language)} - {day(each.end_on, language=language)}",
            money(each.paid, language=language),
            money(each.shadow, language=language),
            money(each.saved, language=language),
        )
        for each in statement.savings
    ]
    total = (
        _said("statement.total", language),
        money(sum((each.paid for each in statement.savings), Decimal(0)), language=language),
        money(sum((each.shadow for each in statement.savings), Decimal(0)), language=language),
        money(statement.saved, language=language),
    )
    return "\n".join([_said("statement.savings", language), *_aligned([heads, *rows, total], right=3)])


def _usd(amount: Decimal, language: Language) -> str:
    return money(amount, language=language) if amount else ""


def _said(key: str, language: Language) -> str:
    return render(key, language=language)


def _aligned(rows: Sequence[tuple[str, ...]], *, right: int) -> list[str]:
    """Columns of equal width; right: so many of the last ones are set to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    left = len(widths) - right
    return [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
