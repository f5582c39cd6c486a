"""Measures the pure core: moves decided and folded over full lives of all five kinds, against copies of the case.

Usage: python -m tests.measure.core_moves [rounds, 5]. No part of the test run; `make bench-core` runs it, one process
on one core, without a database. A move is one command: decided, and all its events folded. Facts are looked up before.
"""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import Record
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.life_events import UseKind
from evenroll.enrollment.order_commands import ReceiveRequest
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.rules import Rule
from evenroll.quantities.identifiers import ProgramKey
from tests.world import facts as f
from tests.world.memory import Key, World
from tests.world.people import days, new_world
from tests.world.programs import world_programs
from tests.world.scenes import case_of, say, whole_life

LIVES = (
    ("LE-EV-NIGHT", "POD-1"),
    ("LE-EV-PAUSE", "POD-6"),
    ("LE-EV-HOURLY", "POD-2"),
    ("LE-EV-PEAK-DAYS", "POD-1"),
    ("BW-SMART-CHARGE", "POD-4"),
)
"""One program of each kind, and where: with a visit of the crew and without, of the utility and of a supplier."""

RULES_MIN = 15
MOVES_A_SECOND, YARDSTICKS_A_MOVE = 50_000, 4.0
_DECIDE: Mapping[Record, Callable[..., Decided | Refusal]] = MappingProxyType(
    {Record.CASE: decide_case, Record.SERVICE_ORDER: decide_order}
)
_EVOLVE: Mapping[Record, Callable[..., Any]] = MappingProxyType(
    {Record.CASE: evolve, Record.SERVICE_ORDER: evolve_order}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """One command as it was given, with the facts that were looked up for it."""

    key: Key
    name: C
    payload: object
    facts: Any


@dataclass(kw_only=True)
class Noting(World):
    """A world that keeps every command to a case or an order, with its facts. kept: those that were taken, in order."""

    kept: list[Given]

    def decided(self, key: Key, name: C, payload: object) -> Decided | Refusal:
        """What a command would do now, decided on the facts that are kept."""
        if key[0] not in _DECIDE:
            return World.decided(self, key, name, payload)
        stream = self.stream(key)
        state = stream.state if stream else None
        if key[0] is Record.CASE:
            facts: Any = _with_many_rules(f.case_facts(self, state, key=key))
        else:
            pod = payload.request.pod if isinstance(payload, ReceiveRequest) else state.pod if state else None
            facts = f.order_facts(self, state, name, pod=pod)
        decided = _DECIDE[key[0]](state, name, payload, facts)
        if isinstance(decided, Decided):
            self.kept.append(Given(key=key, name=name, payload=payload, facts=facts))
        return decided


def recorded_lives() -> tuple[tuple[Given, ...], ...]:
    """The commands of each life, from the opening over every row up to a year of use."""
    return tuple(_life(program, pod) for program, pod in LIVES)


def _life(program: str, pod: str) -> tuple[Given, ...]:
    plain = new_world()
    world = Noting(**{each.name: getattr(plain, each.name) for each in fields(plain)}, kept=[])
    key = whole_life(world, program=program, pod=pod)
    case = case_of(world, key)
    if case.state_of(Track.SETUP) is State.NOT_TOLD:
        set_up = c.SetParameters(program=ProgramKey(program), parameters={"charge_from": "23:00"}, schedules=("car",))
        say(world, key, C.SET_PARAMETERS, set_up)
        say(world, key, C.CONFIRM_PARAMETERS, c.ConfirmParameters(by_device=True))
    for _ in range(6):
        days(world, 50)
        today = world.calendar.business_date(world.now)
        used = c.RecordUse(kind=UseKind.OPT_OUT, on=today, reason="trip")
        world.give(key, C.RECORD_USE, used, role=Role.CUSTOMER)
    days(world, 40)
    return tuple(world.kept)


def _with_many_rules(facts: Any) -> Any:
    """A program of few rules is judged by as many as the bench asks for: those of the others, each kind once."""
    program: ProgramVersion | None = facts.program
    if program is None or len(program.rules) >= RULES_MIN:
        return facts
    return replace(facts, program=_longer(program.key))


@cache
def _longer(key: ProgramKey) -> ProgramVersion:
    program = next(each for each in world_programs() if each.key == key)
    rules = list(program.rules)
    for each in _all_rules():
        if len(rules) < RULES_MIN and each.kind not in {rule.kind for rule in rules}:
            rules.append(each)
    return replace(program, rules=tuple(rules))


def _all_rules() -> tuple[Rule, ...]:
    return next(each for each in world_programs() if each.key == "LE-EV-NIGHT").rules


def play(life: tuple[Given, ...]) -> dict[Key, Any]:
    """Decide and fold a life once more; the records at its end."""
    states: dict[Key, Any] = {}
    for each in life:
        key = each.key
        state = states.get(key)
        fold = _EVOLVE[key[0]]
        decided = _DECIDE[key[0]](state, each.name, each.payload, each.facts)
        if not isinstance(decided, Decided):
            raise SystemExit(f"{each.name} was taken once and is refused now: {decided.code}. Mend what differs.")
        for event in decided.events:
            state = fold(state, event)
        states[key] = state
    return states


def main(rounds: int) -> None:
    """Record the lives, play them, print one table."""
    lives = recorded_lives()
    moves = sum(map(len, lives))
    cases = [state for life in lives for key, state in play(life).items() if key[0] is Record.CASE]
    machine = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, Python {sys.version.split()[0]}; one process, medians of {rounds}")
    programs = ", ".join(program for program, _ in LIVES)
    print(f"{len(lives)} lives of {programs}: {moves} moves, row 5 with {RULES_MIN} rules or more")
    move_us: list[float] = []
    replace_us: list[float] = []
    for _ in range(rounds):
        move_us.append(_us(lambda: [play(life) for life in lives], times=40) / moves)
        replace_us.append(_us(lambda: [replace(case, strikes=1) for case in cases], times=400) / len(cases))
    move, yardstick = statistics.median(move_us), statistics.median(replace_us)
    print(f"one move: {move:.1f} us, {1e6 / move:,.0f} moves a second (to reach {MOVES_A_SECOND:,})")
    print(f"one dataclasses.replace of the case: {yardstick:.2f} us")
    print(f"yardsticks a move: {move / yardstick:.2f} (to reach {YARDSTICKS_A_MOVE} at most)")


def _us(function: Callable[[], object], *, times: int) -> float:
    """Processor time of this process for one call, in microseconds; the collector rests, as in `timeit`."""
    gc.collect()
    gc.disable()
    begun = time.process_time()
    for _ in range(times):
        function()
    took = time.process_time() - begun
    gc.enable()
    return took / times * 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
