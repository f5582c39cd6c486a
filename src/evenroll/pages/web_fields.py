"""A question of a Django form as its templates show it: every text said, every id and link in place.

Labels, hints, choices and messages of a form are keys of the catalog; what is no key (the name of a program) stands as
it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField, Form

from evenroll.enrollment.form import Language
from evenroll.pages.texts import has, render
from evenroll.pages.web_said import is_parameter, said_or_own


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceView:
    """One answer of several. hint: empty for none."""

    id: str
    value: str
    label: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldView:
    """One question. template: of `widgets`; attributes: further ones of its control, such as inputmode."""

    template: str
    id: str
    name: str
    kind: str
    label: str
    hint: str
    error: str
    value: str
    described_by: str
    choices: Sequence[ChoiceView]
    attributes: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """An error and the place of its question; target: empty for one of the whole form."""

    target: str
    text: str


def view_of(bound: BoundField, *, language: Language) -> FieldView:
    """A question as it is shown. The choices of a field may carry hints: its widget's attribute `hints`, by value."""
    inside: Any = bound.field.widget
    choices = _choices(bound, language)
    hint = said_or_own(str(bound.help_text), language=language)
    error = next(iter(_messages(bound.form, bound.name, language)), "")
    own_id = str(bound.auto_id)
    described = [f"{own_id}-{part}" for part, text in (("hint", hint), ("error", error)) if text]
    return FieldView(
        template=_template_of(inside),
        id=own_id,
        name=bound.html_name,
        kind=str(getattr(inside, "input_type", "text")),
        label=said_or_own(str(bound.label), language=language),
        hint=hint,
        error=error,
        value=_value(bound),
        described_by=" ".join(described),
        choices=choices,
        attributes=[(name, str(value)) for name, value in inside.attrs.items() if name not in ("hints", "required")],
    )


def errors_of(form: Form, *, language: Language) -> Sequence[FieldError]:
    """Every error of a form in the order of its questions, those of the whole form first."""
    found = [FieldError(target="", text=text) for text in _messages(form, "__all__", language)]
    for bound in (form[name] for name in form.fields):
        view = view_of(bound, language=language)
        target = view.choices[0].id if view.choices and view.template == "choices" else view.id
        found += [FieldError(target=target, text=text) for text in _messages(form, bound.name, language)]
    return found


_TEMPLATES: Sequence[tuple[type[forms.Widget], str]] = (
    (forms.RadioSelect, "choices"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.HiddenInput, "hidden"),
    (forms.FileInput, "file"),
)


def _template_of(inside: forms.Widget) -> str:
    return next((name for kind, name in _TEMPLATES if isinstance(inside, kind)), "input")


def _choices(bound: BoundField, language: Language) -> Sequence[ChoiceView]:
    inside: Any = bound.field.widget
    if isinstance(inside, forms.CheckboxInput):
        return [_choice(bound, 0, "on", "", bool(bound.value()), "")]
    hints: dict[str, str] = inside.attrs.get("hints", {})
    given: Any = bound.value()
    offered: Any = getattr(inside, "choices", ())
    chosen = (
        {str(each) for each in given} if isinstance(given, (list, tuple)) else {"" if given is None else str(given)}
    )
    return [
        _choice(
            bound,
            place,
            str(value),
            said_or_own(str(label), language=language),
            str(value) in chosen and (value != "" or isinstance(inside, forms.Select)),
            said_or_own(hints.get(str(value), ""), language=language),
        )
        for place, (value, label) in enumerate(offered)
    ]


def _choice(bound: BoundField, place: int, value: str, label: str, is_chosen: bool, hint: str) -> ChoiceView:
    own_id = str(bound.auto_id) if place == 0 else f"{bound.auto_id}-{place}"
    return ChoiceView(id=own_id, value=value, label=label, hint=hint, is_chosen=is_chosen)


def _value(bound: BoundField) -> str:
    if isinstance(bound.field.widget, (forms.PasswordInput, forms.FileInput)):
        return ""
    given = bound.value()
    return "" if given is None or isinstance(given, (list, tuple)) else str(given)


def _messages(form: forms.BaseForm, name: str, language: Language) -> Sequence[str]:
    errors: Any = form.errors.as_data().get(name, ())
    return [_message(each, language) for each in errors]


SAID = "said"
"""The code of an error whose message is a sentence that is said already."""

_OF_CODE = {
    "required": "web.error_required",
    "invalid_choice": "web.error_choice",
    "max_length": "web.error_too_long",
    "min_value": "web.error_number",
    "max_value": "web.error_number",
}


def _message(error: ValidationError, language: Language) -> str:
    """The message itself where it is a key, else the general one of its code: Django's own are in English only."""
    given = {name: value for name, value in (error.params or {}).items() if is_parameter(value)}
    key = str(error.message)
    if error.code == SAID:
        return key
    if not has(key):
        key = _OF_CODE.get(str(error.code), "web.error_invalid")
    return render(key, language=language, parameters=given)
