"""The table of moves against what deciders do: none is dead, ends are ends, and the fold asks nobody."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evenroll import enrollment
from evenroll.enrollment.case_events import RescissionEnded
from evenroll.enrollment.case_evolve import HistoryBroken, evolve
from evenroll.enrollment.commands import Record
from evenroll.enrollment.moves import MOVES, MoveRefused, check_move, is_final
from evenroll.enrollment.order_events import CutoverOrdered
from evenroll.enrollment.rows import Row
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import CASE_ENDS, Move, State
from evenroll.programs.program import Track
from tests.world.people import new_world
from tests.world.scenes import case_of, enroll
from tests.world.tour import tour

S, T = State, Track
AT = datetime(2026, 3, 1, tzinfo=UTC)

CAME_BACK = (T.CASE, S.HANDED_OVER, S.CHOOSING)
"""A case that was handed over and came back begins anew, with its number: a beginning, not a move."""

FOLDS = ("case_evolve", "moving_fold", "order_evolve", "point_events", "point_moves", "track_fold")
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "localtime", "gmtime", "perf_counter"}


def in_table() -> set[tuple[Track, State | None, State]]:
    return {(track, from_, to) for track, table in MOVES.items() for from_, all_to in table.items() for to in all_to}


def test_every_move_of_the_table_is_made() -> None:
    made = {step[1:] for step in tour().moves} - {CAME_BACK}
    assert made == in_table()


def test_an_ended_case_never_moves_again() -> None:
    for state in CASE_ENDS:
        assert is_final(T.CASE, state=state)
        for to in State:
            if to is not state:
                with pytest.raises(MoveRefused, match="it is final"):
                    check_move(T.CASE, from_=state, to=to)
    left = {step[1:] for step in tour().moves if step[:2] == (Record.CASE, T.CASE) and step[2] in CASE_ENDS}
    assert left == {CAME_BACK}


def test_what_the_table_does_not_have_is_refused() -> None:
    for track, table in MOVES.items():
        for from_ in (None, *State):
            for to in set(State) - table.get(from_, frozenset()) - {from_}:
                with pytest.raises(MoveRefused, match=f"Track {track} is"):
                    check_move(track, from_=from_, to=to)


def test_the_fold_refuses_an_unknown_move_and_a_strange_event() -> None:
    world = new_world()
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    case = case_of(world, key)
    back = Move(track=T.CASE, to=S.DRAFT, at=AT)
    with pytest.raises(MoveRefused):
        evolve(case, RescissionEnded(row=Row.R5, moves=(back,)))
    with pytest.raises(HistoryBroken, match="is no event of case"):
        evolve(case, CutoverOrdered(row=Row.R5B, cutover_on=AT.date()))  # an event of an order
    with pytest.raises(HistoryBroken, match="cannot begin with"):
        evolve(None, RescissionEnded(row=Row.R5))


def test_folding_leaves_what_it_was_given() -> None:
    world = new_world()
    key = enroll(world, program="LE-EV-NIGHT", pod="POD-2")
    case = case_of(world, key)
    kept = dict(case.tracks)
    apply_moves(case.tracks, (Move(track=T.SETUP, to=S.TOLD, at=AT),))
    assert dict(case.tracks) == kept and case == replace(case)


@pytest.mark.parametrize("name", FOLDS)
def test_the_fold_asks_no_clock_catalog_calendar_or_chance(name: str) -> None:
    file = Path(enrollment.__file__).parent / f"{name}.py"
    assert asked(ast.parse(file.read_text("utf-8")), skip=BUILDERS.get(name, frozenset())) == []


BUILDERS = {"track_fold": frozenset({"move", "_rule"})}
"""What stands in the file of a fold and serves deciders: it is handed a calendar and never reached from a fold."""


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import random",
        "from time import time",
        "from datetime import datetime\n\ndef f():\n    return datetime.now()",
        "from evenroll.programs.catalog import load_catalog",
        "def f(facts):\n    return facts.calendar.business_date(facts.at)",
        "from zoneinfo import ZoneInfo",
    ],
)
def test_a_fold_that_asks_is_found(source: str) -> None:
    assert asked(ast.parse(source), skip=frozenset())


def asked(tree: ast.Module, *, skip: frozenset[str]) -> list[str]:
    """Whatever in a file could ask the clock, a catalog, a calendar, the environment or chance."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in skip:
            continue
        found += [word for each in ast.walk(node) if (word := _asks(each, allow_calendar=bool(skip)))]
    return found


def _asks(node: ast.AST, *, allow_calendar: bool) -> str:
    if isinstance(node, ast.Import):
        return ", ".join(alias.name for alias in node.names if alias.name in _STRANGE)
    if isinstance(node, ast.ImportFrom):
        calendar = node.module == "evenroll.quantities.calendars" and not allow_calendar
        return str(node.module) if calendar or str(node.module) in _STRANGE else ""
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr in CLOCKS or node.attr == "calendar" else ""
    return ""


_STRANGE = {"os", "random", "secrets", "time", "zoneinfo", "holidays", "uuid", "evenroll.programs.catalog"}
