"""The report of an organization as one SVG document: how far cases came, how long they stood, why not, the money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import number
from evenroll.pages.lettering import width
from evenroll.pages.table_codes import ReportWord
from evenroll.pages.texts import has, render

WIDTH: Final = 1000.0
MARGIN: Final = 32.0
LABEL_WIDTH: Final = 330.0
BAR_HEIGHT: Final = 24.0
STEP: Final = 36.0
TEXT_SIZE: Final = 16.0
_VALUE_WIDTH: Final = 190.0
_PATCH: Final = 14.0
_CLOSE: Final = 30.0
_SHORT_ROOM: Final = 130.0
_WORDS_AT: Final = 240.0
_OF_STAGES: Final = (("bar", ReportWord.LEGEND_REACHED), ("stopped", ReportWord.LEGEND_STOPPED))
_OF_TIMES: Final = (("bar", ReportWord.LEGEND_MEDIAN), ("ninth", ReportWord.LEGEND_NINTH))

_STYLE: Final = """
svg { max-width: 100%; height: auto; }
text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #1a1a1a; }
.bar { fill: #2f5d50; }
.stopped { fill: #c8a24a; }
.ninth { fill: #b9c9c3; }
.rule { stroke: #999; stroke-width: 1; }
""".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class StageBar:
    """One stage: key of its text, cases that reached it, cases that stopped there."""

    key: str
    reached: int
    stopped: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeBar:
    """One state: median and nine of ten, in days."""

    state: State
    median_days: float
    ninth_days: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WordedBar:
    """A reason or a kind of money: its words, how long its bar is, and the figure beside it."""

    words: str
    size: float
    figure: str


def stage_name(key: str, *, language: Language) -> str:
    """The words for a stage: of its row of the use case, or of its state."""
    return render(f"row.{key}" if has(f"row.{key}") else f"state.{key}", language=language)


def funnel_svg(
    stages: Sequence[StageBar],
    times: Sequence[TimeBar],
    *,
    reasons: Sequence[WordedBar] = (),
    money: Sequence[WordedBar] = (),
    title: str,
    language: Language,
) -> str:
    """The drawing. Every bar carries its number, so that nothing rests on color or length alone."""
    times_top = MARGIN + 120 + STEP * len(stages)
    reasons_top = times_top + 112 + STEP * len(times)
    money_top = reasons_top + _worded_height(reasons)
    height = money_top + _worded_height(money) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" lang="{language.value}" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_described(stages, language=language))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="#fff"/>',
        _text(title, x=MARGIN, y=MARGIN + 20, size=24, bold=True),
        _text(render("funnel.stages", language=language), x=MARGIN, y=MARGIN + 62, size=18, bold=True),
        *_legend(_OF_STAGES, y=MARGIN + 78, language=language),
        *_stage_bars(stages, top=MARGIN + 104, language=language),
        _text(render("funnel.times", language=language), x=MARGIN, y=times_top + 36, size=18, bold=True),
        *_legend(_OF_TIMES, y=times_top + 52, language=language),
        *_time_bars(times, top=times_top + 78, language=language),
        *_worded(reasons, ReportWord.WHY, top=reasons_top, language=language),
        *_worded(money, ReportWord.MONEY, top=money_top, language=language),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(kinds: Sequence[tuple[str, ReportWord]], *, y: float, language: Language) -> Iterable[str]:
    """A patch of each color with its meaning, side by side."""
    x = MARGIN
    for kind, word in kinds:
        said = render(word, language=language)
        yield f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{_PATCH:g}" height="{_PATCH:g}"/>'
        yield _text(said, x=x + _PATCH + 6, y=y + _PATCH - 2, size=TEXT_SIZE - 2)
        x = round(x + _PATCH + 30 + width(said, size=TEXT_SIZE - 2), 1)


def _described(stages: Sequence[StageBar], *, language: Language) -> str:
    return "; ".join(f"{stage_name(each.key, language=language)}: {each.reached}" for each in stages)


def _stage_bars(stages: Sequence[StageBar], *, top: float, language: Language) -> Iterable[str]:
    most = max((each.reached for each in stages), default=0) or 1
    room = WIDTH - 2 * MARGIN - LABEL_WIDTH - _VALUE_WIDTH
    for place, each in enumerate(stages):
        y = top + STEP * place
        yield _label(stage_name(each.key, language=language), y=y)
        whole = room * each.reached / most
        stopped = room * each.stopped / most
        yield _bar(x=MARGIN + LABEL_WIDTH, y=y, length=whole, kind="bar")
        yield _bar(x=MARGIN + LABEL_WIDTH + whole - stopped, y=y, length=stopped, kind="stopped")
        told = render(
            "funnel.reached",
            language=language,
            parameters={
                "reached": number(each.reached, language=language),
                "stopped": number(each.stopped, language=language),
            },
        )
        yield _text(told, x=MARGIN + LABEL_WIDTH + whole + 10, y=y + 17, size=TEXT_SIZE - 2)


def _time_bars(times: Sequence[TimeBar], *, top: float, language: Language) -> Iterable[str]:
    most = max((each.ninth_days for each in times), default=0.0) or 1.0
    room = WIDTH - 2 * MARGIN - LABEL_WIDTH - _VALUE_WIDTH
    for place, each in enumerate(times):
        y = top + STEP * place
        yield _label(render(each.state, language=language), y=y)
        yield _bar(x=MARGIN + LABEL_WIDTH, y=y, length=room * each.ninth_days / most, kind="ninth")
        yield _bar(x=MARGIN + LABEL_WIDTH, y=y, length=room * each.median_days / most, kind="bar")
        told = render(
            "funnel.days",
            language=language,
            parameters={"median": f"{each.median_days:,.1f}", "ninth": f"{each.ninth_days:,.1f}"},
        )
        yield _text(told, x=MARGIN + LABEL_WIDTH + room * each.ninth_days / most + 10, y=y + 17, size=TEXT_SIZE - 2)


def _worded_height(bars: Sequence[WordedBar]) -> float:
    return 76 + _CLOSE * len(bars) if bars else 0.0


def _worded(bars: Sequence[WordedBar], head: ReportWord, *, top: float, language: Language) -> Iterable[str]:
    """Bars whose words are sentences: a short bar, its figure, and all of the line for the words."""
    if not bars:
        return
    yield _text(render(head, language=language), x=MARGIN, y=top + 36, size=18, bold=True)
    most = max(each.size for each in bars) or 1.0
    room = WIDTH - 2 * MARGIN - _WORDS_AT
    for place, each in enumerate(bars):
        y = top + 52 + _CLOSE * place
        length = _SHORT_ROOM * each.size / most
        yield _bar(x=MARGIN, y=y, length=length, kind="bar")
        yield _text(each.figure, x=MARGIN + length + 10, y=y + 17, size=TEXT_SIZE - 2)
        wide = width(each.words, size=TEXT_SIZE)
        yield _text(each.words, x=MARGIN + _WORDS_AT, y=y + 17, size=min(TEXT_SIZE, TEXT_SIZE * room / wide))


def _label(text: str, *, y: float) -> str:
    """A label that fits its column; one that is too long is set smaller, never cut."""
    wide = width(text, size=TEXT_SIZE)
    size = TEXT_SIZE if wide <= LABEL_WIDTH - 12 else TEXT_SIZE * (LABEL_WIDTH - 12) / wide
    return _text(text, x=MARGIN, y=y + 17, size=size)


def _bar(*, x: float, y: float, length: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{max(length, 0.0):.1f}" height="{BAR_HEIGHT:g}"/>'


def _text(text: str, *, x: float, y: float, size: float, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:.1f}"{weight}>{escape(text)}</text>'
