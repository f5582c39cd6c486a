"""The year's bill on each program as one SVG document: household and vehicle, the range, and today beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.pages.compare_codes import CompareWord as C
from evenroll.pages.formats import money
from evenroll.pages.lettering import lines, width
from evenroll.pages.texts import render
from evenroll.quantities.money import ZERO

WIDTH: Final = 1000.0
_MARGIN: Final = 36.0
_LABELS: Final = 300.0
_VALUES: Final = 110.0
_BAR: Final = 26.0
_STEP: Final = 44.0
_GROUP: Final = 18.0
_HEAD: Final = 46.0
_SMALL: Final = 13.0
_TEXT: Final = 15.0
_PATCH: Final = 14.0
_LEGEND: Final = (("home", C.PLOT_HOUSEHOLD), ("car", C.PLOT_VEHICLE), ("range", C.PLOT_RANGE))
# Steps of the axis: so many USD, the first with which it has no more than eight.
_TICKS: Final = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000)
_TICKS_MAX: Final = 8

_STYLE: Final = """
svg { max-width: 100%; height: auto; }
text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #1d2733; }
.soft { fill: #5b6673; }
.tick { text-anchor: middle; }
.less { fill: #1b6e3c; }
.home { fill: #33566f; }
.car { fill: #e0912f; }
.then .home { fill: #8fa3b2; }
.then .car { fill: #efc48c; }
.halo { stroke: #fff; stroke-width: 4; fill: none; opacity: 0.75; }
.range { stroke: #1d2733; stroke-width: 1.6; fill: none; }
.grid { stroke: #e3e7eb; stroke-width: 1; }
.today { stroke: #7a8794; stroke-width: 1.4; stroke-dasharray: 5 4; }
.rule { stroke: #c5ccd3; stroke-width: 1; }
""".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class BillBar:
    """One way of the year. usd: low, middle, high; pev_usd: the vehicle's part of the middle, None where not told.

    note: small, beneath the name; beside: small, after the figure. is_today: today's price.
    """

    name: str
    note: str
    usd: tuple[Decimal, Decimal, Decimal]
    pev_usd: Decimal | None
    beside: str = ""
    is_today: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BarGroup:
    """What stands together because it is one price or one program."""

    bars: tuple[BillBar, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlotPart:
    """Programs that cover one part of the bill, which have an axis of their own: other parts are not compared."""

    heading: str
    groups: tuple[BarGroup, ...]


def compare_svg(parts: Sequence[PlotPart], *, title: str, subtitle: str, language: Language) -> str:
    """The drawing. Every bar carries its figure and every color its word; bars begin at zero."""
    body: list[str] = []
    top = _MARGIN + 104
    for part in parts:
        drawn, top = _part(part, top=top, language=language)
        body += drawn
    notes = lines(render(C.PLOT_NOTE, language=language), size=_SMALL, within=WIDTH - 2 * _MARGIN)
    height = top + 18 * len(notes) + _MARGIN
    said = "; ".join(_described(bar, language) for part in parts for group in part.groups for bar in group.bars)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
            f'height="{height:g}" role="img" lang="{language.value}" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(said)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect width="{WIDTH:g}" height="{height:g}" fill="#fff"/>',
            _text(
                title, x=_MARGIN, y=_MARGIN + 22, size=_fitting(title, size=25, within=WIDTH - 2 * _MARGIN), bold=True
            ),
            _text(subtitle, x=_MARGIN, y=_MARGIN + 48, size=_fitting(subtitle, size=_TEXT), kind="soft"),
            *_legend(y=_MARGIN + 68, language=language, has_car=_has_car(parts)),
            *body,
            *(_text(note, x=_MARGIN, y=top + 6 + 18 * n, size=_SMALL, kind="soft") for n, note in enumerate(notes)),
            "</svg>\n",
        )
    )


def _has_car(parts: Sequence[PlotPart]) -> bool:
    return any(bar.pev_usd is not None for part in parts for group in part.groups for bar in group.bars)


def _described(bar: BillBar, language: Language) -> str:
    return f"{bar.name}, {bar.note}: {money(bar.usd[1], language=language)}"


def _legend(*, y: float, language: Language, has_car: bool) -> Iterable[str]:
    x = _MARGIN
    for kind, word in _LEGEND:
        if kind == "car" and not has_car:
            continue
        said = render(word, language=language)
        if kind == "range":
            yield _whisker(x, x + 22, y=y + _PATCH / 2)
            x += 10
        else:
            yield f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{_PATCH:g}" height="{_PATCH:g}" rx="2"/>'
        yield _text(said, x=x + _PATCH + 6, y=y + _PATCH - 2, size=_SMALL)
        x = round(x + _PATCH + 30 + width(said, size=_SMALL), 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Axis:
    """USD to places on the page. least, most: USD, the axis from least to most."""

    least: float
    most: float

    def x(self, usd: Decimal | float) -> float:
        """Where an amount stands."""
        room = WIDTH - 2 * _MARGIN - _LABELS - _VALUES
        return _MARGIN + _LABELS + room * (float(usd) - self.least) / (self.most - self.least)


def _axis(part: PlotPart) -> tuple[_Axis, tuple[int, ...]]:
    amounts = [float(usd) for group in part.groups for bar in group.bars for usd in bar.usd]
    least, most = min(0.0, *amounts), max(1.0, *amounts)
    step = next((each for each in _TICKS if (most - least) / each <= _TICKS_MAX), _TICKS[-1])
    first, last = int(least // step), int(-(-most // step))
    return _Axis(least=first * step, most=last * step), tuple(range(first * step, last * step + 1, step))


def _part(part: PlotPart, *, top: float, language: Language) -> tuple[list[str], float]:
    """The drawing of a part, and where the next one begins."""
    axis, ticks = _axis(part)
    begin = top + _HEAD
    end = begin + sum(_STEP * len(group.bars) + _GROUP for group in part.groups)
    drawn = [
        _text(part.heading, x=_MARGIN, y=top + 18, size=_fitting(part.heading, size=17), bold=True),
        f'<line class="rule" x1="{_MARGIN:g}" y1="{top + 28:g}" x2="{WIDTH - _MARGIN:g}" y2="{top + 28:g}"/>',
    ]
    for usd in ticks:
        x = axis.x(usd)
        drawn.append(f'<line class="grid" x1="{x:.1f}" y1="{begin:g}" x2="{x:.1f}" y2="{end:g}"/>')
        drawn.append(_text(f"${usd:,d}".replace("$-", "-$"), x=x, y=end + 16, size=_SMALL, kind="soft tick"))
    today = [bar for group in part.groups for bar in group.bars if bar.is_today]
    if len(today) == 1:
        x = axis.x(today[0].usd[1])
        drawn.append(f'<line class="today" x1="{x:.1f}" y1="{begin - 4:g}" x2="{x:.1f}" y2="{end:g}"/>')
        said = render(C.PLOT_TODAY, language=language)
        drawn.append(_text(said, x=x, y=begin - 6, size=_SMALL - 1, kind="soft tick"))
    y = begin + _GROUP / 2
    for group in part.groups:
        for bar in group.bars:
            drawn += _bar(bar, y=y, axis=axis, language=language)
            y += _STEP
        y += _GROUP
    return drawn, end + 44


def _bar(bar: BillBar, *, y: float, axis: _Axis, language: Language) -> Iterable[str]:
    low, mid, high = bar.usd
    at = y + _BAR / 2
    yield _text(bar.name, x=_MARGIN, y=at - 1, size=_fitting(bar.name, size=_TEXT, within=_LABELS - 14), bold=True)
    yield _text(bar.note, x=_MARGIN, y=at + 15, size=_fitting(bar.note, size=_SMALL, within=_LABELS - 14), kind="soft")
    yield f'<g class="{"then" if bar.is_today else "bill"}">'
    home = mid - (bar.pev_usd or ZERO)
    # Where either part is below zero the two cannot be laid end to end: the bill is drawn whole.
    if bar.pev_usd is not None and bar.pev_usd > 0 and home > 0:
        yield _box("home", axis.x(0), axis.x(home), y=y)
        yield _box("car", axis.x(home), axis.x(mid), y=y)
    else:
        yield _box("home", axis.x(min(mid, ZERO)), axis.x(max(mid, ZERO)), y=y)
    yield "</g>"
    yield _whisker(axis.x(low), axis.x(high), y=at)
    x = WIDTH - _MARGIN - _VALUES + 12
    yield _text(money(mid, language=language), x=x, y=at - 1 if bar.beside else at + 5, size=_TEXT, bold=True)
    if bar.beside:
        kind = "soft" if bar.beside.startswith("+") else "less"
        yield _text(bar.beside, x=x, y=at + 15, size=_SMALL, kind=kind)


def _box(kind: str, x: float, until: float, *, y: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(until - x, 0.0):.1f}" height="{_BAR:g}"/>'


def _whisker(x: float, until: float, *, y: float) -> str:
    ends = "".join(f"M{each:.1f} {y - 5:.1f}v10" for each in (x, until))
    way = f'd="M{x:.1f} {y:.1f}H{until:.1f}{ends}"'
    return f'<path class="halo" {way}/><path class="range" {way}/>'


def _fitting(text: str, *, size: float, within: float = WIDTH - 2 * _MARGIN) -> float:
    """The size in which a text fits: one that is too long is set smaller, never cut."""
    wide = width(text, size=size, bold=True)
    return size if wide <= within else size * within / wide


def _text(text: str, *, x: float, y: float, size: float, bold: bool = False, kind: str = "") -> str:
    weight = ' font-weight="bold"' if bold else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}"{weight}{named}>{escape(text)}</text>'
