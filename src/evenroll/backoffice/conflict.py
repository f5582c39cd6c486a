"""Where somebody acted after a page was read: what changed since then, by whom and when, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evenroll.pages.formats import instant
from evenroll.pages.texts import render
from evenroll.pages.timeline_words import told_entry
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Moment, Timeline
from evenroll.records.entries import Entry
from evenroll.records.journal import read_stream
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamId

NOTHING_SEEN = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """What changed since a page was read. seen: the number of the last entry now; at: when that one was recorded."""

    seen: int
    changes: Timeline


def moved_since(request: PageRequest, stream: StreamId, *, seen: int | None) -> Moved:
    """The entries of a record after the one that was seen, the first of them first."""
    with open_organization(person_of(request).organization) as opened:
        entries = read_stream(stream)
    zone = ZoneInfo(opened.calendar.zone)
    since = [each for each in entries if each.number > (seen or NOTHING_SEEN)]
    moments = [_moment(request, each, zone=zone) for each in since]
    return Moved(seen=last_of(entries), changes=Timeline(moments=moments))


def last_of(entries: Sequence[Entry]) -> int:
    """The number of the last entry of a stream."""
    return max((each.number for each in entries), default=NOTHING_SEEN)


def _moment(request: PageRequest, entry: Entry, *, zone: ZoneInfo) -> Moment:
    """When it was done stands by the clock of the database: it is what happened while the page was open."""
    role = render(f"role.{entry.actor_role.value}", language=request.language)
    is_colleague = entry.actor_organization == entry.organization
    return Moment(
        title=told_entry(entry, language=request.language).sentence,
        at=instant(entry.recorded_at, language=request.language, zone=zone),
        by=said(request, "work.by", role=entry.actor_role.value, who=entry.actor_key) if is_colleague else role,
    )
