"""The program managers of the demo: events that they call for everybody in a program, and take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.money_commands import CallEvent, CancelEvent
from evenroll.enrollment.roles import Actor, Role
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from evenroll.runtime.demo_script import CalledEvent
from evenroll.runtime.territory_plan import TERRITORY
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation

_HOUR_OF_CALLS: Final = 10


@dataclass(slots=True, kw_only=True)
class Manager:
    """The program managers. called: the number of each event that stands; refused: what a rule did not let them do."""

    events: Sequence[CalledEvent]
    called: dict[CalledEvent, str] = field(default_factory=dict[CalledEvent, str])
    done: set[tuple[CalledEvent, str]] = field(default_factory=set[tuple[CalledEvent, str]])
    refused: list[str] = field(default_factory=list[str])

    @property
    def next_at(self) -> datetime | None:
        """When the next of them acts."""
        return min(
            (at for each in self.events for at, act in _acts(each) if (each, act) not in self.done), default=None
        )

    def act(self, installation: Installation, *, now: datetime) -> bool:
        """Call and cancel what is to be called or cancelled by now; whether there was anything."""
        due = [
            (each, act) for each in self.events for at, act in _acts(each) if at <= now and (each, act) not in self.done
        ]
        for each, act in due:
            self.done.add((each, act))
            self._give(installation, each, act, now=now)
        return bool(due)

    def _give(self, installation: Installation, event: CalledEvent, act: str, *, now: datetime) -> None:
        from evenroll.records.asked import Asked

        if act == "call":
            name, number = CommandName.CALL_EVENT, event.program
            command: object = CallEvent(starts_at=_at(event.day, event.hour), hours=event.hours)
        else:
            name, number, command = CommandName.CANCEL_EVENT, self.called[event], CancelEvent(reason="cool_day")
        asked = Asked(number=number, command=command)
        answer = give(installation, actor=_manager_of(event), name=name, asked=asked, now=now)
        told = answer.code.value if isinstance(answer, Refusal) else ""
        if told != event.refused:
            self.refused.append(f"{event.key} {act}: expected to be refused as {event.refused!r}, got {told!r}")
        if not isinstance(answer, Refusal):
            self.called[event] = answer.number


def _acts(event: CalledEvent) -> tuple[tuple[datetime, str], ...]:
    call = (_at(event.told_on, _HOUR_OF_CALLS), "call")
    return (call, (_at(event.cancelled_on, _HOUR_OF_CALLS + 1), "cancel")) if event.cancelled_on else (call,)


def _at(day: date, hour: int) -> datetime:
    return calendar(TERRITORY).start_of_day(day) + timedelta(hours=hour)


def _manager_of(event: CalledEvent) -> Actor:
    organization = load_catalog().program(ProgramKey(event.program)).organization
    key = ActorKey("program_manager-1")
    return Actor(key=key, role=Role.PROGRAM_MANAGER, organization=OrganizationKey(organization))
