"""Where a case stands in the process drawing: the nodes at which it is marked, in every state, ended ones too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evenroll.enrollment.tracks import State as S
from evenroll.enrollment.tracks import TrackState
from evenroll.enrollment.use_case import current_rows
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber

ACTIONS = "action"
"""The node that stands for the actions beside the rows; exits lead to it."""

ENROLLMENT_ENDS = "end"
"""The node at which an enrollment ends that was active."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A case in the drawing. state: of its own track. nodes: where it stands, several where strands go side by side."""

    number: CaseNumber
    state: S
    nodes: frozenset[str]


def standing(number: CaseNumber, *, tracks: Iterable[TrackState], course: Sequence[S]) -> Standing:
    """Where a case stands. course: the states that its own track went through, in order, the present one included.

    Raises ValueError for a case without a course of its own.
    """
    by_track = tuple(tracks)
    state = next((each.state for each in by_track if each.track is Track.CASE), None)
    if state is None:
        raise ValueError(f"Case {number} has no state of its own, so it stands nowhere; read its journal again.")
    own = _own_node(state, before=tuple(each for each in course if each is not state))
    rows = (row.value for row in current_rows(by_track))
    return Standing(number=number, state=state, nodes=frozenset({own} if own else rows))


_REFUSED_AT = {S.FINDING_PROVIDER: "refused_2a", S.CHOOSING: "refused_2b", S.PROVING: "refused_4a"}


def _own_node(state: S, *, before: Sequence[S]) -> str | None:
    """The node of a state that has one beside the rows; None where the case stands at rows."""
    match state:
        case S.NEEDS_ANSWER:
            return "ask_2a" if before and before[-1] is S.FINDING_PROVIDER else "ask_5"
        case S.REFUSED | S.CLOSED:
            came = next((each for each in reversed(before) if each is not S.REFUSED), None)
            return _REFUSED_AT.get(came, "refused_5") if came else "refused_5"
        case S.HANDED_OVER:
            return "handed_over"
        case S.ENDED:
            return ENROLLMENT_ENDS if S.ACTIVE in before else None
        case _:
            return None
