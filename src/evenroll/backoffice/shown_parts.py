"""Parts that the pages of a case and of a service order share: who is waited on, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from evenroll.backoffice.desk_words import due_tag
from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import TrackState
from evenroll.pages.formats import instant
from evenroll.pages.part_words import track_words
from evenroll.pages.texts import render
from evenroll.pages.timeline_words import Told, told_actor, told_entry
from evenroll.pages.web_widgets import Cell, Moment, Table, Timeline
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.entries import Entry
from evenroll.records.organizations import organization_names
from evenroll.records.queries import Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Looking:
    """Who looks, when, and in which language it is told."""

    viewer: Viewer
    now: datetime
    language: Language

    def said(self, key: str) -> str:
        """A text of the catalog."""
        return render(key, language=self.language)


def waits_table(tracks: Iterable[TrackState], *, looking: Looking, calendar: ServiceCalendar) -> Table:
    """Every strand of work: where it stands, who is waited on, until when."""
    language = looking.language
    heads = ("desk.track", "desk.state", "desk.owner", "desk.due")
    return Table(
        caption=looking.said("desk.waits"),
        columns=[Cell(text=looking.said(each)) for each in heads],
        rows=[_track_cells(each, looking=looking, calendar=calendar) for each in _by_due(tracks)],
        empty=render("case_word.finished", language=language),
    )


def _by_due(tracks: Iterable[TrackState]) -> Sequence[TrackState]:
    return sorted(tracks, key=lambda each: (each.due_at is None, each.due_at or each.since, each.key))


def _track_cells(track: TrackState, *, looking: Looking, calendar: ServiceCalendar) -> list[Cell]:
    language = looking.language
    due = (
        Cell(text="", tag=due_tag(track.due_at, now=looking.now, calendar=calendar, language=language))
        if track.due_at is not None and track.owner is not None
        else Cell(text="—")
    )
    return [
        Cell(text=track_words(track.key, language=language)),
        Cell(text=render(track.state, language=language)),
        Cell(text=render(track.owner, language=language) if track.owner else "—"),
        due,
    ]


def happened(entries: Iterable[Entry], *, looking: Looking, zone: ZoneInfo) -> Timeline:
    """What happened, the latest first; what came again and again is told once, with how often."""
    language = looking.language
    told = [told_entry(each, language=language) for each in reversed(list(entries))]
    runs = [list(run) for _, run in groupby(told, key=lambda each: (each.sentence, each.actor_role))]
    names = organization_names()
    return Timeline(
        moments=[
            Moment(
                title=run[0].sentence,
                at=instant(run[0].at, language=language, zone=zone),
                by=told_actor(run[0], names=names, language=language),
                text=_again(run, looking=looking, zone=zone),
                is_now=place == 0,
            )
            for place, run in enumerate(runs)
        ]
    )


def _again(run: Sequence[Told], *, looking: Looking, zone: ZoneInfo) -> str:
    if len(run) == 1:
        return ""
    first = run[-1].at.astimezone(zone).date()
    return render("desk.times", language=looking.language, parameters={"count": len(run), "first_on": first})
