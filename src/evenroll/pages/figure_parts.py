"""What the figures of pages are drawn with: an axis, texts that fit, the mark of a range; styled by classes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from evenroll.pages.lettering import width

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)
_STEP_LAST: Final = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """Amounts to places on the page. ticks: whole amounts from the first to the last; begin, room: of the page."""

    ticks: tuple[int, ...]
    begin: float
    room: float

    def x(self, amount: Decimal | float) -> float:
        """Where an amount stands."""
        first, last = self.ticks[0], self.ticks[-1]
        return self.begin + self.room * (float(amount) - first) / (last - first)


def axis_of(amounts: Sequence[Decimal], *, begin: float, room: float, ticks_max: int) -> Axis:
    """The axis on which all amounts and zero stand, with no more steps than ticks_max."""
    least, most = min(0.0, *map(float, amounts)), max(1.0, *map(float, amounts))
    step = next((each for each in _STEPS if -(-most // each) - least // each <= ticks_max), _STEP_LAST)
    first, last = int(least // step) * step, int(-(-most // step)) * step
    return Axis(ticks=tuple(range(first, last + 1, step)), begin=begin, room=room)


def text(said: str, *, at: tuple[float, float], size: float, kind: str = "", anchor: str = "start") -> str:
    """A line of text. at: where it begins, ends or has its middle, as the anchor says. kind: classes; "bold" is one."""
    x, y = at
    named = f' class="{kind}"' if kind else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}"{named}{placed}>{escape(said)}</text>'


def fitted_text(said: str, *, at: tuple[float, float], size: float, within: float, kind: str = "") -> str:
    """The same in the size in which it fits: one that is too long is set smaller, never cut."""
    wide = width(said, size=size, bold="bold" in kind)
    return text(said, at=at, size=size if wide <= within else size * within / wide, kind=kind)


def whisker(x: float, until: float, *, y: float) -> str:
    """The mark of a range."""
    ends = "".join(f"M{each:.1f} {y - 5:.1f}v10" for each in (x, until))
    way = f'd="M{x:.1f} {y:.1f}H{until:.1f}{ends}"'
    return f'<path class="halo" {way}/><path class="range" {way}/>'
