"""What rows, waits and looks cost in the database that stands, each with the processor time of both processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.order_commands import DateSwitch
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import CaseNumber
from tests.measure.processor_time import spent
from tests.territory import NOW, Given, Territory

ROUNDS = 12
LOOKS = 5

Measured = tuple[str, float, float]
"""Name, milliseconds of the application, milliseconds of the database."""


class Timed(Territory):
    """A territory that notes what each command takes that is given in it."""

    def give(self, organization: Any, name: CommandName, number: str, command: object = None, **how: Any) -> Any:
        from evenroll.worker.giving import give

        given = Given(**how)
        asked, actor = given.asked(number, command), self.actor(organization, given.role, key=given.by)
        with spent() as told:
            answer = give(self.installation, actor=actor, name=name, asked=asked, now=given.now)
        self.measured.append((name.value, told.application * 1000, told.database * 1000))
        return answer

    @property
    def measured(self) -> list[Measured]:
        return self.__dict__.setdefault("_measured", [])


def rows(told: dict[str, Any], *, applications: int) -> Iterator[Measured]:
    """Applications from the form on, each of its own customer, every command given by the door; the first warms up."""
    timed = Timed(**told)
    _apply_and_drive(timed)
    timed.measured.clear()
    for _ in range(applications):
        _apply_and_drive(timed)
    yield from timed.measured


def _apply_and_drive(timed: Timed) -> None:
    number = timed.apply(timed.premise())
    now = NOW
    for _ in range(ROUNDS):
        lapsed = _lapsed(timed, number, now=now)
        if lapsed is None:
            return
        payload = DateSwitch() if lapsed is CommandName.DATE_SWITCH else None
        timed.give(timed.utility, lapsed, number, payload, role=Role.SYSTEM, now=now)


def _lapsed(timed: Timed, number: CaseNumber, *, now: datetime) -> CommandName | None:
    due = [each for each in timed.case(timed.utility, number).tracks.values() if each.due_at and each.due_at <= now]
    return due[0].on_lapse if due else None


def looks(territory: Territory) -> Iterator[Measured]:
    """What the staff and the worker look at: the queue, what waits, one case, a worker's look that finds little."""
    from evenroll.records import deadlines, outbox, queries, sealing

    staff = queries.Viewer(organization=territory.utility, role=Role.SYSTEM)
    now = NOW - timedelta(days=1)
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("look: due waits", lambda: deadlines.due(territory.utility, now=now, limit=50)),
        ("look: due messages", lambda: outbox.claim(territory.utility, now=now, limit=50)),
        ("look: next due", lambda: deadlines.next_due_at(territory.utility)),
        ("look: undelivered", lambda: outbox.undelivered(territory.utility)),
        ("look: queue of a role", lambda: queries.waiting(staff, on=Role.METER_OFFICE)),
        ("look: queue of all", lambda: queries.waiting(staff)),
        ("look: list of cases", lambda: queries.cases(staff)),
        ("look: seal lag", lambda: sealing.waiting(territory.utility)),
        ("look: counts by status", lambda: queries.status_counts(staff)),
    )
    for name, look in asked:
        look()
        for _ in range(LOOKS):
            with spent() as told:
                look()
            yield name, told.application * 1000, told.database * 1000
