"""The report of an organization in words and as a drawing, for the terminal and for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.pages.formats import number
from evenroll.pages.funnel_svg import StageBar, TimeBar, WordedBar, funnel_svg
from evenroll.pages.part_words import money_state_words, money_words
from evenroll.pages.texts import has, render

if TYPE_CHECKING:
    from evenroll.records.funnel import Funnel, Money, Reason


def report_drawing(found: Funnel, *, language: Language) -> str:
    """The report as an SVG document."""
    return funnel_svg(
        [StageBar(key=each.key, reached=each.reached, stopped=each.stopped) for each in found.stages],
        [
            TimeBar(state=each.state, median_days=each.median_days, ninth_days=each.ninth_days)
            for each in found.times
            if each.times
        ],
        reasons=[
            WordedBar(
                words=reason_words(each, language=language),
                size=each.cases,
                figure=number(each.cases, language=language),
            )
            for each in found.reasons
        ],
        money=[_money_bar(each, language=language) for each in found.money],
        title=report_title(found, language=language),
        language=language,
    )


def report_title(found: Funnel, *, language: Language) -> str:
    """What the report is headed by."""
    return render("funnel.title", language=language, parameters={"organization": found.organization})


def reason_words(each: Reason, *, language: Language) -> str:
    """Why cases stopped or were held up."""
    if each.kind == "rule":
        return render(f"finding.{each.code}.{each.outcome}", language=language)
    for subject, codes in (("end_reason", EndReason), ("state", State)):
        if each.code in {code.value for code in codes} and has(f"{subject}.{each.code}"):
            return render(f"{subject}.{each.code}", language=language)
    return each.code


def share_words(part: int, whole: int) -> str:
    """A part of a whole, in percent; "" of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else ""


def _money_bar(each: Money, *, language: Language) -> WordedBar:
    what = money_words(each.what, each.code, language=language)
    state = money_state_words(each.what, each.state, language=language)
    words = f"{what}, {state} ({number(each.count, language=language)})"
    return WordedBar(words=words, size=abs(float(each.amount)), figure=f"{each.amount:,.2f}")


def draft_step_words(step: str, *, language: Language) -> str:
    """How far an application on the web came: begun, past a page, sent."""
    own = f"funnel.draft_{step}"
    return render(own if has(own) else f"enroll.q_{step}", language=language)
