"""Which passwords others guess first: one that is usual, or made of a usual one or two, with digits and signs."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.contrib.auth.password_validation import CommonPasswordValidator

SIGNS_MIN: Final = 6
_WORD_MIN: Final = 4
_OWN: Final = frozenset({"evenroll"})
"""Usual here and nowhere else: the name that stands on every page."""


def is_guessable(password: str) -> bool:
    """Whether a password is few signs, one on the list of usual ones, a repetition, or two usual words at most.

    Three words that have nothing to do with each other are no longer guessed; a rule for more would refuse good ones.
    """
    plain = password.casefold()
    if len(set(plain)) < SIGNS_MIN or plain in _usual() or _is_repeated(plain):
        return True
    letters = "".join(each for each in plain if each.isalpha())
    return len(letters) < _WORD_MIN or _is_made_of_two(letters)


def _is_repeated(text: str) -> bool:
    """Whether it is one piece several times, the last of them perhaps cut off."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _is_made_of_two(letters: str) -> bool:
    words = _usual()
    if letters in words or (_is_repeated(letters) and letters[: len(letters) // 2] in words):
        return True
    cuts = range(_WORD_MIN, len(letters) - _WORD_MIN + 1)
    return any(letters[:at] in words and letters[at:] in words for at in cuts)


@cache
def _usual() -> frozenset[str]:
    """Some 20,000, in small letters."""
    return frozenset(CommonPasswordValidator().passwords) | _OWN
