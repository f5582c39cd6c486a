"""What happens in the demo to a usage point, a supply request or a supplier, and to no case: by whoever may do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.supply_commands import RejectSupply
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.runtime.cli_payload import asked_with
from evenroll.runtime.demo_applications import application_row
from evenroll.runtime.demo_books import load_books
from evenroll.runtime.demo_offers import costs_for
from evenroll.runtime.demo_said import Said
from evenroll.runtime.demo_script import ASK_COSTS, LOAD_BOOKS, Act, Asks, Scenario, point_of
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
) -> object:
    """Do one of the acts outside any case, at the usage point of the application, or at the one that it names."""
    said = Said(scenario=scenario, numbers=numbers, today=calendar(TERRITORY).business_date(now))
    values = said.of(act.values)
    if act.do == ASK_COSTS:
        asks = Asks(household_kwh=int(values["household_kwh"]), miles=int(values["miles"]))
        return costs_for(scenario, asks, clearinghouse=installation.clearinghouse, now=now)
    if act.do == LOAD_BOOKS:
        return load_books(scenario, values, now=now)
    if act.do == CommandName.MOVE_IN:
        return _move_in(scenario, values, installation=installation, now=now)
    if act.do == "reject_supply":
        values["tracking"] = _tracking_of(numbers[scenario.key], scenario)
    return _by_operator(scenario, act, values, now=now)


def _tracking_of(number: CaseNumber, scenario: Scenario) -> str:
    """The registry's number of what the provider of a case asked of it."""
    from evenroll.records import queries

    home = OrganizationKey(application_row(scenario)["organization"])
    case = queries.case(queries.Viewer(organization=home, role=Role.SYSTEM), number=number)
    if case.switch is None:
        raise LookupError(f"{scenario.key} has asked for no supply, so nothing can be rejected.")
    return case.switch.tracking


def _move_in(scenario: Scenario, values: dict[str, str], *, installation: Installation, now: datetime) -> Answer:
    """Somebody begins at the usage point; the utility's desk enters it."""
    today = calendar(TERRITORY).business_date(now)
    actor = Actor(key=ActorKey("enrollment_desk-1"), role=Role.ENROLLMENT_DESK, organization=scenario.territory.utility)
    asked = asked_with(
        CommandName.MOVE_IN, number=point_of(scenario).pod, values=values, form=None, now=now, today=today
    )
    return give(installation, actor=actor, name=CommandName.MOVE_IN, asked=asked, now=now)


def _by_operator(scenario: Scenario, act: Act, values: Mapping[str, str], *, now: datetime) -> Answer:
    from evenroll.actions.answer_supply import reject_supply
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.actions.exit_supplier import block_supply, exit_supplier
    from evenroll.records.asked import Asked
    from evenroll.records.unit_of_work import unit_of_work

    registry, pod = scenario.territory.registry, point_of(scenario).pod
    actor = Actor(key=ActorKey("registry-1"), role=Role.REGISTRY_OPERATOR, organization=registry)
    with unit_of_work(registry, actor=actor, now=now) as work:
        match act.do:
            case "drop_supply":
                return drop_supply(work, pod=pod, lost_on=work.business_on)
            case "reject_supply":
                codes = tuple(RejectCode(each) for each in values["codes"].split(";"))
                return reject_supply(work, asked=Asked(number=values["tracking"], command=RejectSupply(codes=codes)))
            case "block_supply":
                return block_supply(work, pod=pod)
            case _:
                return exit_supplier(work, supplier=OrganizationKey(values["supplier"]))
