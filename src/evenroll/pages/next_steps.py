"""What the customer is told of a case: where it stands, what to do next, what happens else; by the tables that run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.moves import MOVES
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State, TrackState
from evenroll.enrollment.waits import WAITS
from evenroll.programs.program import Track

MAY: Final = frozenset(
    {
        (Track.CASE, State.IN_RESCISSION),
        (Track.CASE, State.REFUSED),
        (Track.SETUP, State.NOT_TOLD),
        (Track.SETUP, State.TOLD),
    }
)
"""Where the customer is waited on for what may be done, and need not be: a set-up is reminded of and never a gate."""

_ELSE: Final = frozenset(
    {
        CommandName.EXPIRE,
        CommandName.END_CONDITION,
        CommandName.CLOSE_REFUSAL,
        CommandName.LAPSE_PLACE,
        CommandName.END_SUSPENSION,
    }
)
"""What the clock does to the customer's loss; a reminder is no loss."""


def stands_key(state: State) -> str:
    """The key of the sentence that says where a case in this state stands, and what comes."""
    return f"stands.{state.value}"


def to_do_key(track: TrackState) -> str:
    """The key of what the customer does next at a track that waits on the customer."""
    return f"do_now.{track.track.value}_{track.state.value}"


def else_key(track: TrackState) -> str:
    """The key of what happens if the customer does nothing; "" where that costs nothing."""
    command = track.on_lapse
    return f"or_else.{command.value}" if command is not None and command in _ELSE else ""


def next_step_key(track: TrackState) -> str:
    """The key of what happens next at a side track of a case, told to the customer."""
    return f"next_step.{track.track.value}_{track.state.value}"


def next_step_keys() -> Iterator[str]:
    """Every key that the tables of moves and waits can ask for."""
    for command in _ELSE:
        yield f"or_else.{command.value}"
    for track, moves in MOVES.items():
        states = frozenset(state for state in moves if state is not None).union(*moves.values())
        for state in states if track is not Track.ADMITTING else ():
            yield stands_key(state) if track is Track.CASE else f"next_step.{track.value}_{state.value}"
    for (track, state), rules in WAITS.items():
        if any(rule.owner is Role.CUSTOMER for rule in rules.values()):
            yield f"do_now.{track.value}_{state.value}"
