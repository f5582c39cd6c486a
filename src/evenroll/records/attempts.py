"""Commands of the clock that could not be taken: each attempt is kept, and the wait is put back for a while."""

from __future__ import annotations

from datetime import timedelta

from evenroll.quantities.codec import JsonValue
from evenroll.quantities.identifiers import ActorKey
from evenroll.records import answers
from evenroll.records.answers import Answer
from evenroll.records.deadlines import Due
from evenroll.records.organizations import current, cursor

PAUSE = timedelta(minutes=5)
ATTEMPTS_MAX = 5
SYSTEM = ActorKey("system")


def note_attempt(due: Due, *, why: JsonValue) -> int:
    """Keep that this attempt failed, and put the wait back by PAUSE of wall-clock time; how many failed so far.

    why: codes, nothing personal. In the open organization; a wait that moved meanwhile is left alone.
    """
    number = _next_number(due)
    answers.keep(SYSTEM, key=_key(due, number), payload=None, answer=Answer(body=why), at=current().wall_at)
    put_back(due)
    return number


def put_back(due: Due) -> None:
    """Leave the wait alone for PAUSE of wall-clock time; nothing failed, somebody was away."""
    with cursor() as pen:
        pen.execute(
            "UPDATE track SET claimed_until = now() + %s WHERE organization_id = %s AND stream_kind = %s "
            "AND stream_key = %s AND track_key = %s AND due_at = %s",
            (PAUSE, current().id, due.stream.kind.value, due.stream.key, due.track_key, due.due_at),
        )


def _next_number(due: Due) -> int:
    number = 1
    while answers.kept_answer(SYSTEM, key=_key(due, number), payload=None) is not None:
        number += 1
    return number


def _key(due: Due, number: int) -> str:
    return f"attempt/{due.stream.kind.value}/{due.stream.key}/{due.track_key}/{due.due_at.isoformat()}/{number}"
