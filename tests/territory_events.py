"""An event that a provider called, for tests that need one to stand."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.money_commands import CallEvent
from evenroll.enrollment.roles import Role
from evenroll.programs.program_terms import EventLimit, EventTerms, Grid
from evenroll.quantities.identifiers import ProgramKey
from tests.territory import NOW, Territory

ANY_TIME = EventTerms(
    limits=(EventLimit(events_max=9, per=Grid.MONTH),),
    months=tuple(range(1, 13)),
    from_hour=0,
    to_hour=24,
    weekdays_only=False,
    hours_max=4,
    notice_hours_min=1,
)


def a_called_event(territory: Territory) -> str:
    """The number of an event in two days, of a program of the utility that nobody is in."""
    from evenroll.records.published import publish

    program = replace(territory.night, key=ProgramKey(f"PEAK-{secrets.token_hex(4)}"), events=ANY_TIME)
    publish(program)
    command = CallEvent(starts_at=NOW + timedelta(days=2), hours=2)
    how = {"role": Role.PROGRAM_MANAGER, "now": NOW}
    called = territory.give(territory.utility, CommandName.CALL_EVENT, program.key, command, **how)
    return territory.taken(called).number
