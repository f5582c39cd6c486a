"""One history: a year of business time in memory, which a seed decides from its first instant to its last."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from evenroll.enrollment.roles import Role
from tests.simulation.acting import act
from tests.simulation.clockwork import LENGTH, beginning, some_time
from tests.simulation.simulated import Doing, Seen, Simulated, Task, simulated
from tests.simulation.truths import InvariantBroken
from tests.world.tour import rest


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a history was. broken: what did not hold, with the number of the invariant; "" if all did."""

    number: int
    commands: int
    cases: int
    seen: Seen
    broken: str = ""
    invariant: int = 0
    log: tuple[str, ...] = ()


def tell(*, seed: int, number: int, logged: bool = False) -> Told:
    """Play the history of that number under that seed; the same two numbers give the same history."""
    world = simulated(seed=f"{seed}/{number}", begins_at=beginning, length=LENGTH, logged=logged)
    broken, invariant = "", 0
    try:
        _play(world)
    except InvariantBroken as found:
        broken, invariant = str(found), found.number
    except Exception as failed:
        broken = f"{type(failed).__name__}: {failed}"
    if broken:
        world.write(f"BROKEN: invariant {invariant}: {broken}")
    return Told(
        number=number,
        commands=sum(world.seen.commands.values()) + sum(world.seen.refused.values()),
        cases=len(world.cases),
        seen=world.seen,
        broken=broken,
        invariant=invariant,
        log=tuple(world.log or ()),
    )


def _play(world: Simulated) -> None:
    _begin(world, world.mind)
    while (found := world.next_task()) is not None:
        at, task = found
        world.advance(to=max(at, world.now))
        act(world, task)
        world.settle()
    world.advance(to=world.ends_at)
    rest(world)
    world.truths.at_the_end(world)


def _begin(world: Simulated, mind: Random) -> None:
    """What comes from outside in the course of the year: applications, news, troubles, events."""
    soon = world.now + LENGTH / 2
    for _ in range(mind.randint(1, 5)):
        at = some_time(world.now, until=soon, chance=mind)
        world.plan(at, Task(doing=Doing.OPENS, role=Role.CUSTOMER))
    for doing, most in ((Doing.NEWS, 3), (Doing.TROUBLE, 5), (Doing.EVENT, 4)):
        for _ in range(mind.randrange(most)):
            at = some_time(world.now, until=world.ends_at, chance=mind)
            world.plan(at, Task(doing=doing, role=Role.PEER))
