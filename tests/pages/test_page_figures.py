"""The figures of pages: every bar carries its range, begins at zero, and no text leaves the drawing."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.bills_figure import bills_figure
from evenroll.pages.compare_svg import BarGroup, BillBar, PlotPart
from evenroll.pages.day_figure import HourBar, day_figure
from evenroll.pages.lettering import width
from evenroll.pages.report_figure import Bar, Columns, Piece, bars_figure, months_figure

LONG = "A rate with a <name> & a name that is far longer than any phone is wide, on which it has to stand all the same"


def bar(low: int, mid: int, high: int, *, name: str = "Rate", pev: int | None = 300) -> BillBar:
    usd = (Decimal(low), Decimal(mid), Decimal(high))
    return BillBar(name=name, note="as it is today", usd=usd, pev_usd=None if pev is None else Decimal(pev))


def part(*bars: BillBar) -> PlotPart:
    return PlotPart(heading="x", groups=(BarGroup(bars=bars[:1]), BarGroup(bars=bars[1:] or bars)))


@pytest.mark.parametrize("language", Language)
def test_every_bar_carries_its_range_and_no_bare_number(language: Language) -> None:
    drawn = bills_figure(part(bar(900, 1000, 1100), bar(1200, 1300, 1410)), title="<t>", language=language)
    said = [each.text for each in ElementTree.fromstring(drawn).iter("text")]
    assert "$900 - $1,100" in said
    assert "$1,200 - $1,410" in said
    assert not {"$1,300", "$1,300.00"} & set(said)


def test_bars_begin_at_zero_where_the_axis_does() -> None:
    drawn = bills_figure(part(bar(900, 1000, 1100), bar(-200, -100, 50, pev=None)), title="t", language=Language.EN)
    zero = re.search(r'x="([\d.]+)"[^>]*>\$0<', drawn)
    assert zero
    homes = re.findall(r'class="home" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    # The first is that of the legend.
    assert homes[1][0] == zero[1]
    assert float(homes[-1][0]) + float(homes[-1][1]) == pytest.approx(float(zero[1]), abs=0.2)


def test_a_long_name_is_set_smaller_and_its_marks_are_harmless() -> None:
    drawn = bills_figure(part(bar(900, 1000, 1100, name=LONG)), title=LONG, language=Language.EN)
    found = re.search(r'font-size="([\d.]+)" class="bold">A rate', drawn)
    assert found
    assert width(LONG, size=float(found[1]), bold=True) <= 373
    assert "<name>" not in drawn


@pytest.mark.parametrize("price", ["0.21", "-0.05"])
def test_a_day_draws_what_is_charged_and_stays_in_its_frame(price: str) -> None:
    hours = [
        HourBar(
            name="noon" if n == 6 else "",
            usd_per_kwh=Decimal(price) if n > 9 else Decimal("0.1"),
            now_wh=7200 if n == 3 else 0,
            managed_wh=7200 if n == 12 else 0,
        )
        for n in range(24)
    ]
    drawn = day_figure(hours, title="t", language=Language.ES)
    assert drawn.count('class="shape shape--now"') == drawn.count('class="shape"') == 2
    ys = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)H", drawn)]
    assert all(30 <= y <= 290 for y in ys)


def texts_of(drawn: str) -> list[tuple[float, float, str, str]]:
    """Where each text stands, its size, anchor and words."""
    return [
        (float(each.get("x") or 0), float(each.get("font-size") or 0), each.get("text-anchor") or "", each.text or "")
        for each in ElementTree.fromstring(drawn).iter("text")
    ]


def stays_inside(drawn: str) -> None:
    for x, size, anchor, said in texts_of(drawn):
        wide = width(said, size=size)
        begin = x - wide * {"end": 1.0, "middle": 0.5}.get(anchor, 0.0)
        assert begin >= 0 and begin + wide <= 401, said


def test_bars_of_a_report_carry_their_figures_and_end_in_their_frame() -> None:
    bars = [
        Bar(name=LONG, figure="1,234,567", pieces=(Piece(kind="whole", begin=0, until=1_234_567),)),
        Bar(name="None", figure="0", pieces=(Piece(kind="whole", begin=0, until=0),)),
    ]
    drawn = bars_figure(bars, title="<t>", legend=(("whole", "cases"),))
    stays_inside(drawn)
    assert {"1,234,567", "0"} <= {said for *_, said in texts_of(drawn)}
    rooms = [float(each.get("width") or 0) for each in ElementTree.fromstring(drawn).iter("rect")]
    # That of the legend, and the one bar that has a length.
    assert rooms == [12.0, 372.0]


@pytest.mark.parametrize("months", [1, 12, 24])
def test_columns_by_month_stay_in_their_months(months: int) -> None:
    rows = [Columns(name=LONG, total="9,999,999", counts=tuple(1_000_000 + each for each in range(months)))]
    drawn = months_figure(rows, months=["Sep" if months < 13 else "S"] * months, title="t")
    stays_inside(drawn)
    assert len([*ElementTree.fromstring(drawn).iter("rect")]) == months
    assert months_figure([], months=[], title="t").endswith("</svg>")
