"""A tour of the world: many random lives, and what was seen of events, moves and waits on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import Record
from evenroll.enrollment.event import Event
from evenroll.enrollment.tracks import Move, State, TrackState, track_key
from evenroll.enrollment.waits import WAITS, Span, Wait, WaitRule, due_at
from evenroll.programs.program import Track
from evenroll.quantities.calendars import ServiceCalendar
from tests.world.disputes import DISPUTES
from tests.world.doors import DOORS
from tests.world.everyday import EVERYDAY
from tests.world.leaving import LEAVING
from tests.world.lines import IN_LINE
from tests.world.memory import Key, Taken, World
from tests.world.metered import METERED
from tests.world.money import MONEY
from tests.world.moving import MOVING
from tests.world.people import (
    all_is_well,
    days,
    new_world,
    somebody_acts,
    somebody_opens,
    somebody_strays,
    something_happens,
)
from tests.world.resting import RESTING
from tests.world.reversing import REVERSING
from tests.world.scenes import QUIET
from tests.world.supply import SUPPLY
from tests.world.switching import SWITCHING
from tests.world.trouble import TROUBLE

SCENES = (
    *QUIET,
    *TROUBLE,
    *EVERYDAY,
    *SUPPLY,
    *IN_LINE,
    *LEAVING,
    *RESTING,
    *MONEY,
    *MOVING,
    *SWITCHING,
    *REVERSING,
    *DOORS,
    *METERED,
    *DISPUTES,
)
"""Every scene: together they make every move and enter every wait, so that chance only adds to them."""

Named = tuple[Track, State, Wait]
Step = tuple[Record, Track, State | None, State]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A world in which a record really waits so, right after it began to."""

    world: World
    key: Key
    track: TrackState


@dataclass(kw_only=True)
class Log:
    """What a tour saw. waiting: of each named wait and kind of record, the first that came by."""

    moves: set[Step] = field(default_factory=set[Step])
    waiting: dict[tuple[Record, Named], Waiting] = field(default_factory=dict[tuple[Record, Named], Waiting])
    commands: set[C] = field(default_factory=set[C])
    worlds: list[World] = field(default_factory=list[World])
    keep: bool = True

    def __call__(self, world: World, taken: Taken) -> None:
        """Note what a committed command did."""
        self.commands.add(taken.name)
        tracks = dict(taken.before.tracks) if taken.before else {}
        states: dict[str, State] = {key: track.state for key, track in tracks.items()}
        for event in taken.events:
            for move in event.moves:
                self._note(world, taken, move, states)

    def _note(self, world: World, taken: Taken, move: Move, states: dict[str, State]) -> None:
        key = track_key(move.track, subject=move.subject)
        before = states.get(key)
        states[key] = move.to
        if before is not move.to:
            self.moves.add((taken.key[0], move.track, before, move.to))
        track = taken.after.tracks[key]
        if track.due_at != move.due_at or track.state is not move.to:
            return
        for wait in waits_of(move, calendar=world.calendar):
            named = (move.track, move.to, wait)
            if (taken.key[0], named) not in self.waiting:
                self.waiting[taken.key[0], named] = Waiting(world=world.split(), key=taken.key, track=track)


def waits_of(move: Move, *, calendar: ServiceCalendar) -> tuple[Wait, ...]:
    """The named waits that give a move its owner, its due date and its lapse."""
    named = WAITS.get((move.track, move.to), {})
    return tuple(wait for wait, rule in named.items() if _gives(rule, move, calendar))


def _gives(rule: WaitRule, move: Move, calendar: ServiceCalendar) -> bool:
    if (rule.owner, rule.on_lapse) != (move.owner, move.on_lapse) or move.due_at is None:
        return False
    return rule.span is Span.GIVEN or due_at(rule, now=move.at, calendar=calendar) == move.due_at


def live(world: World, chance: Random, *, steps: int) -> None:
    """A random life: people act, partners fail, days pass."""
    for _ in range(steps):
        turn = chance.random()
        if turn < 0.12 and len(world.cases) < 8:
            somebody_opens(world, chance)
        elif turn < 0.64:
            somebody_acts(world, chance)
        elif turn < 0.70:
            somebody_strays(world, chance)
        elif turn < 0.76:
            something_happens(world, chance)
        else:
            days(world, chance.choice([0.1, 1, 3, 10, 35]))
            world.away = frozenset()
        world.settle()


def rest(world: World) -> None:
    """Everybody answers again, and time passes until the post is empty."""
    all_is_well(world)
    days(world, 20)


@cache
def tour() -> Log:
    """The tour that several tests look at: the same every time."""
    log = Log()
    for scene in SCENES:
        world = new_world()
        world.watch = log
        scene(world)
        rest(world)
        log.worlds.append(world)
    for seed in range(20):
        world = new_world()
        world.watch, world.chance = log, Random(seed)
        live(world, Random(seed), steps=110)
        rest(world)
        log.worlds.append(world)
    return log


def histories(log: Log) -> list[tuple[Event, ...]]:
    """The events of every stream of every world of a tour."""
    return [
        tuple(event for _, event in stream.events)
        for world in log.worlds
        for streams in (world.cases, world.orders, world.points, world.caps, world.requests)
        for stream in streams.values()
    ]


def states(log: Log) -> list[Any]:
    """The last state of every stream of every world of a tour."""
    return [
        stream.state
        for world in log.worlds
        for streams in (world.cases, world.orders, world.points, world.caps, world.requests)
        for stream in streams.values()
    ]
