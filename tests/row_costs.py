"""What each command of a few applications costs: statements, transactions, processor time of this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.order_commands import DateSwitch
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import OrganizationKey
from tests.statements import counted_traffic
from tests.territory import NOW, Given, Territory

DAYS = 45

OF_TRACK = frozenset({CommandName.REMIND, CommandName.ESCALATE, CommandName.END_CONDITION})
"""Commands that name a track; the worker gives them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowCost:
    """One command. texts: its statements; trips: waits for the database; cpu_ms: of this process."""

    texts: tuple[str, ...]
    commits: int
    reads: int
    trips: int
    cpu_ms: float = 0.0
    wall_ms: float = 0.0

    @property
    def statements(self) -> int:
        return len(self.texts)


@dataclass(kw_only=True)
class Watched(Territory):
    """A territory that notes what each command costs that is given in it. costs: by command, in order."""

    costs: dict[CommandName, list[RowCost]]
    counts: bool = True

    def give(self, organization: OrganizationKey, name: CommandName, number: str, command: object = None, **how: Any):
        from evenroll.worker.giving import give

        given = Given(**how)
        asked = given.asked(number, command)
        installation, actor = self.installation, self.actor(organization, given.role, key=given.by)
        answer, cost = self._watched(lambda: give(installation, actor=actor, name=name, asked=asked, now=given.now))
        self.costs.setdefault(name, []).append(cost)
        return answer

    def _watched(self, give: Callable[[], Any]) -> tuple[Any, RowCost]:
        if self.counts:
            with counted_traffic() as traffic:
                answer = give()
            texts = tuple(traffic.texts)
            cost = RowCost(texts=texts, commits=traffic.commits, reads=traffic.reads, trips=traffic.trips)
            return answer, cost
        begun, begun_at = time.process_time(), time.perf_counter()
        answer = give()
        cpu_ms, wall_ms = (time.process_time() - begun) * 1000, (time.perf_counter() - begun_at) * 1000
        return answer, RowCost(texts=(), commits=0, reads=0, trips=0, cpu_ms=cpu_ms, wall_ms=wall_ms)


def watched_rows(
    territory: Territory, *, applications: int, counts: bool, with_esco: bool = False
) -> Mapping[CommandName, tuple[RowCost, ...]]:
    """Applications from the form on, each command given by the door as the worker gives it; messages are brought.

    counts: the statements are counted; otherwise the processor time is taken, over a connection that is kept.
    with_esco: of customers of an ESCO, in its books; else of the utility.
    """
    told = {each.name: getattr(territory, each.name) for each in fields(territory)}
    watched = Watched(**told, costs={}, counts=counts)
    at, program = (watched.esco, watched.supply) if with_esco else (watched.utility, watched.night)
    for _ in range(applications):
        watched.apply(watched.premise(supplier=watched.esco if with_esco else None), at=at, program=program)
    while _give_waits(watched, at, now=NOW):
        pass
    watched.run(NOW)
    for days in range(1, DAYS, 7):
        while _give_waits(watched, at, now=NOW + timedelta(days=days)):
            pass
    return {name: tuple(each) for name, each in watched.costs.items()}


def _give_waits(watched: Watched, at: OrganizationKey, *, now: datetime) -> int:
    """Give the commands of all waits of an organization that lapsed; how many had an effect."""
    from evenroll.records import queries
    from evenroll.records.asked import Taken

    taken = 0
    for each in queries.waiting(queries.Viewer(organization=at, role=Role.SYSTEM)):
        if each.on_lapse and each.on_lapse not in OF_TRACK and each.due_at <= now:
            name = CommandName(each.on_lapse)
            payload = DateSwitch() if name is CommandName.DATE_SWITCH else None
            answer = watched.give(at, name, each.stream.key, payload, role=Role.SYSTEM, now=now)
            taken += isinstance(answer, Taken) and bool(answer.events)
    return taken
