"""What a customer was told of a case, as it was said, with when, by which channel, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from evenroll.enrollment.form import Language
from evenroll.enrollment.notices import MessageChannel, NoticeState, WithheldReason
from evenroll.pages.formats import instant
from evenroll.pages.notices import notice
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Tag, Tone
from evenroll.records.entries import Entry
from evenroll.records.folds import read_event
from evenroll.records.notice_queue import ListedNotice
from evenroll.records.streams import StreamKind

_TONES = {
    NoticeState.OWED: Tone.WAITING,
    NoticeState.SENT: Tone.GOOD,
    NoticeState.WITHHELD: Tone.PLAIN,
    NoticeState.PARKED: Tone.TROUBLE,
    NoticeState.BEFORE_SENDING: Tone.PLAIN,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldNotice:
    """One notice. at: when it was sent, else since when it is owed. state: with the channel, or why it was not sent."""

    at: str
    text: str
    state: Tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Who reads: around is in language; the notices are in the customer's."""

    language: Language
    customer: Language
    zone: ZoneInfo


def told_notices(listed: Sequence[ListedNotice], entries: Sequence[Entry], *, reader: Reader) -> Sequence[ToldNotice]:
    """Every notice of a case, the latest first. entries: of the case's own journal, among others."""
    own = {each.number: each for each in entries if each.stream.kind is StreamKind.CASE}
    return [_told(each, own[each.entry], reader) for each in reversed(listed) if each.entry in own]


def _told(listed: ListedNotice, entry: Entry, reader: Reader) -> ToldNotice:
    event = read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)
    return ToldNotice(
        at=instant(listed.sent_at or listed.noticed_at, language=reader.language, zone=reader.zone),
        text=notice(event, case=listed.case, language=reader.customer),
        state=Tag(text=_state(listed, reader.language), tone=_TONES[listed.state]),
    )


def _state(listed: ListedNotice, language: Language) -> str:
    state = render(listed.state, language=language)
    if listed.state is NoticeState.SENT and listed.channel:
        return f"{state}: {render(MessageChannel(listed.channel), language=language)}"
    if listed.state is NoticeState.WITHHELD:
        return f"{state}: {render(WithheldReason(listed.why), language=language)}"
    return state
