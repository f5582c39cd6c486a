"""The cases behind a number of the report, or what waits behind one of its backlog, a page at a time by keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from evenroll.accounts.wired import business_now
from evenroll.backoffice.desk_words import address_of_record, due_tag
from evenroll.backoffice.reports_form import chosen_from, month_words, query_of
from evenroll.backoffice.reports_parts import DUE_WORDS, Of, days_words
from evenroll.backoffice.theirs import theirs
from evenroll.backoffice.ways import desk_page
from evenroll.backoffice.who import READERS
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.funnel_svg import stage_name
from evenroll.pages.part_words import track_words
from evenroll.pages.report_words import reason_words
from evenroll.pages.texts import key_of
from evenroll.pages.web_request import PageRequest, person_of, viewer_of
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Cell, Table, Tag
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.desk_queue import QueueAsked, QueueKey, QueueRow, queue_page
from evenroll.records.funnel import Reason
from evenroll.records.organizations import open_organization
from evenroll.records.report_backlog import Due, bounds
from evenroll.records.report_lines import STAGE_KEYS, Subject
from evenroll.records.report_rows import Behind, CaseBehind, RowKey, rows_behind
from evenroll.records.streams import StreamKind

_TENTHS_A_DAY: Final = 10
_NUMBER_MAX: Final = 2**63 - 1
_EXTENT_MAX: Final = 2**31 - 1
_SUBJECTS: Final[Mapping[Of, Subject]] = {
    Of.STOPPED: Subject.STAGE,
    Of.NOW: Subject.STATE,
    Of.LEFT: Subject.LEFT,
    Of.RULE: Subject.RULE,
    Of.END: Subject.END,
    Of.PROGRAM: Subject.PROGRAM,
}
_TITLES: Final[Mapping[Of, str]] = {
    Of.REACHED: "reports.of_reached",
    Of.STOPPED: "reports.of_stopped",
    Of.NOW: "reports.of_now",
    Of.LEFT: "reports.of_left",
    Of.RULE: "reports.of_rule",
    Of.END: "reports.of_end",
    Of.PROGRAM: "reports.of_program",
    Of.DUE: "reports.of_due",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What an address asks for. least: an extent; after: where the page before ended, as the address says it."""

    of: Of
    code: str
    least: int
    after: str
    after_more: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What a page shows. next: the parameters with which the next one begins, empty for none."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    next: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """Who reads a page, and when."""

    request: PageRequest
    calendar: ServiceCalendar
    now: datetime

    def due(self, due_at: datetime) -> Tag:
        """When something is due, in business days where it is near."""
        return due_tag(due_at, now=self.now, calendar=self.calendar, language=self.request.language)


@require_safe
@theirs
def rows(request: PageRequest) -> HttpResponse:
    """The rows behind a number."""
    asked, query = _asked(request), query_of(chosen_from(request.GET))
    title = _title(request, asked)
    found = _waits(request, asked) if asked.of is Of.DUE else _cases(request, asked)
    kept = {"of": asked.of.value, "code": asked.code, **({"least": str(asked.least)} if asked.least else {}), **query}
    context = {
        "title": title,
        "chosen": _chosen_words(request),
        "table": _table(request, found, caption=title),
        "back": f"{reverse('desk-reports')}{'?' if query else ''}{urlencode(query)}",
        "first": f"?{urlencode(kept)}" if asked.after else "",
        "next": f"?{urlencode({**kept, **found.next})}" if found.next else "",
    }
    return desk_page(request, "backoffice/report_rows.html", context)


def _table(request: PageRequest, found: _Found, *, caption: str) -> Table:
    return Table(
        caption=caption,
        is_caption_hidden=True,
        columns=[Cell(text=said(request, each)) for each in found.heads],
        rows=found.rows,
        empty=said(request, "reports.no_rows"),
    )


def _asked(request: PageRequest) -> _Asked:
    """Without a word of what it counts, all cases. Raises Http404 for what no number leads to."""
    given = request.GET
    of = given.get("of", Of.REACHED.value)
    if of not in {each.value for each in Of}:
        raise Http404
    return _Asked(
        of=Of(of),
        code=given.get("code", STAGE_KEYS[0]),
        least=_whole(given.get("least", ""), most=_EXTENT_MAX),
        after=given.get("after", ""),
        after_more=_whole(given.get("more", ""), most=_NUMBER_MAX),
    )


def _whole(text: str, *, most: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= most else 0


def _cases(request: PageRequest, asked: _Asked) -> _Found:
    viewer = viewer_of(request)
    page = rows_behind(
        viewer,
        behind=_behind(request, asked),
        after=RowKey(number=asked.after, extent=asked.after_more) if asked.after else None,
    )
    with open_organization(viewer.organization) as opened:
        seen = _Seen(request=request, calendar=opened.calendar, now=business_now())
    last = page.rows[-1].key if page.more else None
    heads = ["desk.number", "reports.program", "reports.state", "reports.month", "desk.due"]
    return _Found(
        heads=[*heads, *(["reports.days"] if asked.of is Of.LEFT else [])],
        rows=[_case_cells(seen, each, of=asked.of) for each in page.rows],
        next={} if last is None else {"after": last.number, "more": str(last.extent)},
    )


def _behind(request: PageRequest, asked: _Asked) -> Behind:
    chosen = chosen_from(request.GET)
    if asked.of is Of.REACHED:
        codes = STAGE_KEYS[STAGE_KEYS.index(asked.code) :]
        return Behind(subject=Subject.STAGE, codes=codes, chosen=chosen)
    least = 1 if asked.of is Of.STOPPED else asked.least
    return Behind(subject=_SUBJECTS[asked.of], codes=(asked.code,), least=least, chosen=chosen)


def _case_cells(seen: _Seen, each: CaseBehind, *, of: Of) -> list[Cell]:
    request = seen.request
    due = None if each.due_at is None else seen.due(each.due_at)
    days = days_words(each.key.extent / _TENTHS_A_DAY)
    lasted = days if each.times == 1 else said(request, "reports.days_times", days=days, times=each.times)
    return [
        Cell(text=each.number, href=address_of_record(StreamKind.CASE, each.number)),
        Cell(text=each.program or ""),
        Cell(text=said(request, key_of(each.status))),
        Cell(text=month_words(each.month, language=request.language)),
        Cell(text="", tag=due),
        *([Cell(text=lasted)] if of is Of.LEFT else []),
    ]


def _waits(request: PageRequest, asked: _Asked) -> _Found:
    role, due = _waited(asked.code)
    viewer, now = viewer_of(request), business_now()
    with open_organization(viewer.organization) as opened:
        begin, end = bounds(now=now, calendar=opened.calendar)[due]
        seen = _Seen(request=request, calendar=opened.calendar, now=now)
        page = queue_page(
            viewer,
            asked=QueueAsked(on=role, due_from=begin, due_before=end, after=_queue_key(asked)),
        )
    last = page.rows[-1].key if page.more else None
    return _Found(
        heads=["desk.what", "desk.number", "reports.program", "desk.due"],
        rows=[_wait_cells(seen, each) for each in page.rows],
        next={} if last is None else {"after": last.due_at.isoformat(), "more": str(last.id)},
    )


def _queue_key(asked: _Asked) -> QueueKey | None:
    due_at = parse_datetime(asked.after) if asked.after else None
    return None if due_at is None or due_at.tzinfo is None else QueueKey(due_at=due_at, id=asked.after_more)


def _wait_cells(seen: _Seen, row: QueueRow) -> list[Cell]:
    request = seen.request
    rule = READERS.get(row.kind)
    is_open = rule is not None and rule.admits(person_of(request))
    return [
        Cell(text=f"{track_words(row.track.value, language=request.language)}: {said(request, key_of(row.state))}"),
        Cell(text=row.number, href=address_of_record(row.kind, row.number) if is_open else ""),
        Cell(text=row.program or ""),
        Cell(text="", tag=seen.due(row.key.due_at)),
    ]


def _waited(code: str) -> tuple[Role, Due]:
    role, _, due = code.partition(":")
    return Role(role), Due(due)


def _title(request: PageRequest, asked: _Asked) -> str:
    """What the number counts. Raises Http404 for a code that no number has."""
    try:
        what, more = _words(request, asked)
    except (LookupError, ValueError):
        raise Http404 from None
    key = "reports.left_ever" if asked.of is Of.LEFT and not asked.least else _TITLES[asked.of]
    return said(request, key, what=what, more=more)


def _words(request: PageRequest, asked: _Asked) -> tuple[str, str]:
    language = request.language
    match asked.of:
        case Of.REACHED | Of.STOPPED:
            return stage_name(STAGE_KEYS[STAGE_KEYS.index(asked.code)], language=language), ""
        case Of.NOW | Of.LEFT:
            return said(request, key_of(State(asked.code))), days_words(asked.least / _TENTHS_A_DAY)
        case Of.RULE:
            rule, _, outcome = asked.code.rpartition(":")
            return reason_words(Reason(kind="rule", code=rule, outcome=outcome, cases=0), language=language), ""
        case Of.END:
            return reason_words(Reason(kind="end", code=asked.code, outcome="", cases=0), language=language), ""
        case Of.PROGRAM:
            return asked.code, ""
        case Of.DUE:
            role, due = _waited(asked.code)
            return said(request, key_of(role)), said(request, DUE_WORDS[due])


def _chosen_words(request: PageRequest) -> str:
    """What was chosen, in a line; "" for nothing."""
    chosen = chosen_from(request.GET)
    words = [
        f"{said(request, label)}: {month_words(month, language=request.language)}"
        for label, month in (("reports.since", chosen.since), ("reports.until", chosen.until))
        if month is not None
    ]
    codes = [("program_kind", chosen.kind), ("channel", chosen.channel), ("language", chosen.language)]
    return " · ".join([*words, *(said(request, f"{subject}.{code}") for subject, code in codes if code)])
