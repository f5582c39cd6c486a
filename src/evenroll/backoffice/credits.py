"""Credits to approve or to send: those that wait, each with its amount, to tick; and before it is done, their total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms

from evenroll.backoffice.act_forms import ActForm
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_money import credits_ready
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import Credit, CreditState
from evenroll.pages.formats import money
from evenroll.pages.ledger_words import ENROLLMENT_SPAN, credit_words, span_words
from evenroll.pages.texts import render
from evenroll.quantities.money import ZERO

COMES_TO: Final[Mapping[CommandName, CreditState]] = {
    CommandName.APPROVE_CREDIT: CreditState.APPROVED,
    CommandName.SEND_CREDIT: CreditState.SENT,
}
"""The commands that name credits by ticks, and where these come to."""

CHECKED: Final = "checked"
"""Sent with what stood on the page that shows the total."""

_CREDITS, _ALL = "credits", "all_usd"
_AMOUNT: Final = re.compile(r"\d{1,9}\.\d\d")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticked:
    """The credits that would be meant: each in words, their total in words, and the answers to send again."""

    lines: Sequence[str]
    total: str
    answers: Sequence[tuple[str, str]]


class _NamedField(forms.MultipleChoiceField):
    """Ticks by name. known: every credit of the case: what was done a moment ago may be sent twice."""

    known: frozenset[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.known


class _AmountField(forms.MultipleChoiceField):
    """The tick for all. Its amount may be another one by now: the decision says so, and not the form."""

    def valid_value(self, value: Any) -> bool:
        return bool(_AMOUNT.fullmatch(str(value)))


class CreditsForm(ActForm):
    """Credits by ticks; nothing is ticked to begin with."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get(_CREDITS) and not given.get(_ALL):
            self.add_error(_CREDITS, "ask.credits_none")
        return given

    def values(self) -> dict[str, str]:
        """All, by what they come to; else each by its name."""
        given = self.cleaned_data
        return {_ALL: given[_ALL][0]} if given[_ALL] else {_CREDITS: ";".join(given[_CREDITS])}


def credits_form(name: CommandName, case: Case, *, language: Language) -> type[CreditsForm]:
    """The form with the credits of this case for which the command can be given."""
    ready = credits_ready(case, to=COMES_TO[name])
    one_by_one = _NamedField(
        label="ask.credits",
        required=False,
        choices=[(_value(each), _words(each, language=language)) for each in ready],
        widget=forms.CheckboxSelectMultiple,
    )
    one_by_one.known = frozenset(_value(each) for each in case.ledger.credits)
    total = _total(ready)
    words = render("ask.credits_all", language=language, parameters={"count": len(ready), "usd": total})
    together = _AmountField(
        label="ask.credits_together",
        required=False,
        choices=[(f"{total:.2f}", words)],
        widget=forms.CheckboxSelectMultiple,
    )
    made: Any = type("CreditsFormOfCase", (CreditsForm,), {_CREDITS: one_by_one, _ALL: together})
    return made


def ticked(name: CommandName, form: ActForm, *, case: Case, language: Language) -> Ticked:
    """What a valid form means, for the page on which it is looked over."""
    names, ready = form.cleaned_data[_CREDITS], credits_ready(case, to=COMES_TO[name])
    found = [each for each in ready if form.cleaned_data[_ALL] or _value(each) in names]
    data: Any = form.data
    parameters = {"count": len(found), "usd": _total(found)}
    return Ticked(
        lines=[_words(each, language=language) for each in found],
        total=render("ask.credits_total", language=language, parameters=parameters),
        answers=[(field, value) for field in form.fields for value in data.getlist(field)],
    )


def _value(credit: Credit) -> str:
    return f"{credit.code}/{credit.span}"


def _total(credits: Sequence[Credit]) -> Decimal:
    return sum((each.usd for each in credits), ZERO)


def _words(credit: Credit, *, language: Language) -> str:
    is_first = credit.span == ENROLLMENT_SPAN
    span = (
        render("ask.credit_enrollment", language=language) if is_first else span_words(credit.span, language=language)
    )
    parameters = {"what": credit_words(credit.code), "span": span, "usd": money(credit.usd, language=language)}
    return render("ask.credit_line", language=language, parameters=parameters)
