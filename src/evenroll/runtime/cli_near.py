"""Which of the known names was probably meant, as a sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

AT_MOST = 3


def nearest_words(said: str, known: Sequence[str]) -> str:
    """ "Did you mean pge or peco?" where some are near, else all that are known."""
    return did_you_mean(said, known) or f"It has {', '.join(sorted(known))}."


def did_you_mean(said: str, known: Collection[str]) -> str:
    """ "Did you mean pge or peco?" where some are near, else nothing."""
    near = near_names(said, known)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def near_names(said: str, known: Collection[str]) -> tuple[str, ...]:
    """Those that are near, a few at most."""
    low = {each.casefold(): each for each in known}
    word = said.casefold()
    near = [name for key, name in low.items() if word and (word in key or key in word)]
    near += [low[each] for each in get_close_matches(word, low, n=AT_MOST) if low[each] not in near]
    return tuple(near[:AT_MOST])
