"""What must be true after every fault, read from the tables by an account that no wall stops."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import psycopg

from evenroll.enrollment.case import Case
from evenroll.enrollment.moves import is_final
from evenroll.enrollment.notices import NOTICE_KINDS
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import PeriodsBroken, UsagePoint, check_periods
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.streams import StreamKind

Pen = psycopg.Connection[Any]

_STATES = (
    (StreamKind.CASE, "case_record", "number"),
    (StreamKind.SERVICE_ORDER, "service_order", "number"),
    (StreamKind.USAGE_POINT, "point_record", "pod"),
    (StreamKind.PROGRAM_EVENT, "program_event", "number"),
    (StreamKind.SUPPLY_REQUEST, "supply_request", "number"),
    (StreamKind.PROGRAM_PLACE, "program_place", "program"),
)

_ALWAYS_HEARD = ("cancel_answered", "cancel_asked", "meter_requested", "bill_told", "meter_told", "pev_told")
"""Messages that always tell something new, but for those that a fault says once more under another number."""


def broken(pen: Pen, organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """Everything that is not as it must be in the books of these organizations."""
    ids = [row[0] for row in pen.execute("SELECT id FROM organization WHERE key = ANY(%s)", (list(organizations),))]
    for check in (_places, _caps, _waits, _answers, _messages, _effects, _notices):
        for found in check(pen, ids):
            yield f"{check.__name__.strip('_')}: {found}"


def _places(pen: Pen, ids: list[int]) -> Iterator[object]:
    """2: no unit is enrolled twice in a family."""
    yield from pen.execute(
        "SELECT 'invariant 2', family, unit_kind, unit_id, array_agg(case_number) FROM place "
        "WHERE organization_id = ANY(%s) AND (live OR held) GROUP BY organization_id, 2, 3, 4 HAVING count(*) > 1",
        (ids,),
    )


def _caps(pen: Pen, ids: list[int]) -> Iterator[object]:
    """3: no program is over its cap, and its counters are what its line says."""
    yield from pen.execute(
        "SELECT 'invariant 3', place.program, place.taken, place.waiting, place.cap FROM program_place AS place "
        "LEFT JOIN program_line AS line ON line.organization_id = place.organization_id "
        "AND line.program = place.program WHERE place.organization_id = ANY(%s) GROUP BY place.id "
        "HAVING place.taken > place.cap OR place.taken <> count(line.id) FILTER (WHERE line.standing <> 'waiting') "
        "OR place.waiting <> count(line.id) FILTER (WHERE line.standing = 'waiting')",
        (ids,),
    )


def _waits(pen: Pen, ids: list[int]) -> Iterator[object]:
    """4: what is not finished waits on somebody, until an instant at which a named step follows."""
    rows = pen.execute(
        "SELECT stream_key, track_key, track, state, owner, due_at, on_lapse FROM track "
        "WHERE organization_id = ANY(%s)",
        (ids,),
    ).fetchall()
    for key, track_key, track, state, *waited in rows:
        final = is_final(Track(track), state=State(state))
        if (final and waited != [None] * 3) or (not final and None in waited):
            yield f"invariant 4: {key} {track_key} is {state} and waits as {waited}"


def _answers(pen: Pen, ids: list[int]) -> Iterator[object]:
    """5: a key has one answer, and what was answered has its entries, once."""
    answers = pen.execute(
        "SELECT organization_id, actor_key, key, array_agg(answer) FROM command_answer WHERE organization_id = ANY(%s) "
        "GROUP BY 1, 2, 3",
        (ids,),
    ).fetchall()
    entries: dict[tuple[int, str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for organization, actor, key, stream, event in pen.execute(
        "SELECT organization_id, actor_key, idempotency_key, stream_key, event FROM journal_entry "
        "WHERE organization_id = ANY(%s) AND idempotency_key <> ''",
        (ids,),
    ):
        entries[organization, actor, key][stream][event] += 1
    for organization, actor, key, found in answers:
        said = json.loads(found[0])
        got = entries.pop((organization, actor, key), {})
        if len(found) > 1 or got.get(said.get("number", ""), Counter()) != Counter(said.get("events", ())):
            yield f"invariant 5: {key} was answered {said} ({len(found)} times) and left {dict(got)}"
    for named, left in entries.items():
        yield f"invariant 5: {named} left {dict(left)} and no answer is kept"


def _messages(pen: Pen, ids: list[int]) -> Iterator[object]:
    """6: what was delivered is at its receiver once, or parked there in sight."""
    yield from pen.execute(
        "SELECT 'invariant 6, taken twice', sender, message_id, count(*) FROM inbox_message "
        "WHERE organization_id = ANY(%s) GROUP BY organization_id, 2, 3 HAVING count(*) > 1",
        (ids,),
    )
    yield from pen.execute(
        "SELECT 'invariant 6, lost', message.message_id, message.kind FROM outbox_message AS message "
        "JOIN organization AS sender ON sender.id = message.organization_id "
        "JOIN organization AS receiver ON receiver.key = message.receiver "
        "LEFT JOIN inbox_message AS taken ON taken.organization_id = receiver.id AND taken.sender = sender.key "
        "AND taken.message_id = message.message_id "
        "WHERE message.organization_id = ANY(%s) AND message.delivered_at IS NOT NULL AND taken.id IS NULL",
        (ids,),
    )
    yield from pen.execute(
        "SELECT 'invariant 6, on its way for good', message_id, kind, attempts FROM outbox_message "
        "WHERE organization_id = ANY(%s) AND delivered_at IS NULL AND due_at IS NULL AND parked_why = ''",
        (ids,),
    )


def _effects(pen: Pen, ids: list[int]) -> Iterator[object]:
    """6: every effect of a message came in the transaction in which the message was taken."""
    yield from pen.execute(
        "SELECT 'invariant 6, an effect without its message', entry.stream_key, entry.event "
        "FROM journal_entry AS entry WHERE entry.organization_id = ANY(%s) AND entry.actor_role = 'peer' "
        "AND (SELECT count(*) FROM inbox_message AS taken WHERE taken.organization_id = entry.organization_id "
        "AND 'org/' || taken.sender = entry.actor_key AND taken.received_at = entry.recorded_at) = 0",
        (ids,),
    )
    yield from pen.execute(
        "SELECT 'invariant 6, a message without its effect', taken.message_id, taken.kind FROM inbox_message AS taken "
        "WHERE taken.organization_id = ANY(%s) AND taken.parked_why = '' AND taken.kind = ANY(%s) "
        "AND taken.message_id NOT LIKE '%%/anew%%' AND NOT EXISTS ("
        "SELECT 1 FROM journal_entry AS entry WHERE entry.organization_id = taken.organization_id "
        "AND entry.actor_key = 'org/' || taken.sender AND entry.recorded_at = taken.received_at)",
        (ids, list(_ALWAYS_HEARD)),
    )


def _notices(pen: Pen, ids: list[int]) -> Iterator[object]:
    """12: every change that a customer is to hear of has its notice, once."""
    rows = pen.execute(
        "SELECT entry.stream_key, entry.number, entry.event, count(notice.id) FROM journal_entry AS entry "
        "LEFT JOIN notice ON notice.organization_id = entry.organization_id "
        "AND notice.stream_key = entry.stream_key AND notice.stream_kind = entry.stream_kind "
        "AND notice.code = entry.event AND (notice.parameters::json ->> 'entry')::int = entry.number "
        "WHERE entry.organization_id = ANY(%s) AND entry.stream_kind = 'case' AND entry.event = ANY(%s) "
        "GROUP BY 1, 2, 3 HAVING count(notice.id) <> 1",
        (ids, sorted(NOTICE_KINDS)),
    )
    for row in rows:
        yield f"invariant 12: {row}"


def broken_streams(organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """7 and 10 in the small: each chain holds, each state is the fold of its entries, each line of periods tiles."""
    from evenroll.records.folds import FOLDS, read_event, written_state
    from evenroll.records.journal import all_entries, check_chain, stream_heads
    from evenroll.records.organizations import open_organization

    for organization in organizations:
        with open_organization(organization):
            heads, kept = stream_heads(), _kept_states()
            for stream, grouped in groupby(all_entries(), key=lambda entry: entry.stream):
                entries = tuple(grouped)
                for fault in check_chain(stream, entries, head=heads.get(stream)):
                    yield f"invariant 10, the chain: {fault}"
                state: Any = None
                for each in entries:
                    event = read_event(stream.kind, event=each.event, version=each.version, data=each.data)
                    state = FOLDS[stream.kind].evolve(state, event)
                if kept.pop((stream.kind, stream.key), None) != written_state(state):
                    yield f"invariant 10, replay: {stream.kind} {stream.key} is not what its entries say"
                yield from _broken_state(state)
            for _, key in kept:
                yield f"invariant 10, replay: {key} has a state and no entries"


def _kept_states() -> dict[tuple[Any, str], str]:
    from psycopg.sql import SQL, Identifier, Literal

    from evenroll.records.organizations import current, cursor

    parts = [
        SQL("SELECT {}, {}, state FROM {} WHERE organization_id = {}").format(
            Literal(kind.value), Identifier(key), Identifier(table), Literal(current().id)
        )
        for kind, table, key in _STATES
    ]
    return {(kind, key): state for kind, key, state in cursor().execute(SQL(" UNION ALL ").join(parts)).fetchall()}


def _broken_state(state: Any) -> Iterator[str]:
    match state:
        case Case() if not is_final(state.course.track, state=state.status) and state.course.due_at is None:
            yield f"invariant 4: case {state.number} is {state.status} and waits on nobody"
        case UsagePoint():
            try:
                check_periods(state.agreements, pod=state.pod)
            except PeriodsBroken as error:
                yield f"invariant 7: {error}"
        case ServiceOrder() if state.closing_bill is not None and state.first_bill is not None:
            if state.closing_bill.end_on != state.first_bill.start_on:
                yield f"invariant 7: the bills of order {state.number} do not meet"
        case _:
            return


def broken_walls(organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """11: the application sees its own organization's rows alone, and none at all outside of one."""
    from django.db import connections, transaction

    from evenroll.records.organizations import current, cursor, open_organization

    tables = ("journal_entry", "case_record", "outbox_message", "inbox_message", "command_answer", "place", "track")
    for organization in organizations:
        with open_organization(organization):
            query = " UNION ALL ".join(
                f"SELECT '{table}', count(*) FROM {table} WHERE organization_id <> {current().id}" for table in tables
            )
            for table, count in cursor().execute(query.encode()).fetchall():
                if count:
                    yield f"invariant 11: {organization} sees {count} rows of others in {table}"
    try:
        with transaction.atomic(), connections["default"].cursor() as pen:
            pen.execute("SELECT count(*) FROM journal_entry")
            yield f"invariant 11: outside of any organization {pen.fetchone()} entries are seen"
    except Exception as error:
        if "organization" not in str(error):
            yield f"invariant 11: outside of any organization the answer is {type(error).__name__}"


def broken_seal(heads: Sequence[Any], organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """10: the log verifies against every checkpoint that was given out."""
    from evenroll.records.organizations import shared_transaction
    from evenroll.records.seal_verify import here, verify_log

    with shared_transaction() as pen:
        verdict = verify_log(pen, scanner=here(pen, organizations=organizations), checkpoints=heads)
    if not verdict.holds:
        faults = [each.fault for each in verdict.compared if each.fault]
        yield f"invariant 10, the seal: {verdict.misfits[:3]} {faults} tree whole: {verdict.is_tree_whole}"


def unsealed(pen: Pen, organizations: Sequence[OrganizationKey]) -> Iterator[str]:
    """10: after a seal round while nobody writes nothing is left out of the log."""
    rows = pen.execute(
        "SELECT entry.stream_key, entry.number FROM journal_entry AS entry JOIN organization AS own "
        "ON own.id = entry.organization_id LEFT JOIN seal_leaf AS leaf ON leaf.entry_id = entry.id "
        "WHERE own.key = ANY(%s) AND leaf.entry_id IS NULL LIMIT 5",
        (list(organizations),),
    ).fetchall()
    if rows:
        yield f"invariant 10, the seal: passed over {rows}"


def story(pen: Pen, organizations: Sequence[OrganizationKey]) -> Counter[tuple[Any, ...]]:
    """What the journals of these organizations tell, without names and times: whose, of what kind, which events."""
    rows = pen.execute(
        "SELECT array_position(%s, key::text), stream_kind, stream_key, event, count(*) FROM journal_entry "
        "JOIN organization ON organization.id = organization_id WHERE key = ANY(%s) GROUP BY 1, 2, 3, 4 "
        "ORDER BY 1, 2, 3, 4",
        (list(organizations), list(organizations)),
    ).fetchall()
    return Counter(
        (whose, kind, tuple(each[3:] for each in told))
        for (whose, kind, _), told in groupby(rows, key=lambda row: row[:3])
    )
