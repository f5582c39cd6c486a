"""The drawings of a report in a page: bars under their names, and columns by month; small enough for a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from evenroll.pages.figure_parts import fitted_text, text
from evenroll.pages.lettering import lines, width

WIDTH: Final = 400.0
_MARGIN: Final = 14.0
_ROOM: Final = WIDTH - 2 * _MARGIN
_NAME: Final = 13.0
_NOTE: Final = 12.0
_LINE: Final = 16.0
_BAR: Final = 12.0
_GAP: Final = 14.0
_LEGEND: Final = 30.0
_COLUMNS: Final = 50.0
_MONTHS_FOOT: Final = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of a bar. kind: class of its color; begin, until: in the unit of all bars."""

    kind: str
    begin: float
    until: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar with its name and its figure in words; later pieces lie on earlier ones."""

    name: str
    figure: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """A row of columns: one for each month. total: in words."""

    name: str
    total: str
    counts: tuple[int, ...]


def bars_figure(bars: Sequence[Bar], *, title: str, legend: Sequence[tuple[str, str]] = ()) -> str:
    """Bars from zero on, each with its figure, so that nothing rests on color or length alone.

    legend: class of a color and what it means.
    """
    most = max((piece.until for bar in bars for piece in bar.pieces), default=0.0) or 1.0
    y, drawn = (_LEGEND if legend else 0.0) + _GAP, list[str]()
    for bar in bars:
        named = _broken(bar)
        drawn += _bar(bar, named, y=y, scale=_ROOM / most)
        y += _LINE * len(named) + _BAR + _GAP
    return _svg([*_legend(legend), *drawn], height=y, title=title)


def months_figure(rows: Sequence[Columns], *, months: Sequence[str], title: str) -> str:
    """A row of columns for each name, all on one scale; months: in a few letters."""
    most = max((count for row in rows for count in row.counts), default=0) or 1
    height = _LINE + _COLUMNS + _MONTHS_FOOT + _GAP
    drawn = [
        part for place, row in enumerate(rows) for part in _columns(row, months, top=_GAP + height * place, most=most)
    ]
    return _svg(drawn, height=_GAP + height * len(rows), title=title)


def _svg(parts: Iterable[str], *, height: float, title: str) -> str:
    head = f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(title)}">'
    return "\n".join((head, *parts, "</svg>"))


def _broken(bar: Bar) -> tuple[str, ...]:
    """Its name in lines that leave room for the figure."""
    room = _ROOM - width(bar.figure, size=_NAME, bold=True) - 14
    return lines(bar.name, size=_NAME, within=room) or ("",)


def _bar(bar: Bar, named: Sequence[str], *, y: float, scale: float) -> Iterable[str]:
    for place, line in enumerate(named):
        yield fitted_text(line, at=(_MARGIN, y + 12 + _LINE * place), size=_NAME, within=_ROOM)
    yield text(bar.figure, at=(WIDTH - _MARGIN, y + 12), size=_NAME, kind="bold", anchor="end")
    top = y + _LINE * len(named) + 2
    yield f'<path class="grid" d="M{_MARGIN:.1f} {top + _BAR:.1f}H{WIDTH - _MARGIN:.1f}"/>'
    for piece in bar.pieces:
        long = (piece.until - piece.begin) * scale
        if long > 0:
            x = _MARGIN + piece.begin * scale
            yield f'<rect class="{piece.kind}" x="{x:.1f}" y="{top:.1f}" width="{long:.1f}" height="{_BAR:g}"/>'


def _legend(kinds: Sequence[tuple[str, str]]) -> Iterable[str]:
    x = _MARGIN
    for kind, said in kinds:
        yield f'<rect class="{kind}" x="{x:.1f}" y="11" width="12" height="12" rx="2"/>'
        yield text(said, at=(x + 17, 22), size=_NOTE)
        x += 33 + width(said, size=_NOTE)


def _columns(row: Columns, months: Sequence[str], *, top: float, most: int) -> Iterable[str]:
    yield fitted_text(row.name, at=(_MARGIN, top + 12), size=_NAME, within=_ROOM * 0.75)
    yield text(row.total, at=(WIDTH - _MARGIN, top + 12), size=_NAME, kind="bold", anchor="end")
    floor, step = top + _LINE + _COLUMNS, _ROOM / max(len(months), 1)
    yield f'<path class="grid" d="M{_MARGIN:.1f} {floor:.1f}H{WIDTH - _MARGIN:.1f}"/>'
    for place, (month, count) in enumerate(zip(months, row.counts, strict=True)):
        x = _MARGIN + step * place
        high = (_COLUMNS - 14) * count / most
        if count:
            yield (
                f'<rect class="whole" x="{x + step * 0.15:.1f}" y="{floor - high:.1f}" width="{step * 0.7:.1f}" '
                f'height="{high:.1f}"/>'
            )
            yield _number(count, x=x + step / 2, y=floor - high - 3, within=step)
        yield text(month, at=(x + step / 2, floor + 13), size=_NOTE - 1, kind="soft", anchor="middle")


def _number(count: int, *, x: float, y: float, within: float) -> str:
    """The number of a column above it, set smaller where it is wider than its month."""
    said = str(count)
    wide = width(said, size=_NOTE - 1)
    size = _NOTE - 1 if wide <= within else (_NOTE - 1) * within / wide
    return text(said, at=(x, y), size=size, anchor="middle")
