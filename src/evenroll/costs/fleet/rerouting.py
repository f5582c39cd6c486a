"""Serves a fleet from the cheapest slots on: opens them price by price and reroutes until no more energy fits in.

What a set of slots can serve at most grows by less and less with each further slot (it is the rank of a polymatroid),
so serving the most in the cheapest slots, then the most with the next ones as well, costs least of all plans that serve
the most. Opening a slot is a flow of most energy from those not served yet. As a slot costs every car the same, the
search walks over slots only: energy goes from one slot to another where some car draws in the one and has room in the
other. Each search takes all shortest ways at once (Dinic). Slots that
nobody can reach any more are left alone for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evenroll.costs.fleet.kernels import Column, Kernels, Marks


@dataclass(kw_only=True, slots=True)
class Flow:
    """Where the energy of the fleet is while a plan is made.

    columns: one per slot, and one more for what is not served. spare_wh: what each slot may still take. reached: the
    open slots into which energy that is not served can still be moved.
    """

    columns: list[Column]
    spare_wh: list[int]
    left_wh: int
    kernels: Kernels
    reached: set[int]

    @property
    def unserved(self) -> int:
        """The position of the column of what is not served."""
        return len(self.columns) - 1


def serve(flow: Flow, *, levels: Sequence[Sequence[int]]) -> list[frozenset[int]]:
    """Serves the most in the slots of the first level, then of the first two, and so on; changes the flow.

    levels: slots by price, the cheapest first. Returns for each level the slots in which no car not served in full
    finds room, however others are moved: they are a cut that shows why no more could be served.
    """
    closed: set[int] = set()
    cuts: list[frozenset[int]] = []
    for level in levels:
        flow.reached.update(level)
        for slot in level:
            _shift(flow, giver=flow.unserved, taker=slot, wh=min(flow.spare_wh[slot], flow.left_wh))
        # Where all open slots are full, nothing can be rerouted, and the cut of the level before is still one.
        while flow.left_wh and any(flow.spare_wh[slot] for slot in flow.reached):
            steps = _steps(flow)
            if not _reroute(flow, steps=steps):
                closed |= flow.reached - steps.keys()
                flow.reached -= closed
        if not flow.left_wh:
            closed |= flow.reached
            flow.reached.clear()
        cuts.append(frozenset(closed))
    return cuts


def _shift(flow: Flow, *, giver: int, taker: int, wh: int) -> None:
    """Serves energy that is not served yet."""
    moved = flow.kernels.move(flow.columns[giver], flow.columns[taker], wh)
    flow.spare_wh[taker] -= moved
    flow.left_wh -= moved


def _reroute(flow: Flow, *, steps: dict[int, int]) -> bool:
    """Takes all shortest ways from what is not served to slots with something to spare; whether there was one."""
    goals = [slot for slot in steps if slot != flow.unserved and flow.spare_wh[slot]]
    untried = {slot: [other for other in steps if steps[other] == step - 1] for slot, step in steps.items()}
    for goal in goals:
        while flow.spare_wh[goal] and (way := _way(flow, to=goal, untried=untried)):
            _take(flow, way=way)
    return bool(goals)


def _steps(flow: Flow) -> dict[int, int]:
    """How many moves each slot lies from what is not served, up to the nearest slots with something to spare.

    Where there are none of these: all slots that can be reached.
    """
    marks: Marks = np.zeros(len(flow.columns[0].drawn), dtype=np.int32)
    steps = {flow.unserved: 0}
    last, others, step = [flow.unserved], sorted(flow.reached), 0
    while last:
        step += 1
        for slot in last:
            flow.kernels.mark(marks, flow.columns[slot])
        last = [slot for slot in others if flow.kernels.has_room(marks, flow.columns[slot])]
        others = [slot for slot in others if slot not in last]
        steps |= dict.fromkeys(last, step)
        if any(flow.spare_wh[slot] for slot in last):
            break
    return steps


@dataclass(frozen=True, kw_only=True, slots=True)
class _Move:
    giver: int
    taker: int
    could_wh: int


def _way(flow: Flow, *, to: int, untried: dict[int, list[int]]) -> list[_Move]:
    """A way from what is not served to a slot, or none. untried: by slot those one step nearer; shrinks.

    Nothing that is taken on such ways gives a slot another giver one step nearer, so what was tried in vain stays so
    until the next search: moves only open ways back.
    """
    back: list[_Move] = []
    at = to
    while at != flow.unserved:
        if untried[at]:
            giver = untried[at][-1]
            could_wh = flow.kernels.could_move(flow.columns[giver], flow.columns[at])
            if could_wh:
                back.append(_Move(giver=giver, taker=at, could_wh=could_wh))
                at = giver
                continue
        elif back:
            at = back.pop().taker
        else:
            return []
        untried[at].pop()
    return back[::-1]


def _take(flow: Flow, *, way: list[_Move]) -> None:
    goal = way[-1].taker
    wh = min(flow.spare_wh[goal], *(move.could_wh for move in way))
    for move in way:
        flow.kernels.move(flow.columns[move.giver], flow.columns[move.taker], wh)
    flow.spare_wh[goal] -= wh
    flow.left_wh -= wh
