"""What happens in the demo to a usage point, a supply request or a supplier, and to no case: by whoever may do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Actor, Role
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.runtime.cli_payload import asked_with
from evenroll.runtime.demo_said import Said
from evenroll.runtime.demo_script import Act, Scenario, point_of
from evenroll.runtime.territory_plan import TERRITORY
from evenroll.worker.giving import give
from evenroll.worker.installation import Installation

if TYPE_CHECKING:
    from evenroll.records.asked import Answer


def done_outside(
    scenario: Scenario,
    act: Act,
    *,
    numbers: Mapping[str, CaseNumber],
    installation: Installation,
    now: datetime,
) -> Answer:
    """Do one of the acts outside any case, at the usage point of the application, or at the one that it names."""
    said = Said(scenario=scenario, numbers=numbers, today=calendar(TERRITORY).business_date(now))
    values = said.of(act.values)
    if act.do == CommandName.MOVE_IN:
        return _move_in(scenario, values, installation=installation, now=now)
    return _by_operator(scenario, act, values, now=now)


def _move_in(scenario: Scenario, values: dict[str, str], *, installation: Installation, now: datetime) -> Answer:
    """Somebody begins at the usage point; the utility's desk enters it."""
    today = calendar(TERRITORY).business_date(now)
    actor = Actor(key=ActorKey("enrollment_desk-1"), role=Role.ENROLLMENT_DESK, organization=scenario.territory.utility)
    asked = asked_with(
        CommandName.MOVE_IN, number=point_of(scenario).pod, values=values, form=None, now=now, today=today
    )
    return give(installation, actor=actor, name=CommandName.MOVE_IN, asked=asked, now=now)


def _by_operator(scenario: Scenario, act: Act, values: Mapping[str, str], *, now: datetime) -> Answer:
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.actions.exit_supplier import block_supply, exit_supplier
    from evenroll.records.unit_of_work import unit_of_work

    registry, pod = scenario.territory.registry, point_of(scenario).pod
    actor = Actor(key=ActorKey("registry-1"), role=Role.REGISTRY_OPERATOR, organization=registry)
    with unit_of_work(registry, actor=actor, now=now) as work:
        match act.do:
            case "drop_supply":
                return drop_supply(work, pod=pod, lost_on=work.business_on)
            case "block_supply":
                return block_supply(work, pod=pod)
            case _:
                return exit_supplier(work, supplier=OrganizationKey(values["supplier"]))
