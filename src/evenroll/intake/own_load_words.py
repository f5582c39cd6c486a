"""A sentence about a customer's own file, held as a code with its parameters until a language is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from evenroll.enrollment.form import Language
from evenroll.intake.file_shape import FileRefused
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord
from evenroll.pages.texts import Parameter, render

Given: TypeAlias = "Parameter | Path | Said | Listed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A code and what stands in its sentence, which may itself be said."""

    code: OwnRefusal | OwnNote | OwnWord
    parameters: Mapping[str, Given] = field(default_factory=dict[str, "Given"])

    def sentence(self, language: Language) -> str:
        """It in that language."""
        given = {name: _plain(each, language) for name, each in self.parameters.items()}
        return render(self.code, language=language, parameters=given)


@dataclass(frozen=True, slots=True)
class Listed:
    """Several, one after the other, with something between."""

    parts: Sequence[str | Said | Listed]
    between: str = "; "

    def sentence(self, language: Language) -> str:
        """They in that language."""
        return self.between.join(each if isinstance(each, str) else each.sentence(language) for each in self.parts)


class OwnFileRefused(FileRefused):
    """A customer's own file cannot be taken; its text is the sentence in English."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.sentence(Language.EN))
        self.said = said


def say(code: OwnRefusal | OwnNote | OwnWord, **parameters: Given) -> Said:
    """A code with its parameters."""
    return Said(code=code, parameters=parameters)


def refuse(code: OwnRefusal, **parameters: Given) -> OwnFileRefused:
    """The refusal for a code, to be raised."""
    return OwnFileRefused(say(code, **parameters))


def at(place: OwnWord, *, file: Path | str, line: int, others: int = 0) -> Said:
    """Where in a file. place: AT_LINE or AT_ROW. others: how many more there are like it."""
    told = {"others": others} if others else {}
    return say(place, file=str(file), line=str(line), **told)


def _plain(given: Given, language: Language) -> Parameter:
    if isinstance(given, Said | Listed):
        return given.sentence(language)
    return str(given) if isinstance(given, Path) else given
