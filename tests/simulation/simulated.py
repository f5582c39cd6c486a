"""A world whose people act by themselves: what they have before them, what they did, and what was seen of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from random import Random
from typing import Any

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.programs.program import Track
from tests.simulation.clockwork import some_time, when
from tests.simulation.truths import Truths
from tests.world.memory import Key, Taken, World
from tests.world.people import new_world
from tests.world.programs import world_programs

Step = tuple[str, Track, State | None, State]
NOBODY_IN_THE_ROOM = frozenset({Role.SYSTEM, Role.PEER})
WHIMS_MAX = 5
_WHIM_OF_STATE = 0.35
_FEW_PLACES = 0.2
TALKED_ABOUT_MAX = 3


class Doing(StrEnum):
    """What somebody is about to do."""

    OPENS = "opens"
    ANSWERS = "answers"
    COMES_UPON = "comes_upon"
    SAYS_AGAIN = "says_again"
    NEWS = "news"
    TROUBLE = "trouble"
    MENDS = "mends"
    EVENT = "event"


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What an actor has before it. about: the key of the track that waits; said: what is said again."""

    doing: Doing
    role: Role
    key: Key | None = None
    about: str = ""
    tries: int = 0
    said: tuple[C, object] | None = None


@dataclass(kw_only=True)
class Seen:
    """What was seen: how often each move of a track, each command, each refusal."""

    moves: Counter[Step] = field(default_factory=Counter[Step])
    commands: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])

    def add(self, other: Seen) -> None:
        """What another one saw, too."""
        self.moves.update(other.moves)
        self.commands.update(other.commands)
        self.refused.update(other.refused)


@dataclass(kw_only=True)
class Simulated(World):
    """The world of one history. ahead: what is to be done, soonest first. log: what was done; None: nobody reads it."""

    mind: Random
    ends_at: datetime
    ahead: list[tuple[datetime, int, Task]] = field(default_factory=list[tuple[datetime, int, Task]])
    truths: Truths = field(default_factory=Truths)
    seen: Seen = field(default_factory=Seen)
    log: list[str] | None = None
    planned: int = 0
    talked_about: tuple[str, ...] = ()
    before_them: set[tuple[Role, Key | None, str]] = field(default_factory=set[tuple[Role, Key | None, str]])

    def plan(self, at: datetime | None, task: Task) -> None:
        """Somebody will do this; nobody where there is no instant for it, or the history is over by then."""
        waits = (task.role, task.key, task.about)
        # Nobody has the same thing before them twice.
        twice = task.doing is Doing.ANSWERS and waits in self.before_them
        if at is not None and at < self.ends_at and not twice:
            self.before_them.add(waits)
            self.planned += 1
            heappush(self.ahead, (at, self.planned, task))

    def next_task(self) -> tuple[datetime, Task] | None:
        """What is done next, and when; None if there is nothing more."""
        if not self.ahead:
            return None
        at, _, task = heappop(self.ahead)
        self.before_them.discard((task.role, task.key, task.about))
        return at, task

    def take(self, key: Key, name: C, payload: object) -> Decided | Refusal:
        """What a record makes of a command; whatever it does, everything must hold."""
        decided = World.take(self, key, name, payload)
        self.note(key, name, decided)
        if isinstance(decided, Decided) and (decided.events or decided.others or decided.place_events):
            self.truths.all(self, touched=key, bills=bool(decided.point_events))
        return decided

    def settle(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Deliver and drive until nothing is left to do at this instant; then everybody must have been told."""
        World.settle(self, until=until)
        self.truths.at_rest(self)

    def note(self, key: Key, name: C, outcome: Decided | Refusal) -> None:
        """Count a command, and tell of it where the log is read."""
        refused = isinstance(outcome, Refusal)
        (self.seen.refused if refused else self.seen.commands)[name.value] += 1
        if self.log is None:
            return
        told = (
            f"refused: {outcome.code.value}" if refused else ", ".join(map(event_kind, outcome.events)) or "nothing new"
        )
        self.write(f"{self.by.value:<18}{name.value:<24}{key[0].value} {key[2]}: {told}")

    def write(self, line: str) -> None:
        """A line of the log, with the business clock before it."""
        if self.log is not None:
            self.log.append(f"{self.now:%Y-%m-%d %H:%M:%S}  {line}")

    def watched(self, _world: World, taken: Taken) -> None:
        """A record changed: it must hold, and whoever it waits on now takes note."""
        states = {key: each.state for key, each in taken.before.tracks.items()} if taken.before else {}
        for event in taken.events:
            for move in event.moves:
                key = track_key(move.track, subject=move.subject)
                self._moved(taken, key, states.get(key), move.to)
                states[key] = move.to
        self.truths.after(self, taken)
        if taken.before is None and self.mind.random() < 0.9:
            self._come_upon(taken.key)

    def _moved(self, taken: Taken, key: str, before: State | None, to: State) -> None:
        track: TrackState = taken.after.tracks[key]
        self.seen.moves[taken.key[0].value, track.track, before, to] += 1
        if track.track is Track.CASE and before is not to and self.mind.random() < _WHIM_OF_STATE:
            at = self.now + timedelta(hours=self.mind.expovariate(1 / 400))
            self.plan(at, Task(doing=Doing.COMES_UPON, role=self._somebody(), key=taken.key))
        if track.state is to and track.owner is not None and track.owner not in NOBODY_IN_THE_ROOM:
            at = when(self.now, due_at=track.due_at, chance=self.mind, calendar=self.calendar)
            self.plan(at, Task(doing=Doing.ANSWERS, role=track.owner, key=taken.key, about=key))

    def _come_upon(self, key: Key) -> None:
        """What people will come upon with a new record in the course of the year."""
        for _ in range(self.mind.randrange(WHIMS_MAX + 1)):
            at = some_time(self.now, until=self.ends_at, chance=self.mind)
            self.plan(at, Task(doing=Doing.COMES_UPON, role=self._somebody(), key=key))

    def _somebody(self) -> Role:
        return self.mind.choice((Role.CUSTOMER,) * 5 + _STAFF)


_STAFF = (
    Role.ENROLLMENT_DESK,
    Role.SUPERVISOR,
    Role.PROGRAM_MANAGER,
    Role.METER_OFFICE,
    Role.BILLING,
    Role.BILLING,
    Role.REGISTRY_OPERATOR,
)


def simulated(*, seed: str, begins_at: Callable[[Random], datetime], length: Any, logged: bool) -> Simulated:
    """A world of the beginning that one seed decides everything of."""
    mind = Random(seed)
    plain = new_world()
    now = begins_at(mind)
    given = {each.name: getattr(plain, each.name) for each in fields(plain)}
    given |= {"now": now, "chance": Random(f"{seed}/post")}
    programs = tuple(str(each.key) for each in world_programs())
    if mind.random() < _FEW_PLACES:
        programs = tuple(str(each.key) for each in world_programs() if each.cap is not None)
    talked_about = tuple(mind.choice(programs) for _ in range(mind.randint(1, TALKED_ABOUT_MAX)))
    log: list[str] | None = [] if logged else None
    world = Simulated(**given, mind=mind, ends_at=now + length, log=log, talked_about=talked_about)
    world.watch = world.watched
    return world
