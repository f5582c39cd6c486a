"""The parts of a report that count cases: how far they came, how long they stood, why they stopped, by which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from evenroll.backoffice.reports_parts import Of, Part, Shown, Told, counted, days_words
from evenroll.pages.formats import number
from evenroll.pages.funnel_svg import stage_name
from evenroll.pages.report_figure import Bar, Piece, bars_figure
from evenroll.pages.report_words import draft_step_words, reason_words, share_words
from evenroll.pages.texts import key_of
from evenroll.records.funnel import Reason, Stage, TimeInState
from evenroll.records.report_figures import Share, counts_drafts
from evenroll.records.report_lines import STAGE_KEYS

BARS_MOST: Final = 10
"""Beyond these a drawing is only long; the table has all."""
_TENTHS_A_DAY: Final = 10


def drafts(told: Told) -> Part:
    """Applications on the web before they were a case. Nobody is in these counts, so they lead nowhere."""
    found = told.report.funnel.drafts
    named = [(draft_step_words(each.step, language=told.language), each.drafts) for each in found]
    bars = [
        Bar(name=name, figure=number(count, language=told.language), pieces=(Piece(kind="pale", begin=0, until=count),))
        for name, count in named
    ]
    title = told.say("funnel.drafts")
    return Part(
        key="drafts",
        title=title,
        note=told.say("reports.drafts_note" if counts_drafts(told.chosen) else "reports.drafts_no_part"),
        heads=(told.say("funnel.draft_step"), told.say("funnel.draft_count")),
        rows=[(Shown(text=name), _plain(told, count)) for name, count in named],
        figure=bars_figure(bars, title=title) if bars else "",
    )


def stages(told: Told) -> Part:
    """How far cases came."""
    found, title = told.report.funnel.stages, told.say("funnel.stages")
    whole = found[0].reached
    legend = (("whole", told.say("report_word.legend_reached")), ("part", told.say("report_word.legend_stopped")))
    heads = ("report_word.stage", "report_word.cases", "report_word.of_all", "report_word.stopped_here")
    return Part(
        key="stages",
        title=title,
        note=told.say("reports.stages_note"),
        heads=[told.say(each) for each in heads],
        rows=[_stage_row(told, each, whole=whole) for each in found] if whole else (),
        figure=bars_figure([_stage_bar(told, each) for each in found], title=title, legend=legend) if whole else "",
    )


def times(told: Told) -> Part:
    """How long cases stood in each state."""
    found, title = told.report.funnel.times, told.say("report_word.time_in_state")
    legend = (("whole", told.say("report_word.legend_median")), ("pale", told.say("report_word.legend_ninth")))
    bars = [_time_bar(told, each) for each in found if each.times and each.ninth_days]
    heads = ("state", "times_left", "median", "nine_of_ten", "standing_now")
    return Part(
        key="times",
        title=title,
        note=told.say("reports.times_note"),
        heads=[told.say(f"report_word.{each}") for each in heads],
        rows=[_time_row(told, each) for each in found],
        figure=bars_figure(bars, title=title, legend=legend) if bars else "",
    )


def reasons(told: Told) -> Part:
    """Why cases were held up, refused or ended."""
    found, title = told.report.funnel.reasons, told.say("report_word.why")
    most = sorted(found, key=lambda each: -each.cases)[:BARS_MOST]
    bars = [_reason_bar(told, each) for each in most]
    note = "reports.reasons_note_most" if len(found) > BARS_MOST else "reports.reasons_note"
    return Part(
        key="reasons",
        title=title,
        note=told.say(note, most=BARS_MOST),
        heads=(told.say("report_word.reason"), told.say("report_word.cases")),
        rows=[_reason_row(told, each) for each in found],
        figure=bars_figure(bars, title=title) if bars else "",
    )


def channels(told: Told) -> Part:
    """How cases went by the channel that they came by."""
    words = _Ways(
        key="channels", name="channel", title="reports.channels", note="reports.channels_note", head="reports.channel"
    )
    return _shares(told, told.report.channels, ways=words)


def languages(told: Told) -> Part:
    """How cases went by the language of the customer."""
    words = _Ways(
        key="languages",
        name="language",
        title="reports.languages",
        note="reports.languages_note",
        head="reports.language",
    )
    return _shares(told, told.report.languages, ways=words)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ways:
    """The words of a part that tells shares. key: of the part; name: of the choice, and of its codes in the catalog."""

    key: str
    name: str
    title: str
    note: str
    head: str


def _shares(told: Told, found: Sequence[Share], *, ways: _Ways) -> Part:
    title, name = told.say(ways.title), ways.name
    legend = (("whole", told.say("reports.enrolled")), ("pale", told.say("reports.opened")))
    bars = [_share_bar(told, each, name=name) for each in found]
    heads = ("reports.opened", "reports.enrolled", "report_word.of_all", "reports.active")
    return Part(
        key=ways.key,
        title=title,
        note=told.say(ways.note),
        heads=[told.say(ways.head), *(told.say(each) for each in heads)],
        rows=[_share_row(told, each, name=name) for each in found],
        figure=bars_figure(bars, title=title, legend=legend) if bars else "",
    )


def _plain(told: Told, count: int) -> Shown:
    return Shown(text=number(count, language=told.language), raw=str(count))


def _stage_row(told: Told, each: Stage, *, whole: int) -> Sequence[Shown]:
    return (
        Shown(text=stage_name(each.key, language=told.language)),
        counted(told, each.reached, of=Of.REACHED, code=each.key),
        Shown(text=share_words(each.reached, whole)),
        counted(told, each.stopped, of=Of.STOPPED, code=each.key),
    )


def _stage_bar(told: Told, each: Stage) -> Bar:
    reached, stopped = each.reached, each.stopped
    return Bar(
        name=stage_name(each.key, language=told.language),
        figure=counted(told, each.reached, of=Of.REACHED, code=each.key).text,
        pieces=(
            Piece(kind="whole", begin=0, until=reached),
            Piece(kind="part", begin=max(reached - stopped, 0), until=reached),
        ),
    )


def _time_row(told: Told, each: TimeInState) -> Sequence[Shown]:
    code = each.state.value
    return (
        Shown(text=told.say(key_of(each.state))),
        counted(told, each.times, of=Of.LEFT, code=code),
        _days(told, each, each.median_days),
        _days(told, each, each.ninth_days),
        counted(told, each.now, of=Of.NOW, code=code),
    )


def _days(told: Told, each: TimeInState, days: float) -> Shown:
    """A length that leads to those who stood so long or longer."""
    if not each.times:
        return Shown(text="")
    least = round(days * _TENTHS_A_DAY)
    there = counted(told, each.times, of=Of.LEFT, code=each.state.value, least=least)
    return Shown(text=days_words(days), href=there.href)


def _time_bar(told: Told, each: TimeInState) -> Bar:
    figure = told.say("funnel.days", median=days_words(each.median_days), ninth=days_words(each.ninth_days))
    return Bar(
        name=told.say(key_of(each.state)),
        figure=figure,
        pieces=(
            Piece(kind="pale", begin=0, until=each.ninth_days),
            Piece(kind="whole", begin=0, until=each.median_days),
        ),
    )


def _reason_count(told: Told, each: Reason) -> Shown:
    code = f"{each.code}:{each.outcome}" if each.kind == "rule" else each.code
    return counted(told, each.cases, of=Of.RULE if each.kind == "rule" else Of.END, code=code)


def _reason_row(told: Told, each: Reason) -> Sequence[Shown]:
    return (Shown(text=reason_words(each, language=told.language)), _reason_count(told, each))


def _reason_bar(told: Told, each: Reason) -> Bar:
    return Bar(
        name=reason_words(each, language=told.language),
        figure=_reason_count(told, each).text,
        pieces=(Piece(kind="whole", begin=0, until=each.cases),),
    )


def _share_row(told: Told, each: Share, *, name: str) -> Sequence[Shown]:
    return (
        Shown(text=told.say(f"{name}.{each.code}")),
        _share_count(told, each.opened, each, name=name, stage=STAGE_KEYS[0]),
        _share_count(told, each.enrolled, each, name=name, stage="enrolled"),
        Shown(text=share_words(each.enrolled, each.opened)),
        _share_count(told, each.active, each, name=name, stage="active"),
    )


def _share_count(told: Told, count: int, each: Share, *, name: str, stage: str) -> Shown:
    chosen = replace(told.chosen, **{name: each.code})
    return counted(told, count, of=Of.REACHED, code=stage, chosen=chosen)


def _share_bar(told: Told, each: Share, *, name: str) -> Bar:
    return Bar(
        name=told.say(f"{name}.{each.code}"),
        figure=_share_count(told, each.opened, each, name=name, stage=STAGE_KEYS[0]).text,
        pieces=(
            Piece(kind="pale", begin=0, until=each.opened),
            Piece(kind="whole", begin=0, until=each.enrolled),
        ),
    )
