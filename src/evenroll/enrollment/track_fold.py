"""How tracks move: building a move from the table of waits, and folding moves into the state of the tracks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from evenroll.enrollment.moves import check_move, is_final
from evenroll.enrollment.tracks import Move, State, TrackState, track_key
from evenroll.enrollment.waits import WAITS, Wait, WaitRule, due_at
from evenroll.programs.program import Track
from evenroll.quantities.calendars import ServiceCalendar


def move(
    track: Track,
    to: State,
    *,
    subject: str = "",
    wait: Wait | WaitRule | datetime = Wait.FIRST,
    now: datetime,
    calendar: ServiceCalendar,
) -> Move:
    """The move of a track to a state, with the owner and the due date that the table of waits gives now.

    wait: the name of the wait; or a rule that stands for no one state (`waits.SUPERVISED`); or the instant at which the
    first wait lapses, where the decision brings it. States in which nobody owes anything get no owner.
    """
    rule = _rule(track, to=to, wait=wait)
    if rule is None:
        return Move(track=track, subject=subject, to=to, at=now)
    given = wait if isinstance(wait, datetime) else None
    return Move(
        track=track,
        subject=subject,
        to=to,
        at=now,
        owner=rule.owner,
        due_at=due_at(rule, now=now, calendar=calendar, given=given),
        on_lapse=rule.on_lapse,
    )


def apply_moves(tracks: Mapping[str, TrackState], moves: Iterable[Move]) -> Mapping[str, TrackState]:
    """The tracks after these moves, by key. The mapping given is left as it is.

    A track that enters its state again keeps `since` and counts in `times`. Raises MoveRefused.
    """
    moved = dict(tracks)
    for each in moves:
        key = track_key(each.track, subject=each.subject)
        before = moved.get(key)
        check_move(each.track, from_=before.state if before else None, to=each.to)
        moved[key] = _entered(each, before=before)
    return moved


def _rule(track: Track, *, to: State, wait: Wait | WaitRule | datetime) -> WaitRule | None:
    if is_final(track, state=to):
        return None
    if isinstance(wait, WaitRule):
        return wait
    waits = WAITS.get((track, to))
    if waits is None:
        return None
    return waits[Wait.FIRST if isinstance(wait, datetime) else wait]


def _entered(each: Move, *, before: TrackState | None) -> TrackState:
    again = before is not None and before.state is each.to
    return TrackState(
        track=each.track,
        subject=each.subject,
        state=each.to,
        since=before.since if before is not None and again else each.at,
        owner=each.owner,
        due_at=each.due_at,
        on_lapse=each.on_lapse,
        times=before.times + 1 if before is not None and again else 0,
    )
