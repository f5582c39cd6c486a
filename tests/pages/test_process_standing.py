"""Where a case is marked in the process drawing: in every state of the table of moves, on every way to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from evenroll.enrollment.moves import CASE
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import CASE_ENDS, State, TrackState
from evenroll.enrollment.use_case import Lane, ServicePath
from evenroll.pages.process import process
from evenroll.pages.process_standing import ACTIONS, Standing, standing
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import CaseNumber

NUMBER = CaseNumber("EV-7K3M9-QXT2H-WPCF")
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def stands(*course: State, beside: tuple[TrackState, ...] = ()) -> Standing:
    own = TrackState(track=Track.CASE, subject="", state=course[-1], since=NEW_YEAR, owner=Role.CUSTOMER)
    return standing(NUMBER, tracks=(own, *beside), course=course)


def courses() -> Iterator[tuple[State, ...]]:
    """Every way through the table that enters no state twice."""
    todo: list[tuple[State, ...]] = [(first,) for first in CASE[None]]
    while todo:
        course = todo.pop()
        yield course
        todo += [(*course, to) for to in CASE.get(course[-1], frozenset[State]()) if to not in course]


@pytest.mark.parametrize("path", ServicePath)
def test_every_state_is_marked_somewhere_on_every_way_to_it(path: ServicePath) -> None:
    found: set[State] = set()
    for course in courses():
        drawn = process(path, standing=stands(*course))
        marked = [node for node in drawn.nodes.values() if node.marked]
        assert len(marked) == 1, course
        found.add(course[-1])
    assert found == {state for targets in CASE.values() for state in targets}


@pytest.mark.parametrize(
    ("course", "node"),
    [
        ((State.FINDING_PROVIDER, State.NEEDS_ANSWER), "ask_2a"),
        ((State.FINDING_PROVIDER, State.DECIDING, State.NEEDS_ANSWER), "ask_5"),
        ((State.FINDING_PROVIDER, State.NEEDS_ANSWER, State.NEEDS_ANSWER), "ask_2a"),
        ((State.FINDING_PROVIDER, State.REFUSED), "refused_2a"),
        ((State.FINDING_PROVIDER, State.CHOOSING, State.REFUSED, State.CLOSED), "refused_2b"),
        ((State.CHOOSING, State.COMPLETING, State.PROVING, State.REFUSED, State.REFUSED, State.CLOSED), "refused_4a"),
        ((State.PROVING, State.DECIDING, State.REFUSED), "refused_5"),
        ((State.CHOOSING, State.HANDED_OVER), "handed_over"),
        ((State.DECIDING, State.ENROLLED, State.ENDED), ACTIONS),
        ((State.DECIDING, State.ENROLLED, State.ACTIVE, State.LEAVING, State.ENDED), "end"),
        ((State.DRAFT, State.EXPIRED), ACTIONS),
        ((State.DRAFT,), "2"),
    ],
)
def test_where_a_state_of_its_own_stands(course: tuple[State, ...], node: str) -> None:
    assert stands(*course).nodes == {node}


def test_what_a_customer_owes_is_marked_in_the_lane_of_the_customer() -> None:
    for before in (State.FINDING_PROVIDER, State.DECIDING):
        (node,) = stands(before, State.NEEDS_ANSWER).nodes
        assert process(ServicePath.ESCO).nodes[node].lane is Lane.CUSTOMER


def test_an_ended_case_is_marked_beside_every_row() -> None:
    for course in courses():
        if course[-1] in CASE_ENDS:
            (node,) = stands(*course).nodes
            assert node in (ACTIONS, "end", "handed_over") or node.startswith("refused"), course


def test_strands_side_by_side_are_marked_side_by_side() -> None:
    beside = (
        TrackState(track=Track.METER, subject="", state=State.TO_SCHEDULE, since=NEW_YEAR, owner=Role.METER_OFFICE),
        TrackState(track=Track.EQUIPMENT, subject="", state=State.INSTALLING, since=NEW_YEAR, owner=Role.CUSTOMER),
    )
    assert stands(State.DECIDING, State.ENROLLED, beside=beside).nodes == {"5b", "7"}


def test_a_case_without_a_course_is_refused() -> None:
    with pytest.raises(ValueError, match="stands nowhere; read its journal"):
        standing(NUMBER, tracks=(), course=())
