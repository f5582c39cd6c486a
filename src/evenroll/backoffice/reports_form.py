"""What a report is asked about: months, kind of program, channel, language; in a form and in addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from django import forms

from evenroll.enrollment.form import Channel, Language
from evenroll.pages.formats import month_name
from evenroll.pages.texts import key_of
from evenroll.programs.program import ProgramKind
from evenroll.records.report_figures import Chosen

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_CODES: Final[Mapping[str, type[StrEnum]]] = {"kind": ProgramKind, "channel": Channel, "language": Language}


def _choices(codes: type[StrEnum]) -> list[tuple[str, str]]:
    return [("", "desk.any"), *((each.value, key_of(each)) for each in codes)]


class ReportForm(forms.Form):
    """The choices of a report. months: those that can be chosen, by their first days."""

    since = forms.ChoiceField(label="reports.since", required=False)
    until = forms.ChoiceField(label="reports.until", required=False)
    kind = forms.ChoiceField(label="reports.kind", required=False, choices=_choices(ProgramKind))
    channel = forms.ChoiceField(label="reports.channel", required=False, choices=_choices(Channel))
    language = forms.ChoiceField(label="reports.language", required=False, choices=_choices(Language))

    def __init__(self, chosen: Chosen, *, months: Sequence[date], reader: Language) -> None:
        """reader: in whose language the months are named."""
        super().__init__(query_of(chosen), auto_id="filter-%s")
        shown = sorted({*months, *(each for each in (chosen.since, chosen.until) if each is not None)})
        named = [(month_code(each), month_words(each, language=reader)) for each in shown]
        for name in ("since", "until"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "desk.any"), *named]


def chosen_from(given: Mapping[str, str]) -> Chosen:
    """What an address asks about; what is no answer counts as none."""
    codes = {
        name: given.get(name, "") if given.get(name, "") in {each.value for each in kind} else ""
        for name, kind in _CODES.items()
    }
    return Chosen(since=_month(given.get("since", "")), until=_month(given.get("until", "")), **codes)


def query_of(chosen: Chosen) -> dict[str, str]:
    """The same as the parameters of an address, without what is not chosen."""
    told = {name: month_code(day) for name in ("since", "until") if (day := getattr(chosen, name)) is not None}
    return {**told, **{name: code for name in _CODES if (code := getattr(chosen, name))}}


def month_code(month: date) -> str:
    """A month as addresses name it: 2026-03."""
    return f"{month:%Y-%m}"


def month_words(month: date, *, language: Language) -> str:
    """A month for a reader: "March 2026", "marzo 2026"."""
    return f"{month_name(month, language=language)} {month.year}"


def _month(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) else None
