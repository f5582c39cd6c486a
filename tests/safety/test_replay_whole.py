"""Replay of a whole small world: every row that the journal makes is made again, and a changed fold shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import PointMeter
from evenroll.programs.program import MeterCapability
from evenroll.programs.program_terms import Incentive, IncentivePer
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey
from evenroll.records.streams import StreamKind
from tests.meter_work import at, exchange_meter
from tests.territory import (
    NIGHT_RATE,
    NIGHT_SUPPLY,
    NOW,
    Territory,
    capped_program,
    days,
    new_territory,
    winning_program,
)
from tests.territory_events import a_called_event

VISIT_ON = date(2026, 11, 12)
END = NOW + days(120)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """A territory with cases in many states. active: one that went through every row."""

    territory: Territory
    active: CaseNumber

    @property
    def organizations(self) -> tuple[OrganizationKey, ...]:
        return (self.territory.utility, self.territory.esco, self.territory.registry)


@pytest.fixture(scope="module")
def world(django_ready: object) -> World:
    from evenroll.records.published import publish

    territory = new_territory()
    supplied = territory.premise(supplier=territory.esco)
    active = territory.apply(supplied, at=territory.utility, program=territory.supply, consents_hand_over=True)
    ready = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    first, second, withdrawn = territory.apply(ready), territory.apply(ready), territory.apply(ready)
    unsigned = territory.apply(ready, signed_on=None)
    stopped = territory.apply(territory.premise())
    to_be_won = territory.premise(registers=NIGHT_SUPPLY, capability=MeterCapability.INTERVAL)
    won = territory.apply(to_be_won, at=territory.esco, program=winning_program(territory))
    capped = capped_program(territory)
    for _ in range(2):
        here = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
        territory.apply(here, program=capped)
    bonus = replace(
        territory.night,
        key=ProgramKey(f"BONUS-{territory.tag}"),
        incentives=(Incentive(code="welcome", usd=Decimal(25), per=IncentivePer.ENROLLMENT),),
    )
    publish(bonus)
    there = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    territory.apply(there, program=bonus)
    a_called_event(territory)
    territory.run()
    for number in (withdrawn, stopped):
        territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER))
    agreement = territory.case(territory.esco, active).agreement
    assert agreement is not None
    territory.run(at(agreement.rescission_ends_on))
    # The registrar accepted the switch; it is taken back, so that the usage point stays as it was.
    given = territory.give(
        territory.esco, CommandName.WITHDRAW, won, role=Role.CUSTOMER, now=at(agreement.rescission_ends_on)
    )
    territory.taken(given)
    order = territory.order_of(territory.esco, active)
    exchange_meter(
        territory, supplied, order.number, registers=NIGHT_SUPPLY, on=VISIT_ON, capability=MeterCapability.INTERVAL
    )
    territory.run_through(END, since=at(VISIT_ON))
    for name, command in (
        (CommandName.CHOOSE_EQUIPMENT, c.ChooseEquipment(kind=EquipmentKind.EVSE, outlet="store")),
        (CommandName.RECORD_PURCHASE, c.RecordPurchase(outlet="store", bought_on=END.date(), price=Decimal("399.00"))),
        (CommandName.SET_PARAMETERS, c.SetParameters(program=territory.supply.key, parameters={"charge_from": "23"})),
    ):
        territory.taken(territory.give(territory.esco, name, active, command, role=Role.CUSTOMER, now=END))
    states = {number: territory.case(territory.utility, number).status for number in (first, second, unsigned)}
    assert State.ACTIVE in states.values() and State.EXPIRED in states.values(), states
    return World(territory=territory, active=active)


def test_every_row_is_made_again_from_the_journal_alone(world: World) -> None:
    from evenroll.records.replay import FOLD_TABLES, replay

    result = replay("whole_again", organizations=world.organizations)
    assert result.differences == ()
    assert result.entries == sum(_count(key, "journal_entry") for key in world.organizations)
    assert result.rows == sum(_count(key, table) for key in world.organizations for table in FOLD_TABLES)
    filled = {table for table in FOLD_TABLES if any(_count(key, table) for key in world.organizations)}
    assert set(FOLD_TABLES) - filled == {"control_device"}, "the world must fill what it is to prove"


def test_the_copies_are_canonical(world: World) -> None:
    """The state of a row is the text that the same state gives again: equal means equal to the byte."""
    from evenroll.records.folds import read_state, written_state
    from evenroll.records.organizations import cursor, open_organization

    for key in world.organizations:
        with open_organization(key), cursor() as pen:
            for table, kind in _STATES.items():
                for (text,) in pen.execute(f"SELECT state FROM {table}").fetchall():
                    assert written_state(read_state(kind, text)) == text


@pytest.mark.parametrize(
    ("kind", "change", "table"),
    [
        (StreamKind.CASE, lambda state: replace(state, vehicles=()), "vehicle"),
        (StreamKind.CASE, lambda state: replace(state, agreement=None), "case_record"),
        (StreamKind.SERVICE_ORDER, lambda state: replace(state, first_bill=None), "bill"),
        (StreamKind.SERVICE_ORDER, lambda state: replace(state, visit=None), "service_order"),
        (StreamKind.USAGE_POINT, lambda state: replace(state, meters=_remote(state.meters)), "point_record"),
        (StreamKind.PROGRAM_PLACE, lambda state: replace(state, waiting=0), "program_place"),
        (StreamKind.USAGE_POINT, lambda state: replace(state, agreements=state.agreements[:1]), "service_agreement"),
    ],
)
def test_a_planted_change_in_a_fold_shows(
    world: World, kind: StreamKind, change: Callable[[Any], Any], table: str
) -> None:
    from evenroll.records.folds import FOLDS
    from evenroll.records.replay import replay

    right = FOLDS[kind].evolve

    def wrong(before: Any, event: Any) -> Any:
        return change(right(before, event))

    folds = {**FOLDS, kind: replace(FOLDS[kind], evolve=wrong)}
    result = replay("whole_wrong", organizations=world.organizations, folds=folds)
    assert not result.equal
    assert table in {each.table for each in result.differences}


def test_every_stream_of_the_world_holds(world: World) -> None:
    from evenroll.records.journal import verify_organization

    for key in world.organizations:
        assert verify_organization(key).holds


def _remote(meters: tuple[PointMeter, ...]) -> tuple[PointMeter, ...]:
    return tuple(replace(each, remote_changeable=not each.remote_changeable) for each in meters)


_STATES = {
    "case_record": StreamKind.CASE,
    "service_order": StreamKind.SERVICE_ORDER,
    "point_record": StreamKind.USAGE_POINT,
    "program_place": StreamKind.PROGRAM_PLACE,
}


def _count(organization: OrganizationKey, table: str) -> int:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(organization), cursor() as pen:
        row = pen.execute(f"SELECT count(*) FROM {table}").fetchone()  # pyright: ignore[reportArgumentType]
    return 0 if row is None else row[0]
