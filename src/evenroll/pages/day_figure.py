"""A day's charging against the prices of its hours, small enough for a phone; the page carries the style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.pages.figure_parts import text
from evenroll.pages.lettering import width
from evenroll.pages.texts import render

WIDTH: Final = 400.0
_MARGIN: Final = 14.0
_LEFT: Final = 50.0
_PRICE: Final = (40.0, 130.0)
_POWER: Final = (168.0, 258.0)
_SMALL: Final = 12.0
_CENTS: Final = 100
_KWH: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class HourBar:
    """One hour. name: its clock hour, where it is named. now_wh, managed_wh: what the vehicle draws."""

    name: str
    usd_per_kwh: Decimal
    now_wh: int
    managed_wh: int


def day_figure(hours: Sequence[HourBar], *, title: str, language: Language) -> str:
    """The drawing: above the price as a line, below it the charging as it is now and when it is cheap."""
    return "\n".join(
        (
            f'<svg viewBox="0 0 {WIDTH:g} 290" role="img" aria-label="{escape(title)}">',
            text(render("find.day_price", language=language), at=(_MARGIN, 24), size=_SMALL, kind="bold"),
            *_prices(hours),
            text(render("find.day_charging", language=language), at=(_MARGIN, 156), size=_SMALL, kind="bold"),
            *_legend(language, y=156),
            *_charging(hours),
            *(
                text(each.name, at=(_x(place, hours), 276), size=_SMALL, kind="soft", anchor="middle")
                for place, each in enumerate(hours)
                if each.name and 0 < place < len(hours) - 1
            ),
            "</svg>",
        )
    )


def _x(place: float, hours: Sequence[HourBar]) -> float:
    return _LEFT + (WIDTH - _MARGIN - _LEFT) * place / len(hours)


def _prices(hours: Sequence[HourBar]) -> Iterable[str]:
    cents = [float(each.usd_per_kwh * _CENTS) for each in hours]
    least, most = min(0.0, *cents), max(1.0, *cents)
    top, bottom = _PRICE

    def y(cent: float) -> float:
        return bottom - (bottom - top) * (cent - least) / (most - least)

    for cent in dict.fromkeys((0.0, most)):
        yield f'<path class="grid" d="M{_LEFT:g} {y(cent):.1f}H{WIDTH - _MARGIN:g}"/>'
        yield text(f"{cent:.0f} ¢", at=(_LEFT - 6, y(cent) + 4), size=_SMALL, kind="soft", anchor="end")
    way = "".join(
        f"{'L' if place else 'M'}{_x(place, hours):.1f} {y(cent):.1f}H{_x(place + 1, hours):.1f}"
        for place, cent in enumerate(cents)
    )
    yield f'<path class="price" d="{way}"/>'


def _charging(hours: Sequence[HourBar]) -> Iterable[str]:
    top, bottom = _POWER
    most = max(1, *(max(each.now_wh, each.managed_wh) for each in hours))
    wide = (_x(1, hours) - _x(0, hours)) / 2 - 1
    yield f'<path class="grid" d="M{_LEFT:g} {bottom:g}H{WIDTH - _MARGIN:g}M{_LEFT:g} {top:g}H{WIDTH - _MARGIN:g}"/>'
    yield text("0", at=(_LEFT - 6, bottom + 4), size=_SMALL, kind="soft", anchor="end")
    yield text(f"{most / _KWH:.1f}", at=(_LEFT - 6, top + 4), size=_SMALL, kind="soft", anchor="end")
    for place, each in enumerate(hours):
        for shift, wh, kind in ((0.0, each.now_wh, "shape shape--now"), (wide, each.managed_wh, "shape")):
            high = (bottom - top) * wh / most
            if wh:
                x = _x(place, hours) + 1 + shift
                size = f'width="{wide:.1f}" height="{high:.1f}"'
                yield f'<rect class="{kind}" x="{x:.1f}" y="{bottom - high:.1f}" {size}/>'


def _legend(language: Language, *, y: float) -> Iterable[str]:
    x = WIDTH - _MARGIN
    for kind, key in (("shape", "find.day_managed"), ("shape shape--now", "find.day_now")):
        said = render(key, language=language)
        x -= width(said, size=_SMALL)
        yield text(said, at=(x, y), size=_SMALL)
        x -= 16
        yield f'<rect class="{kind}" x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12" rx="2"/>'
        x -= 10
