"""What the reports tell of one case: how far it came, what it left after how long, why it stopped. Pure.

The figures of a report are these lines added up; each line leads back to its case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from evenroll.enrollment.tracks import State

FORM: Final = 1
"""Of the rules below. One who changes them raises it: figures of another form are made anew."""

TENTH_SECONDS: Final = 8_640
_WHOLE_FROM: Final = 100
_TENS_FROM: Final = 1_000

STAGES: Final[tuple[tuple[str, tuple[State, ...]], ...]] = (
    ("2", (State.DRAFT, State.FINDING_PROVIDER)),
    ("2b", (State.CHOOSING,)),
    ("3", (State.COMPLETING,)),
    ("4a", (State.PROVING, State.VEHICLE_DISPUTED)),
    ("5", (State.DECIDING,)),
    ("enrolled", (State.IN_RESCISSION, State.ENROLLED)),
    ("active", (State.ACTIVE,)),
)
"""The stages of the funnel: a row of the use case, or a state, and the states by which a case is seen to reach it."""

STAGE_KEYS: Final = tuple(key for key, _ in STAGES)

ENDED: Final = (
    State.ENDED,
    State.WITHDRAWN,
    State.RESCINDED,
    State.EXPIRED,
    State.HANDED_OVER,
    State.CLOSED,
    State.MERGED,
    State.REFUSED,
)
"""The states in which a case counts as stopped."""

_BEGUN: Final = frozenset({State.IN_RESCISSION, State.ENROLLED})


class Subject(StrEnum):
    """What a line tells of.

    STAGE: code: the stage it came to; extent 1 where it was ever stopped. STATE: code: where it stands. LEFT: code: a
    state it left; extent: after how long. RULE: code: rule and outcome that held it up. END: code: why it ended.
    PROGRAM: code: the program it was enrolled in; month: of that.
    """

    STAGE = "stage"
    STATE = "state"
    LEFT = "left"
    RULE = "rule"
    END = "end"
    PROGRAM = "program"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing told of a case. extent: see `Subject`; of LEFT in tenths of a day, see `kept_tenths`.

    month: its first day: the one in which the case was opened, of PROGRAM the one of enrollment.
    """

    subject: Subject
    code: str
    extent: int = 0
    month: date
    kind: str
    channel: str
    language: str
    times: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """A move of the case's own track, as its entry tells it. on: the business date of the entry."""

    state: str
    at: datetime
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What is needed of a case. entered: in order; held_by: rule and outcome of each finding that was not met.

    kind, program: "" where it has chosen none. ended_because: a code, or "".
    """

    opened_on: date
    channel: str
    language: str
    kind: str
    program: str
    status: str
    ended_because: str
    entered: Sequence[Entered]
    held_by: frozenset[tuple[str, str]]


def kept_tenths(seconds: float) -> int:
    """How long something took, in tenths of a day, cut: to a tenth, from ten days on to a day, from a hundred to ten.

    So few lengths are there that they can be counted, and a median of them is exact.
    """
    tenths = max(int(seconds // TENTH_SECONDS), 0)
    if tenths < _WHOLE_FROM:
        return tenths
    step = 10 if tenths < _TENS_FROM else 100
    return tenths // step * step


def stage_of(states: frozenset[str]) -> tuple[str, bool]:
    """The furthest stage that states lead to, and whether one of them is an end."""
    seen = [key for key, marks in STAGES if states & {mark.value for mark in marks}]
    return (seen[-1] if seen else STAGE_KEYS[0]), bool(states & {each.value for each in ENDED})


def lines_of(story: Story) -> tuple[Line, ...]:
    """Everything that reports tell of a case; no two lines are of one subject, code and extent."""
    spells = _spells(story.entered)
    stage, stopped = stage_of(frozenset(each.state for each in spells))
    found = [
        _line(story, Subject.STAGE, stage, extent=int(stopped)),
        *(_line(story, Subject.STATE, each.state) for each in spells[-1:]),
        *_left(story, spells),
        *(_line(story, Subject.RULE, f"{rule}:{outcome}") for rule, outcome in sorted(story.held_by)),
    ]
    if story.status in {each.value for each in ENDED}:
        found.append(_line(story, Subject.END, story.ended_because or story.status))
    begun = next((each for each in spells if each.state in _BEGUN), None)
    if begun is not None and story.program:
        found.append(_line(story, Subject.PROGRAM, story.program, month=begun.on.replace(day=1)))
    return tuple(found)


def at_share(lengths: Mapping[int, int], *, share: float) -> int:
    """The least length that this share of them does not pass; lengths: how often each was. Raises ValueError for none.

    The percentile of the standards for SQL that is one of the values (percentile_disc).
    """
    whole, counted = sum(lengths.values()), 0
    for length in sorted(lengths):
        counted += lengths[length]
        if counted >= whole * share:
            return length
    raise ValueError("Of nothing there is no median; ask only where something was counted.")


def _spells(entered: Sequence[Entered]) -> list[Entered]:
    """Every entry into a state; a reminder enters the same state again and is no new one."""
    found: list[Entered] = []
    for each in entered:
        if not found or found[-1].state != each.state:
            found.append(each)
    return found


def _left(story: Story, spells: Sequence[Entered]) -> Iterator[Line]:
    lengths = Counter(
        (each.state, kept_tenths((after.at - each.at).total_seconds())) for each, after in pairwise(spells)
    )
    for (state, tenths), times in lengths.items():
        yield _line(story, Subject.LEFT, state, extent=tenths, times=times)


def _line(
    story: Story, subject: Subject, code: str, *, extent: int = 0, times: int = 1, month: date | None = None
) -> Line:
    return Line(
        subject=subject,
        code=code,
        extent=extent,
        month=month or story.opened_on.replace(day=1),
        kind=story.kind,
        channel=story.channel,
        language=story.language,
        times=times,
    )
