"""Saying a text of the catalog in the language of a request, and what may be a key of it or a text already."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from evenroll.enrollment.form import Language
from evenroll.pages.texts import Parameter, has, render
from evenroll.pages.web_request import PageRequest


def said(request: PageRequest, code: str, /, **parameters: Parameter) -> str:
    """A text of the catalog for the reader of this page. Raises TextMissing."""
    return render(code, language=request.language, parameters=parameters)


def said_or_own(text: str, *, language: Language, parameters: dict[str, Parameter] | None = None) -> str:
    """The text of a key; a text that is no key, such as a program's name, as it is."""
    return render(text, language=language, parameters=parameters) if has(text) else text


def is_parameter(value: object) -> bool:
    """Whether a value can stand in a text."""
    return isinstance(value, (str, int, Decimal, date))
