"""Every named wait of every live state: let it lapse, and a named step or person takes it, later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.moves import MOVES, is_final
from evenroll.enrollment.next_commands import DueCommand, due_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.enrollment.waits import WAITS, Wait
from evenroll.programs.program import Track
from tests.world.memory import payload_of
from tests.world.people import all_is_well
from tests.world.tour import tour

NAMED = [(track, state, wait) for (track, state), waits in WAITS.items() for wait in waits]


@pytest.mark.parametrize(("track", "state", "wait"), NAMED)
def test_every_wait_is_entered_by_a_real_history(track: Track, state: State, wait: Wait) -> None:
    entered = any(named == (track, state, wait) for _, named in tour().waiting)
    assert entered


@pytest.mark.parametrize(("track", "state", "wait"), NAMED)
def test_what_follows_a_lapse_is_a_command_of_the_clock(track: Track, state: State, wait: Wait) -> None:
    command = WAITS[track, state][wait].on_lapse
    assert command in COMMANDS
    assert may(Role.SYSTEM, command=command)


@pytest.mark.parametrize("record", [Record.CASE, Record.SERVICE_ORDER, Record.PROGRAM_PLACE])
@pytest.mark.parametrize("partners", ["answer", "away"])
def test_a_lapsed_wait_is_taken(record: Record, partners: str) -> None:
    for (kind, named), waiting in tour().waiting.items():
        if kind is not record:
            continue
        world, track = waiting.world.split(), waiting.track
        assert track.due_at is not None and track.on_lapse is not None
        world.now = max(world.now, track.due_at)
        all_is_well(world)
        world.away = frozenset({"registry", "register", "books"}) if partners == "away" else frozenset()
        due = DueCommand(name=track.on_lapse, track=track.track, subject=track.subject, due_at=track.due_at)
        outcome = world.give(waiting.key, due.name, payload_of(due), role=Role.SYSTEM)
        assert not isinstance(outcome, Refusal), f"{named}: {outcome}"
        stream = world.stream(waiting.key)
        assert stream is not None
        after = stream.state.tracks[track.key]
        assert due not in due_commands(stream.state.tracks, now=world.now), f"{named}: nothing came of its lapse"
        assert after.state is not track.state or after.due_at > world.now, f"{named}: an endless loop at one instant"
        if after.state is track.state:
            assert after.owner is not None and after.owner is not Role.AUDITOR


def test_before_it_lapses_nothing_is_taken() -> None:
    for (_, named), waiting in tour().waiting.items():
        world, track = waiting.world.split(), waiting.track
        assert track.due_at is not None and track.on_lapse is not None
        if track.due_at <= world.now or track.on_lapse not in {"expire", "remind", "escalate", "end_condition"}:
            continue
        world.now = max(world.now, track.due_at - timedelta(seconds=1))
        due = DueCommand(name=track.on_lapse, track=track.track, subject=track.subject, due_at=track.due_at)
        assert isinstance(world.give(waiting.key, due.name, payload_of(due), role=Role.SYSTEM), Refusal), named


def test_every_live_state_has_its_waits_and_no_final_one() -> None:
    for track, table in MOVES.items():
        states = {state for state in table if state is not None} | {state for to in table.values() for state in to}
        for state in states:
            final = is_final(track, state=state) or (track is Track.CASE and state in CASE_ENDS)
            assert final != ((track, state) in WAITS), f"{track} {state}"
