"""A text that the catalog gives in every language the doors speak."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Language(StrEnum):
    """The languages in which a program must be described."""

    EN = "en"
    ES = "es"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One sentence or name, in English and in Spanish; neither may be empty."""

    en: str
    es: str

    def in_language(self, language: Language) -> str:
        """The text in that language."""
        match language:
            case Language.EN:
                return self.en
            case Language.ES:
                return self.es
            case _:
                assert_never(language)
