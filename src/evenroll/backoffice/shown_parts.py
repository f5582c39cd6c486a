"""Parts that the pages of a case and of a service order share: who is waited on, what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evenroll.backoffice.desk_words import due_tag
from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import TrackState
from evenroll.pages.formats import instant
from evenroll.pages.part_words import track_words
from evenroll.pages.texts import render
from evenroll.pages.timeline_words import told_entry
from evenroll.pages.web_widgets import Cell, Moment, Table, Tag, Timeline
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.entries import Entry
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
    heads = ("case_word.track", "case_word.state", "case_word.waits_on", "desk.due")
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
    """What happened, the latest first."""
    language = looking.language
    moments = [
        Moment(
            title=told.sentence,
            at=instant(told.at, language=language, zone=zone),
            by=render(f"role.{told.actor_role}", language=language),
            is_now=place == 0,
        )
        for place, told in enumerate(told_entry(each, language=language) for each in reversed(list(entries)))
    ]
    return Timeline(moments=moments)


def state_tag(text: str) -> Tag:
    """Where a record stands."""
    return Tag(text=text)
