"""The cast of the demo: the persons whose acts the script wants, through the same steps as everybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.roles import Actor, Role
from evenroll.programs.program import Track
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.records.load_terms import LoadFault
from evenroll.runtime.cli_exit import CommandEnded
from evenroll.runtime.demo_acts import asked_of, key_again
from evenroll.runtime.demo_outside import done_outside
from evenroll.runtime.demo_script import OUTSIDE_ACTS, Act, Scenario
from evenroll.runtime.demo_shown import code_of, codes_in
from evenroll.runtime.demo_state import Wait, World, acted_upon
from evenroll.runtime.territory_plan import TERRITORY
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation

_HOUR_OF_ACTS: Final = 10
_HOUR_OF_VISITS: Final = 15
_ROLES: Final = (Role.CUSTOMER, Role.METER_OFFICE, Role.METER_CREW, Role.ENROLLMENT_DESK, Role.SUPERVISOR)

_EVERYBODY: Final = (
    Act(at="meter.to_schedule", days=1, do=CommandName.BOOK_VISIT.value),
    Act(at="meter.remote_change", days=1, do=CommandName.RECORD_REMOTE_CHANGE.value),
    Act(at="meter.scheduled", days=0, do=CommandName.RECORD_VISIT.value),
    Act(at="meter.missed_by_customer", days=2, do=CommandName.REBOOK_VISIT.value, role=Role.CUSTOMER),
    Act(at="meter.missed_by_utility", days=1, do=CommandName.REBOOK_VISIT.value),
    Act(at="meter.permit_needed", days=6, do=CommandName.SHOW_PERMIT.value, role=Role.CUSTOMER),
    Act(at="meter.back_office", days=1, do=CommandName.COMPLETE_BACK_OFFICE.value),
    Act(at="equipment.choosing_equipment", days=2, do=CommandName.CHOOSE_EQUIPMENT.value),
    Act(at="equipment.installing", days=5, do=CommandName.RECORD_INSTALLATION.value),
    Act(at="equipment.inspecting", days=3, do=CommandName.RECORD_INSPECTION.value),
    Act(at="device.registering", days=1, do=CommandName.REGISTER_DEVICE.value),
    Act(at="device.testing", days=1, do=CommandName.RECORD_DEVICE_TEST.value, role=Role.ENROLLMENT_DESK),
    Act(at="ledger.counting", days=1, do=CommandName.RECORD_CHARGING.value, role=Role.BILLING),
    Act(at="setup.not_told", days=2, do=CommandName.SET_PARAMETERS.value),
    Act(at="setup.told", days=1, do=CommandName.CONFIRM_PARAMETERS.value),
)
"""What the cast does wherever the script says nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """An act that will be done at an instant. script: its place among the scenario's own acts; -1 if it is none."""

    at: datetime
    scenario: Scenario
    wait: Wait
    act: Act
    script: int = -1


@dataclass(slots=True, kw_only=True)
class Cast:
    """The persons, and what of the script they have done. refused: acts that a rule refused, for the report.

    told: by application, the codes with which the rules refused what the script says they must, or that an answer held.
    """

    scenarios: Mapping[str, Scenario]
    cases: Mapping[str, CaseNumber]
    done: dict[str, int] = field(default_factory=dict[str, int])
    last_at: dict[str, datetime] = field(default_factory=dict[str, datetime])
    refused: list[str] = field(default_factory=list[str])
    told: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


def plan(cast: Cast, world: World, *, now: datetime) -> tuple[Planned, ...]:
    """Everything that the cast will do if nothing else happens, the earliest first."""
    planned = [
        each
        for wait in world.waits
        if wait.application in cast.scenarios
        and (each := _planned(cast, cast.scenarios[wait.application], wait, now=now))
    ]
    return tuple(sorted(planned, key=lambda each: (each.at, each.scenario.key, each.wait.at)))


def perform(cast: Cast, planned: Planned, world: World, *, installation: Installation, now: datetime) -> None:
    """Do one act; a refusal is noted and not done again."""
    scenario, act = planned.scenario, planned.act
    if planned.script >= 0:
        cast.done[scenario.key] = planned.script + 1
    cast.last_at[scenario.key] = now
    if act.do in OUTSIDE_ACTS:
        answer: object = done_outside(scenario, act, numbers=cast.cases, installation=installation, now=now)
    elif act.do == CommandName.KEY_FORM:
        answer = key_again(scenario, cast.cases[scenario.key], act, now=now)
    else:
        answer = _said(cast, planned, world, installation=installation, now=now)
    _note(cast, planned, answer, now=now)


def _note(cast: Cast, planned: Planned, answer: object, *, now: datetime) -> None:
    """Keep what the rules told; an act that was refused unasked, or was not as the script says, is for the report."""
    key, act = planned.scenario.key, planned.act
    refusal = _refusal(answer)
    told = refusal.code.value if refusal else ""
    if told == act.refused:
        cast.told.setdefault(key, set()).update({code_of(refusal.code)} if refusal else codes_in(answer))
    elif act.refused:
        cast.refused.append(f"{key} {act.do}: expected to be refused as {act.refused}, got {told!r}")
    elif refusal:
        cast.refused.append(f"{key} {act.do}: {refusal}")
        cast.last_at[f"{key}/{act.do}"] = now + timedelta(days=400)


def _refusal(answer: object) -> Refusal | LoadFault | None:
    """What refused it: a rule, or the first fault of a file."""
    if isinstance(answer, Refusal):
        return answer
    first = answer[0] if isinstance(answer, tuple) and answer else None
    return first if isinstance(first, LoadFault) else None


def _said(cast: Cast, planned: Planned, world: World, *, installation: Installation, now: datetime) -> object:
    """As given; what the terminal itself would not take is noted as well."""
    try:
        return _give(cast, planned, world, installation=installation, now=now)
    except CommandEnded as ended:
        cast.refused.append(f"{planned.scenario.key} {planned.act.do}: {ended}")
        cast.last_at[f"{planned.scenario.key}/{planned.act.do}"] = now + timedelta(days=400)
        return None


def _number(cast: Cast, planned: Planned, *, of_order: bool, home: OrganizationKey) -> str:
    """The record that an act is given to: the order whose track waits, or else the last one of the case."""
    from evenroll.records import queries

    case = cast.cases[planned.scenario.key]
    if not of_order:
        return case
    if planned.wait.is_order:
        return planned.wait.number
    return queries.orders_of(queries.Viewer(organization=home, role=Role.SYSTEM), case_number=case)[-1]


def _give(cast: Cast, planned: Planned, world: World, *, installation: Installation, now: datetime) -> object:
    scenario, act = planned.scenario, planned.act
    name = CommandName(act.do)
    rule = COMMANDS[name]
    of_order = rule.record is Record.SERVICE_ORDER
    home = scenario.territory.utility if of_order else world.homes[scenario.key]
    number = _number(cast, planned, of_order=of_order, home=home)
    role = act.role or _role_for(name, planned.wait.owner)
    wait = replace(planned.wait, number=number, organization=home)
    asked = asked_of(scenario, name, act=act, wait=wait, numbers=cast.cases, now=now)
    return give(installation, actor=_actor(act, role, scenario, home), name=name, asked=asked, now=now)


def _role_for(name: CommandName, owner: Role) -> Role:
    roles = COMMANDS[name].roles
    return owner if owner in roles else next(each for each in _ROLES if each in roles)


def _actor(act: Act, role: Role, scenario: Scenario, home: OrganizationKey) -> Actor:
    key = act.actor or (f"customer/{scenario.key}" if role is Role.CUSTOMER else f"{role.value}-1")
    return Actor(key=ActorKey(key), role=role, organization=home)


def _planned(cast: Cast, scenario: Scenario, wait: Wait, *, now: datetime) -> Planned | None:
    done = cast.done.get(scenario.key, 0)
    own = scenario.acts[done : done + 1]
    # An act on the meter may be the customer's: it is looked for on the order's track, wherever the case lives.
    if not acted_upon(wait) or (wait.track is Track.LEDGER and wait.owner is not Role.BILLING):
        return None
    for script, act in ((done, each) for each in own if each.at == wait.at):
        return Planned(at=_when(cast, scenario, wait, act, now), scenario=scenario, wait=wait, act=act, script=script)
    for act in _EVERYBODY:
        if act.at == wait.at and not _comes_later(scenario.acts[done:], wait):
            at = _when(cast, scenario, wait, act, now)
            return None if _was_refused(cast, scenario, act) else Planned(at=at, scenario=scenario, wait=wait, act=act)
    return None


def _was_refused(cast: Cast, scenario: Scenario, act: Act) -> bool:
    return f"{scenario.key}/{act.do}" in cast.last_at


def _comes_later(acts: Sequence[Act], wait: Wait) -> bool:
    """Whether the script itself will act here, so that the cast does not do so of its own."""
    return any(act.at == wait.at for act in acts)


def _when(cast: Cast, scenario: Scenario, wait: Wait, act: Act, now: datetime) -> datetime:
    territory = calendar(TERRITORY)
    if act.do == CommandName.RECORD_VISIT:
        # The wait ends with the day of the visit.
        visit_on = territory.business_date(wait.due_at - timedelta(minutes=1))
        at = _at_hour(visit_on, _HOUR_OF_VISITS)
        # What was refused at the door is said again a minute later.
        return at if at > now else now + timedelta(minutes=1)
    if act.day is not None:
        return max(now, _at_hour(act.day, _HOUR_OF_ACTS))
    since = max(wait.since, cast.last_at.get(scenario.key, wait.since))
    day = territory.next_business_day(territory.business_date(since) + timedelta(days=act.days))
    return max(now, since + timedelta(minutes=1), _at_hour(day, _HOUR_OF_ACTS))


def _at_hour(day: date, hour: int) -> datetime:
    return calendar(TERRITORY).start_of_day(day) + timedelta(hours=hour)
