"""Keeps the figures of reports up to the sealed log: portion by portion, each exact, by one who does it at a time.

The log has every committed entry of an organization at a place, in an order that never changes. A case with an entry
after the place that the figures are at is told anew from the whole of its journal, and what differs from the lines that
are kept is added to the sums, or taken from them, in one transaction. A portion that is taken twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import Cursor
from psycopg.sql import SQL

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import report_stories
from evenroll.records.log_lines import LogCode, LogLine, tell_failure
from evenroll.records.organizations import current, cursor, open_organization, organization_keys
from evenroll.records.report_lines import FORM, Line
from evenroll.records.sealing import unsealed_within
from evenroll.records.streams import StreamKind

PORTION: Final = 2_000
"""Entries at a time: some hundred cases, in a second at most."""
_ROWS_REMOVED: Final = 20_000
_COUNTED_MAX: Final = 10_000

_BEGIN: Final[LiteralString] = (
    "INSERT INTO report_progress (organization_id, position, form) VALUES (%s, -1, 0) "
    "ON CONFLICT (organization_id) DO NOTHING"
)
# Who finds it locked leaves it: another one is doing just this.
_LOCK: Final[LiteralString] = (
    "SELECT position, form, upto_at FROM report_progress WHERE organization_id = %s FOR UPDATE SKIP LOCKED"
)
_LOOK: Final[LiteralString] = "SELECT position, form, upto_at FROM report_progress WHERE organization_id = %s"
_KEEP: Final[LiteralString] = (
    "UPDATE report_progress SET position = %s, form = %s, upto_at = %s WHERE organization_id = %s"
)
_SIZE: Final[LiteralString] = "SELECT size FROM seal_tree"
_NEXT: Final[LiteralString] = (
    "SELECT leaf.position, entry.business_at, entry.stream_kind, entry.stream_key "
    "FROM (SELECT position, entry_id FROM seal_leaf WHERE organization_id = %(org)s AND position > %(position)s "
    "AND position < %(size)s ORDER BY position LIMIT %(limit)s) AS leaf "
    "JOIN journal_entry AS entry ON entry.id = leaf.entry_id AND entry.organization_id = %(org)s ORDER BY leaf.position"
)
_AFTER: Final[LiteralString] = (
    "SELECT count(*) FROM (SELECT FROM seal_leaf WHERE organization_id = %s AND position > %s LIMIT %s) AS after"
)
_REMOVE: Final[LiteralString] = "DELETE FROM report_row WHERE organization_id = %s AND id = ANY(%s)"
_ADD: Final[LiteralString] = (
    "INSERT INTO report_row (organization_id, number, subject, code, extent, month, kind, channel, language, times) "
    "SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::date[], %s::text[], %s::text[], "
    "%s::text[], %s::int[])"
)
_CHANGES = SQL(
    "unnest(%s::text[], %s::text[], %s::int[], %s::date[], %s::text[], %s::text[], %s::text[], %s::bigint[], "
    "%s::bigint[]) AS by (subject, code, extent, month, kind, channel, language, cases, times)"
)
_SUM = SQL(
    "UPDATE report_cell AS cell SET cases = cell.cases + by.cases, times = cell.times + by.times FROM {} "
    "WHERE cell.organization_id = %s AND cell.subject = by.subject AND cell.code = by.code "
    "AND cell.extent = by.extent AND cell.month = by.month AND cell.kind = by.kind AND cell.channel = by.channel "
    "AND cell.language = by.language RETURNING cell.id, cell.cases, by.subject, by.code, by.extent, by.month, by.kind, "
    "by.channel, by.language"
).format(_CHANGES)
_NEW = SQL(
    "INSERT INTO report_cell (organization_id, subject, code, extent, month, kind, channel, language, cases, times) "
    "SELECT %s, by.* FROM {}"
).format(_CHANGES)
_EMPTY: Final[LiteralString] = "DELETE FROM report_cell WHERE organization_id = %s AND id = ANY(%s)"
_REMOVE_SOME: Final[LiteralString] = (
    "DELETE FROM report_row WHERE organization_id = %(org)s AND id IN "
    "(SELECT id FROM report_row WHERE organization_id = %(org)s LIMIT %(limit)s)"
)

_CellKey = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How far the figures of an organization are. upto_at: None before the first entry.

    behind: entries that are not in them yet, counted up to `counted_max`.
    """

    upto_at: datetime | None
    behind: int
    counted_max: int = _COUNTED_MAX


@dataclass(frozen=True, kw_only=True, slots=True)
class Portion:
    """What one portion took. entries: of the log; more: whether there may be more."""

    entries: int
    more: bool


def take_portion(organization: OrganizationKey, *, limit: int = PORTION) -> Portion:
    """Bring the figures of an organization a portion further, in one transaction; nothing where somebody else does."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        if _is_up_to_the_log(pen, opened.id):
            return Portion(entries=0, more=False)
        pen.execute(_BEGIN, (opened.id,))
        row = pen.execute(_LOCK, (opened.id,)).fetchone()
        if row is None:
            return Portion(entries=0, more=False)
        position, form, upto_at = row
        if form != FORM:
            return _make_room(pen, opened.id)
        size = _size(pen)
        found = pen.execute(_NEXT, {"org": opened.id, "position": position, "size": size, "limit": limit}).fetchall()
        numbers = sorted({row[3] for row in found if row[2] == StreamKind.CASE.value})
        if numbers:
            _take(pen, opened.id, numbers)
        is_whole = len(found) < limit
        # Beyond the last of ours stand only entries of others, as far as the log went when it was asked.
        reached = size - 1 if is_whole else found[-1][0]
        if reached > position:
            pen.execute(_KEEP, (reached, FORM, found[-1][1] if found else upto_at, opened.id))
    return Portion(entries=len(found), more=not is_whole)


def take_all(
    organization: OrganizationKey, *, limit: int = PORTION, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Take portions until the figures are up to the sealed log; how many entries there were.

    progress: told how many entries were taken so far, after each portion that more may follow.
    """
    taken = 0
    while True:
        portion = take_portion(organization, limit=limit)
        taken += portion.entries
        if not portion.more:
            return taken
        if portion.entries:
            progress(taken)


def take_some(*, portions: int) -> tuple[int, bool]:
    """Take up to so many portions of every organization: how many entries there were, and whether more are left.

    One that fails is told and left for the next time: figures stop no work.
    """
    taken, more = 0, False
    for organization in organization_keys():
        try:
            entries, is_behind = _take_few(organization, portions=portions)
        except Exception as error:  # the next one must not suffer from this one
            tell_failure(LogLine(code=LogCode.FAILED, organization=organization, of="report"), error)
            continue
        taken, more = taken + entries, more or is_behind
    return taken, more


def _take_few(organization: OrganizationKey, *, portions: int) -> tuple[int, bool]:
    taken, portion = 0, Portion(entries=0, more=True)
    for _ in range(portions):
        portion = take_portion(organization)
        taken += portion.entries
        if not portion.more:
            break
    return taken, portion.more


def begin_anew(organization: OrganizationKey) -> None:
    """Have all figures of an organization made anew from the first entry, by the portions that follow."""
    with open_organization(organization) as opened, cursor() as pen:
        pen.execute("UPDATE report_progress SET form = 0 WHERE organization_id = %s", (opened.id,))


def standing() -> Standing:
    """How far the figures of the open organization are."""
    opened = current()
    with cursor() as pen:
        row = pen.execute(_LOOK, (opened.id,)).fetchone()
        position, upto_at = (-1, None) if row is None or row[1] != FORM else (row[0], row[2])
        after = pen.execute(_AFTER, (opened.id, position, _COUNTED_MAX)).fetchone()
    assert after is not None
    behind = after[0] + unsealed_within(_COUNTED_MAX)
    return Standing(upto_at=upto_at, behind=min(behind, _COUNTED_MAX))


def _is_up_to_the_log(pen: Cursor[Any], organization_id: int) -> bool:
    """Whether there is nothing to do: most looks find so, and write and lock nothing."""
    row = pen.execute(_LOOK, (organization_id,)).fetchone()
    return row is not None and row[1] == FORM and row[0] >= _size(pen) - 1


def _make_room(pen: Cursor[Any], organization_id: int) -> Portion:
    """Take away, some at a time, what was counted by other rules; the figures are whole again when all is counted."""
    pen.execute("DELETE FROM report_cell WHERE organization_id = %s", (organization_id,))
    removed = pen.execute(_REMOVE_SOME, {"org": organization_id, "limit": _ROWS_REMOVED}).rowcount
    if removed < _ROWS_REMOVED:
        pen.execute(_KEEP, (-1, FORM, None, organization_id))
    return Portion(entries=0, more=True)


def _take(pen: Cursor[Any], organization_id: int, numbers: Sequence[str]) -> None:
    """Put what these cases come to now in the place of what was kept of them, and the difference into the sums."""
    kept = report_stories.lines_kept(pen, organization_id, numbers)
    anew = report_stories.lines_anew(pen, organization_id, numbers)
    gone = [each for each in kept if each not in anew]
    come = [each for each in anew if each not in kept]
    if gone:
        pen.execute(_REMOVE, (organization_id, [kept[each] for each in gone]))
    if come:
        pen.execute(_ADD, (organization_id, *_columns([(number, *_row(line)) for number, line in come])))
    _sum(pen, organization_id, gone=[line for _, line in gone], come=[line for _, line in come])


def _sum(pen: Cursor[Any], organization_id: int, *, gone: Sequence[Line], come: Sequence[Line]) -> None:
    cases, times = Counter[_CellKey](), Counter[_CellKey]()
    for lines, sign in ((gone, -1), (come, 1)):
        for line in lines:
            *key, often = _row(line)
            cases[tuple(key)] += sign
            times[tuple(key)] += sign * often
    changed = {key: (cases[key], times[key]) for key in sorted(cases) if cases[key] or times[key]}
    if not changed:
        return
    by = _columns([(*key, *sums) for key, sums in changed.items()])
    had = pen.execute(_SUM, (*by, organization_id)).fetchall()
    empty = [row[0] for row in had if not row[1]]
    if empty:
        pen.execute(_EMPTY, (organization_id, empty))
    new = {key: sums for key, sums in changed.items() if key not in {tuple(row[2:]) for row in had}}
    if new:
        pen.execute(_NEW, (organization_id, *_columns([(*key, *sums) for key, sums in new.items()])))


def _row(line: Line) -> _CellKey:
    return (
        line.subject.value,
        line.code,
        line.extent,
        line.month,
        line.kind,
        line.channel,
        line.language,
        line.times,
    )


def _columns(rows: Sequence[_CellKey]) -> list[list[Any]]:
    """Rows as columns, which the database takes apart again: so many rows go by one statement."""
    return [list(column) for column in zip(*rows, strict=True)]


def _size(pen: Cursor[Any]) -> int:
    """How far the log goes. Asked before its leaves: what comes meanwhile stands beyond."""
    row = pen.execute(_SIZE).fetchone()
    return 0 if row is None else row[0]
