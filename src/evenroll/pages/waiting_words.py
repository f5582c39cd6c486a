"""What is said of a waiting list: its rule, and where somebody stands in it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from evenroll.enrollment.form import Language

_TEENS: Final = (11, 12, 13)
_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}


class WaitingWord(StrEnum):
    """The sentences of a waiting list; their texts stand in the message catalog."""

    RULE = "rule"
    POSITION = "position"
    OFFERED = "offered"
    PLACES = "places"


def ordinal(number: int, *, language: Language) -> str:
    """A position as it is said: "1st", "22nd", "113th"; "1.º"."""
    if language.value == Language.ES.value:
        return f"{number:,}.º"
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number:,}{ending}"
