"""How wide a text is when drawn, and how it is broken into lines: an estimate for common sans-serif faces."""

from __future__ import annotations

_NARROW = frozenset("iljtfrI.,:;'|!()[]·-“”«»/ ")
_WIDE = frozenset("mwMW")
_BOLD = 1.07


def width(text: str, *, size: float, bold: bool = False) -> float:
    """The width of one line, in the unit of `size`; a little more than the common faces need."""
    units = sum(_share(letter) for letter in text)
    return units * size * (_BOLD if bold else 1.0)


def lines(text: str, *, size: float, within: float, bold: bool = False) -> tuple[str, ...]:
    """The text in lines that are no wider than `within`, but where one word alone is wider; broken at spaces."""
    done: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and width(longer, size=size, bold=bold) > within:
            done.append(line)
            line = word
        else:
            line = longer
    return (*done, line) if line else tuple(done)


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.88
    return 0.70 if letter.isupper() else 0.56
