"""Which of the known names was probably meant, as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

AT_MOST = 3


def nearest_words(said: str, known: Sequence[str]) -> str:
    """ "Did you mean pge or peco?" where some are near, else all that are known."""
    low = {each.casefold(): each for each in known}
    word = said.casefold()
    near = [name for key, name in low.items() if word and (word in key or key in word)]
    near += [low[each] for each in get_close_matches(word, low, n=AT_MOST) if low[each] not in near]
    if near:
        return f"Did you mean {' or '.join(near[:AT_MOST])}?"
    return f"It has {', '.join(sorted(known))}."
