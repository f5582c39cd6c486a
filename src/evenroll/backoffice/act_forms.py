"""The form of any command, made from what its payload takes; its answers become the words that `act` takes, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, get_args, get_origin, get_type_hints

from django import forms

from evenroll.backoffice import exchange_questions
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.form import Dwelling, FormField, Holder, Statement
from evenroll.enrollment.money_commands import NameCredit
from evenroll.enrollment.roles import Role
from evenroll.intake.said_command import PAYLOADS, words_of
from evenroll.intake.said_values import without_none
from evenroll.pages.subjects import SUBJECTS
from evenroll.pages.texts import key_of
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain, HomeType

SEEN: Final = "seen"
KEY: Final = "key"
EXCHANGE: Final = "exchange"
_FEW: Final = 6
"""As many choices are shown one beneath the other; more in a list that opens."""
_LONG: Final = 500
_FORM_HINTS: Final[Mapping[str, Any]] = {
    "signed_on": date,
    "consents": frozenset[ConsentKind],
    "documents": frozenset[DocumentKind],
    "drivetrain": Drivetrain,
    "vehicle_on_order": bool,
    "holder": Holder,
    "dwelling": Dwelling,
    "consents_hand_over": bool,
    "home": HomeType,
    "equipment_bought_on": date,
    "selections": Mapping[str, str],
    "statements": Mapping[Statement, bool],
}
_PERSONAL: Final = frozenset(each.value for each in FormField)
_GIVEN_HERE: Final = frozenset({Record.CASE, Record.SERVICE_ORDER})
_PEOPLE: Final = frozenset(Role) - {Role.SYSTEM, Role.PEER}
_AUTOCOMPLETE_OFF: Final = {"autocomplete": "off", "spellcheck": "false"}


class ActForm(forms.Form):
    """The answers that come with a command. seen, key: see `records.asked.Asked`."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    key = forms.RegexField(regex=r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)

    def values(self) -> dict[str, str]:
        """What was said, as words of `evenroll act`; what was left open is not said."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in (SEEN, KEY)}
        told = {name: value for name, value in given.items() if name not in exchange_questions.QUESTIONS}
        words = {name: _word(value) for name, value in told.items() if not _is_open(value)}
        exchange = exchange_questions.exchange_of(given)
        return {**words, EXCHANGE: exchange} if exchange else words


def act_form(name: CommandName) -> type[ActForm]:
    """The form of a command, its questions in the order in which it needs them."""
    hints = {**_FORM_HINTS, **_payload_hints(name)}
    asked = {each.removesuffix("*"): each.endswith("*") for each in words_of(name)}
    if PAYLOADS.get(name) is NameCredit:
        # For many cases one credit is meant by its name; the page of a case offers those that wait, see `credits`.
        asked = {"code": True, "span": True}
    questions = {
        field: _question(field, hints.get(field, str), is_needed=is_needed) for field, is_needed in asked.items()
    }
    if EXCHANGE in questions:
        del questions[EXCHANGE]
        questions |= exchange_questions.questions()
    made: Any = type("ActFormOfCommand", (ActForm,), questions)
    return made


def question_keys() -> frozenset[str]:
    """The texts of every question that a form of the desk may ask."""
    given = [name for name, rule in COMMANDS.items() if rule.record in _GIVEN_HERE and rule.roles & _PEOPLE]
    asked = {each.removesuffix("*") for name in given for each in words_of(name)}
    meter = (f"ask.{each}" for each in exchange_questions.QUESTIONS)
    return frozenset([*(_label(each) for each in asked - {EXCHANGE}), *meter])


def _label(field: str) -> str:
    return f"field.{field}" if field in _PERSONAL else f"ask.{field}"


def _payload_hints(name: CommandName) -> dict[str, Any]:
    type_ = PAYLOADS.get(name)
    return {} if type_ is None else get_type_hints(type_)


def _question(field: str, hint: Any, *, is_needed: bool) -> forms.Field:
    hint = without_none(hint)
    common: dict[str, Any] = {"label": _label(field), "required": is_needed}
    origin = get_origin(hint)
    if origin is frozenset:
        return forms.MultipleChoiceField(
            choices=_choices(get_args(hint)[0]), widget=forms.CheckboxSelectMultiple, **common
        )
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _one_of(_choices(hint), common)
    if hint in _MADE:
        return _MADE[hint](common)
    help_text = "ask.json_hint" if is_dataclass(hint) else "ask.pairs_hint" if origin is not None else ""
    is_long = bool(help_text)
    widget = (
        forms.Textarea(attrs={"rows": "4", **_AUTOCOMPLETE_OFF})
        if is_long
        else forms.TextInput(attrs=_AUTOCOMPLETE_OFF)
    )
    return forms.CharField(max_length=_LONG, widget=widget, help_text=help_text, **common)


def _one_of(choices: list[tuple[str, str]], common: dict[str, Any]) -> forms.Field:
    if len(choices) <= _FEW:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", "desk.choose"), *choices], widget=forms.Select, **common)


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, key_of(each) if kind in SUBJECTS else each.value) for each in kind]


_MADE: Final[Mapping[Any, Callable[[dict[str, Any]], forms.Field]]] = {
    date: lambda common: forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common),
    datetime: lambda common: forms.CharField(
        max_length=_LONG, widget=forms.TextInput(attrs=_AUTOCOMPLETE_OFF), help_text="ask.instant_hint", **common
    ),
    bool: lambda common: _one_of([("yes", "desk.yes"), ("no", "desk.no")], common),
    int: lambda common: forms.IntegerField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **common),
    Decimal: lambda common: forms.DecimalField(
        max_digits=12, decimal_places=4, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common
    ),
}


def _is_open(value: object) -> bool:
    return value is None or value in ("", [])


def _word(value: object) -> str:
    if isinstance(value, list):
        return ";".join(str(each) for each in value)
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
