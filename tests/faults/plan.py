"""What a campaign of faults is made of: named points, kinds of fault, and the seeded plan that draws them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """Where the process that works can be met. What is sent to the database has a point before and one after it."""

    SELECT_BEFORE = "select.before"
    SELECT_AFTER = "select.after"
    LOCK_BEFORE = "select_for_update.before"
    LOCK_AFTER = "select_for_update.after"
    INSERT_BEFORE = "insert.before"
    INSERT_AFTER = "insert.after"
    UPDATE_BEFORE = "update.before"
    UPDATE_AFTER = "update.after"
    DELETE_BEFORE = "delete.before"
    DELETE_AFTER = "delete.after"
    COPY_BEFORE = "copy.before"
    COPY_DURING = "copy.during"
    COPY_AFTER = "copy.after"
    CLAIM_BEFORE = "outbox_claim.before"
    CLAIM_AFTER = "outbox_claim.after"
    DEADLINES_BEFORE = "deadline_claim.before"
    DEADLINES_AFTER = "deadline_claim.after"
    DELIVER_BEFORE = "deliver.before"
    DELIVER_AFTER = "deliver.after"
    INBOX_BEFORE = "inbox.before"
    INBOX_AFTER = "inbox.after"
    MARK_BEFORE = "outbox_mark.before"
    MARK_AFTER = "outbox_mark.after"
    SEAL_BEFORE = "seal.before"
    SEAL_AFTER = "seal.after"
    COMMIT_BEFORE = "commit.before"
    COMMIT_AFTER = "commit.after"
    ANSWER_BEFORE = "answer.before"


class Kind(StrEnum):
    """What is done at a point."""

    PROCESS_KILL = "process_kill"
    POSTMASTER_KILL = "postmaster_kill"
    BACKEND_KILL = "backend_kill"
    PROCESS_STOP = "process_stop"
    BACKEND_STOP = "backend_stop"
    CONNECTION_CUT = "connection_cut"
    SOCKET_CLOSE = "socket_close"
    DISK_FULL = "disk_full"
    CLOCK_JUMP = "clock_jump"
    DUPLICATE = "duplicate"
    LATE = "late"
    REORDERED = "reordered"
    CONTRADICTORY = "contradictory"


# Messages and clocks can be done to one stage in four only.
WEIGHTS: Mapping[Kind, int] = {
    Kind.PROCESS_KILL: 30,
    Kind.POSTMASTER_KILL: 16,
    Kind.BACKEND_KILL: 10,
    Kind.PROCESS_STOP: 10,
    Kind.BACKEND_STOP: 6,
    Kind.CONNECTION_CUT: 12,
    Kind.SOCKET_CLOSE: 10,
    Kind.DISK_FULL: 8,
    Kind.CLOCK_JUMP: 14,
    Kind.DUPLICATE: 14,
    Kind.LATE: 14,
    Kind.REORDERED: 14,
    Kind.CONTRADICTORY: 14,
}
MESSAGES = frozenset({Kind.DUPLICATE, Kind.LATE, Kind.REORDERED, Kind.CONTRADICTORY})
BENDING = frozenset({Kind.LATE, Kind.REORDERED, Kind.CONTRADICTORY, Kind.CLOCK_JUMP})
"""After these a life may rightly tell another story than it tells without a fault."""
OF_DATABASE = frozenset({Kind.POSTMASTER_KILL, Kind.BACKEND_KILL, Kind.DISK_FULL})
RACING = frozenset({Kind.PROCESS_KILL, Kind.POSTMASTER_KILL, Kind.BACKEND_KILL, Kind.CONNECTION_CUT})
"""These may also fall while the process goes on from the point; the others need it to wait there."""


class Act(StrEnum):
    """What the process does that a fault meets."""

    COMMAND = "command"
    DRIVE = "drive"
    SEAL = "seal"
    ENROLL = "enroll"
    LOAD = "load"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One fault as it was drawn. place, turn: from 0 up to 1, which of the points of the work, which of its times."""

    number: int
    life: str
    stage: int
    is_first: bool
    """Whether a new life begins with it."""
    kind: Kind
    place: float
    turn: float
    is_racing: bool
    jump_hours: int

    def meets(self, profile: Mapping[Point, int]) -> tuple[Point, int]:
        """The point and which of its times, counted from 1, in work that passes the points of this profile."""
        points = sorted(each for each in profile if self.kind not in MESSAGES or each is Point.DELIVER_BEFORE)
        point = points[int(self.place * len(points))]
        return point, 1 + int(self.turn * profile[point])


def drawn_faults(
    seed: int, *, count: int, lives: Mapping[str, Sequence[Mapping[Point, int]]], with_full_disk: bool
) -> Iterator[Drawn]:
    """The plan. lives: of each the profiles of its stages, in order: how often each point is passed.

    The same seed gives the same plan as long as the product passes the same points.
    """
    chance = random.Random(seed)
    stages = dict.fromkeys(lives, 0)
    names = [name for name, profiles in lives.items() for _ in profiles]
    for number in range(1, count + 1):
        life = chance.choice(names)
        profile = lives[life][stages[life]]
        kinds = [kind for kind in WEIGHTS if _can(kind, profile, with_full_disk=with_full_disk)]
        kind = chance.choices(kinds, [WEIGHTS[each] for each in kinds])[0]
        yield Drawn(
            number=number,
            life=life,
            stage=stages[life],
            is_first=stages[life] == 0,
            kind=kind,
            place=chance.random(),
            turn=chance.random(),
            is_racing=chance.random() < 0.35 and kind in RACING,
            jump_hours=chance.choice((-24, -1, 1, 24, 24 * 9, 24 * 40)),
        )
        is_over = kind in BENDING or stages[life] + 1 == len(lives[life])
        stages[life] = 0 if is_over else stages[life] + 1


def _can(kind: Kind, profile: Mapping[Point, int], *, with_full_disk: bool) -> bool:
    if kind in MESSAGES:
        return Point.DELIVER_BEFORE in profile
    if kind is Kind.CLOCK_JUMP:
        return Point.DEADLINES_BEFORE in profile
    return with_full_disk or kind is not Kind.DISK_FULL


_NAMED: tuple[tuple[re.Pattern[str], Point], ...] = tuple(
    (re.compile(text, re.IGNORECASE), point)
    for text, point in (
        (r"seal_(leaf|tree|progress|tile)", Point.SEAL_BEFORE),
        (r"insert into \"?inbox_message", Point.INBOX_BEFORE),
        (r"update outbox_message set delivered_at", Point.MARK_BEFORE),
        (r"update outbox_message as message", Point.CLAIM_BEFORE),
        (r"update track set claimed_until .* from picked", Point.DEADLINES_BEFORE),
        (r"^\s*copy\b", Point.COPY_BEFORE),
        (r"^\s*delete\b", Point.DELETE_BEFORE),
        (r"^\s*update\b", Point.UPDATE_BEFORE),
        (r"\binsert into\b", Point.INSERT_BEFORE),
        (r"\bfor update\b|pg_advisory_xact_lock", Point.LOCK_BEFORE),
        (r"^\s*select\b", Point.SELECT_BEFORE),
    )
)


def point_of(statement: str) -> Point | None:
    """The point before a statement; None for what is no work: settings, savepoints, temporary tables."""
    return next((point for pattern, point in _NAMED if pattern.search(statement)), None)


def after(point: Point) -> Point:
    """The point after the statement whose point before it is given."""
    return Point(point.value.removesuffix(".before") + ".after")
