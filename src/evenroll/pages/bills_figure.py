"""The year's bills of one part of the bill, small enough for a phone, to stand in a page that carries the style."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.compare_svg import BarGroup, BillBar, PlotPart
from evenroll.pages.figure_parts import Axis, axis_of, fitted_text, text, whisker
from evenroll.pages.lettering import width
from evenroll.pages.texts import render
from evenroll.quantities.money import ZERO

WIDTH: Final = 400.0
_MARGIN: Final = 14.0
_VALUE: Final = 132.0
_HEAD: Final = 22.0
_STEP: Final = 44.0
_GAP: Final = 12.0
_BAR: Final = 16.0
_NAME: Final = 14.0
_NOTE: Final = 12.0
_LEGEND: Final = (("home", C.PLOT_HOUSEHOLD), ("car", C.PLOT_VEHICLE), ("range", C.PLOT_RANGE))


def bills_figure(part: PlotPart, *, title: str, language: Language) -> str:
    """The drawing; its data stand in a table beside it. Bars begin at zero, and every bar carries its range."""
    bars = [bar for group in part.groups for bar in group.bars]
    axis = axis_of([usd for bar in bars for usd in bar.usd], begin=_MARGIN, room=WIDTH - 2 * _MARGIN, ticks_max=4)
    top = 34.0
    end = top + sum(_height(group) for group in part.groups)
    height = end + 28
    grid = [
        f'<path class="grid" d="M{axis.x(usd):.1f} {top - 6:.1f}V{end:.1f}"/>'
        + text(
            _dollars(usd),
            at=(axis.x(usd), end + 16),
            size=_NOTE,
            kind="soft",
            anchor=_anchor(usd, axis),
        )
        for usd in axis.ticks
    ]
    return "\n".join(
        (
            f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(title)}">',
            *_legend(language),
            *grid,
            *_groups(part, top=top, axis=axis),
            "</svg>",
        )
    )


def _height(group: BarGroup) -> float:
    return _HEAD + _STEP * len(group.bars) + _GAP


def _groups(part: PlotPart, *, top: float, axis: Axis) -> Iterable[str]:
    """What stands together has its name once, above its bars."""
    room = WIDTH - 2 * _MARGIN
    for group in part.groups:
        name = group.bars[0].name
        yield fitted_text(name, at=(_MARGIN, top + 14), size=_NAME, within=room * 0.85, kind="bold")
        for place, bar in enumerate(group.bars):
            yield from _bar(bar, y=top + _HEAD + _STEP * place, axis=axis)
        top += _height(group)


def _anchor(usd: int, axis: Axis) -> str:
    return "start" if usd == axis.ticks[0] else "end" if usd == axis.ticks[-1] else "middle"


def _legend(language: Language) -> Iterable[str]:
    x = _MARGIN
    for kind, word in _LEGEND:
        said = render(word, language=language)
        yield (
            whisker(x, x + 16, y=15)
            if kind == "range"
            else f'<rect class="{kind}" x="{x:.1f}" y="9" width="12" height="12" rx="2"/>'
        )
        x += 20 if kind == "range" else 16
        yield text(said, at=(x, 20), size=_NOTE)
        x += width(said, size=_NOTE) + 12


def _bar(bar: BillBar, *, y: float, axis: Axis) -> Iterable[str]:
    low, mid, high = bar.usd
    room = WIDTH - 2 * _MARGIN - _VALUE
    yield fitted_text(bar.note, at=(_MARGIN, y + 11), size=_NOTE, within=room * 0.9, kind="soft")
    yield text(_range(low, high), at=(WIDTH - _MARGIN, y + 11), size=_NAME - 1, kind="bold", anchor="end")
    top = y + 16
    yield f'<g class="{"then" if bar.is_today else "bill"}">'
    home = mid - (bar.pev_usd or ZERO)
    # Where either part is below zero the two cannot be laid end to end: the bill is drawn whole.
    if bar.pev_usd is not None and bar.pev_usd > 0 and home > 0:
        yield _box("home", axis, ZERO, home, y=top)
        yield _box("car", axis, home, mid, y=top)
    else:
        yield _box("home", axis, min(mid, ZERO), max(mid, ZERO), y=top)
    yield "</g>"
    yield whisker(axis.x(low), axis.x(high), y=top + _BAR / 2)


def _range(low: Decimal, high: Decimal) -> str:
    """Whole dollars from low to high: a bill is told as a range, never as one number."""
    return f"{_dollars(round(low))} - {_dollars(round(high))}"


def _dollars(usd: int) -> str:
    return f"${usd:,d}".replace("$-", "-$")


def _box(kind: str, axis: Axis, begin: Decimal, until: Decimal, *, y: float) -> str:
    x, end = axis.x(begin), axis.x(until)
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(end - x, 0.0):.1f}" height="{_BAR:g}"/>'
