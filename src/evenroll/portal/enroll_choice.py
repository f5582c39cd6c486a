"""The choice among the programs that one can apply for here."""

from __future__ import annotations

from typing import Any

from django import forms

from evenroll.enrollment.form import Language
from evenroll.portal.enroll_drafts import open_programs
from evenroll.programs.program import ProgramVersion
from evenroll.programs.text import Language as TextLanguage
from evenroll.programs.text import Text
from evenroll.records.organizations import organization_names


class ProgramForm(forms.Form):
    """Which program. Its names are those of the catalog, with who offers each."""

    program = forms.ChoiceField(
        label="enroll.program", widget=forms.RadioSelect, error_messages={"required": "enroll.program_required"}
    )

    def __init__(self, given: Any, *, language: Language, initial: dict[str, str] | None = None) -> None:
        super().__init__(given, initial=initial)
        names = organization_names()
        field: Any = self.fields["program"]
        programs = open_programs()
        field.choices = [
            (each.key, f"{in_words(each.name, language)} ({names[each.organization]})") for each in programs
        ]
        field.widget.attrs["hints"] = {each.key: in_words(each.summary, language) for each in programs}


def in_words(text: Text, language: Language) -> str:
    """A text of the program's own in the reader's language."""
    return text.in_language(TextLanguage(language.value))


def program_asked(key: str) -> ProgramVersion | None:
    """The program of that key, if one can apply for it here today."""
    return next((each for each in open_programs() if key and each.key == key), None)
