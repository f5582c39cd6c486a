"""The colors that an operator may choose, and whether people can read what they make: contrast by WCAG 2.2."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

WORDS: Final = Decimal("4.5")
"""WCAG 2.2, 1.4.3: words before what is behind them."""
PARTS: Final = Decimal(3)
"""WCAG 2.2, 1.4.11: parts that have to be told apart from what is beside them."""

_COLOR: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 200
_SHADE: Final = 0.72
_HUNDREDTH: Final = Decimal("0.01")


class Paint(StrEnum):
    """What has a color. The first ten are the operator's to choose; the others are ours, and stand beside them."""

    BRAND = "brand"
    BRAND_ON = "brand_on"
    ACCENT = "accent"
    LINK = "link"
    LINK_HOVER = "link_hover"
    BUTTON = "button"
    BUTTON_ON = "button_on"
    BUTTON_HOVER = "button_hover"
    GROUND = "ground"
    SOFT = "soft"
    SHEET = "sheet"
    FOOT = "foot"
    INK = "ink"
    MUTED = "muted"
    VISITED = "visited"
    WRONG = "wrong"


CHOSEN: Final = tuple(Paint)[:10]
OURS: Final[Mapping[Paint, str]] = {
    Paint.BRAND: "#123f3c",
    Paint.BRAND_ON: "#ffffff",
    Paint.ACCENT: "#f6c65b",
    Paint.LINK: "#0b5d57",
    Paint.LINK_HOVER: "#123f3c",
    Paint.BUTTON: "#0b5d57",
    Paint.BUTTON_ON: "#ffffff",
    Paint.BUTTON_HOVER: "#094c47",
    Paint.GROUND: "#fbf8f3",
    Paint.SOFT: "#e2efec",
    Paint.SHEET: "#ffffff",
    Paint.FOOT: "#f1ebe0",
    Paint.INK: "#211f1c",
    Paint.MUTED: "#57524a",
    Paint.VISITED: "#5b3b73",
    Paint.WRONG: "#b02a1f",
}
"""As evenroll.css has them; a test holds them together."""

_HOVERS: Final = (
    (Paint.LINK, Paint.LINK_HOVER, Paint.GROUND),
    (Paint.BUTTON, Paint.BUTTON_HOVER, Paint.BUTTON_ON),
)
"""A color, what it becomes under the pointer, and what it stands before or behind."""

_LEAVES: Final = (Paint.GROUND, Paint.SHEET, Paint.SOFT, Paint.FOOT)
PAIRS: Final[tuple[tuple[Paint, Paint, Decimal], ...]] = (
    (Paint.BRAND_ON, Paint.BRAND, WORDS),
    (Paint.ACCENT, Paint.BRAND, PARTS),
    *((Paint.LINK, leaf, WORDS) for leaf in _LEAVES),
    *((Paint.LINK_HOVER, leaf, WORDS) for leaf in _LEAVES),
    (Paint.BUTTON_ON, Paint.BUTTON, WORDS),
    (Paint.BUTTON_ON, Paint.BUTTON_HOVER, WORDS),
    (Paint.BUTTON, Paint.GROUND, PARTS),
    (Paint.BUTTON, Paint.SHEET, PARTS),
    *((words, leaf, WORDS) for leaf in (Paint.GROUND, Paint.SOFT) for words in tuple(Paint)[-4:]),
)
"""In front, behind, and the least ratio between them: all that meet on a page."""


class ColorUnfit(ValueError):
    """A color that is none, or two that cannot be told apart well enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two colors that meet. ratio: to a hundredth, rounded down, so that what fails never looks as if it passed."""

    front: Paint
    back: Paint
    colors: tuple[str, str]
    ratio: Decimal
    needed: Decimal

    @property
    def passes(self) -> bool:
        return self.ratio >= self.needed


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Every color, by what has it: #rrggbb in small letters."""

    colors: Mapping[Paint, str]

    def pairs(self) -> tuple[Pair, ...]:
        """All that meet on a page."""
        return tuple(_pair(self.colors, front, back, needed) for front, back, needed in PAIRS)


OWN_PALETTE: Final = Palette(colors=OURS)


def palette_of(said: Mapping[str, str]) -> Palette:
    """The palette with these colors of an operator, by name; a hover that is not said is a shade of its color.

    Raises ColorUnfit where a name or color is none, or a pair is too close: with the pair, its ratio and a near color.
    """
    palette = Palette(colors=_with_shades(_read(said)))
    for pair in palette.pairs():
        if not pair.passes:
            raise ColorUnfit(_too_close(pair, palette, said=said))
    return palette


def palette_unchecked(said: Mapping[str, str]) -> Palette:
    """The same, however close its colors are: for a table that shows which pairs fail. Raises ColorUnfit as above."""
    return Palette(colors=_with_shades(_read(said)))


def contrast(one: str, other: str) -> Decimal:
    """The ratio of two colors by WCAG 2.2, from 1 to 21, rounded down to a hundredth."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return Decimal((light + 0.05) / (dark + 0.05)).quantize(_HUNDREDTH, rounding=ROUND_DOWN)


def nearest(palette: Palette, paint: Paint) -> str | None:
    """The color nearest to this one, of its own hue, with which all its pairs pass; None where there is none."""
    return next((each for each in _shades_of(palette.colors[paint]) if _fits(palette, paint, each)), None)


def _read(said: Mapping[str, str]) -> dict[Paint, str]:
    names = [each.value for each in CHOSEN]
    for name, color in said.items():
        if name not in names:
            raise ColorUnfit(f"There is no color {name}. These can be chosen: {', '.join(names)}.")
        if not isinstance(color, str) or not _COLOR.fullmatch(color.lower()):
            raise ColorUnfit(f'The color {name} is not written as six digits behind #, such as "{OURS[Paint(name)]}".')
    return {Paint(name): color.lower() for name, color in said.items()}


def _with_shades(read: Mapping[Paint, str]) -> dict[Paint, str]:
    shades = dict[Paint, str]()
    for paint, hover, beside in _HOVERS:
        if paint in read:
            shades[hover] = _farther(read[paint], than=read.get(beside, OURS[beside]))
    return {**OURS, **shades, **read}


def _farther(color: str, *, than: str) -> str:
    """A shade of it that differs still more from the other color."""
    if _luminance(than) > _luminance(color):
        return _hex(*(part * _SHADE for part in _parts(color)))
    return _hex(*(1 - (1 - part) * _SHADE for part in _parts(color)))


def _too_close(pair: Pair, palette: Palette, *, said: Mapping[str, str]) -> str:
    front, back = pair.colors
    told = f"{pair.front.value} {front} on {pair.back.value} {back} has a contrast of {pair.ratio}"
    told = f"{told}, and needs {pair.needed}"
    for paint in (pair.front, pair.back):
        found = nearest(palette, paint) if paint.value in said else None
        if found is not None:
            return f'{told}. The nearest color that passes: {paint.value} = "{found}".'
    return f"{told}. Choose {pair.front.value} or {pair.back.value} anew: no shade of one alone passes."


def _pair(colors: Mapping[Paint, str], front: Paint, back: Paint, needed: Decimal) -> Pair:
    both = (colors[front], colors[back])
    return Pair(front=front, back=back, colors=both, ratio=contrast(*both), needed=needed)


def _fits(palette: Palette, paint: Paint, color: str) -> bool:
    tried = {**palette.colors, paint: color}
    return all(_pair(tried, *each).passes for each in PAIRS if paint in each)


def _shades_of(color: str) -> Iterator[str]:
    """It, lighter and darker by turns, each time by a little more."""
    hue, light, strong = colorsys.rgb_to_hls(*_parts(color))
    for step in range(_STEPS + 1):
        for other in (light - step / _STEPS, light + step / _STEPS):
            if 0 <= other <= 1:
                yield _hex(*colorsys.hls_to_rgb(hue, other, strong))


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(color: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(color[1:])
    return red / 255, green / 255, blue / 255


def _hex(*parts: float) -> str:
    return "#" + bytes(min(255, max(0, round(part * 255))) for part in parts).hex()
