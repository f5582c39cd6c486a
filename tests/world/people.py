"""Those who act in the world: customers, desk, meter office, crew, billing and the clearinghouse, at random."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from evenroll.enrollment.case import Opening, Prompter
from evenroll.enrollment.case_commands import OpenCase
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.eligibility import Known
from evenroll.enrollment.form import Channel, FormField, Language
from evenroll.enrollment.messages import Message
from evenroll.enrollment.point_events import LoadUsagePoint, PointSupplierChanged, load_usage_point
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import (
    CustomerId,
    MeterSerial,
    OrganizationKey,
    PodId,
    ProgramKey,
    RateKey,
    case_number,
)
from tests.world import facts as f
from tests.world.memory import Household, Key, World, case_key
from tests.world.payloads import payload
from tests.world.premises import FIRST_DAY, Premise, registers_of
from tests.world.programs import BRIGHTWATER, NORTHFORK, PROVIDERS, REGISTRY, UTILITY, world_programs

BEGIN = datetime(2026, 2, 3, 15, tzinfo=UTC)
_SUPPLY_RATE = {BRIGHTWATER: RateKey("BW-STD"), NORTHFORK: RateKey("NF-STD")}
_SPOILED = ("", "energy", "total", "days", "spans", "missing")
_HUMAN = frozenset(Role) - {Role.SYSTEM, Role.PEER, Role.AUDITOR}
_GIVES_UP = frozenset(
    {
        C.MOVE_OUT,
        C.MOVE_WITH_CAR,
        C.CHANGE_PROGRAM,
        C.REMOVE_EQUIPMENT,
        C.CLOSE_PROGRAM,
        C.UNENROLL,
        C.SUSPEND,
        C.END_CONSENT,
        C.WITHDRAW,
        C.RESCIND,
    }
)
_ROOMS = {Record.CASE: "cases", Record.SERVICE_ORDER: "orders", Record.PROGRAM_PLACE: "caps"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A usage point of the beginning."""

    pod: str
    supplier: OrganizationKey
    capability: MeterCapability
    remote: bool = False
    vacant: bool = False


PLACES = (
    Place(pod="POD-1", supplier=UTILITY, capability=MeterCapability.TOTAL_REGISTER),
    Place(pod="POD-2", supplier=UTILITY, capability=MeterCapability.INTERVAL),
    Place(pod="POD-3", supplier=BRIGHTWATER, capability=MeterCapability.TOTAL_REGISTER),
    Place(pod="POD-4", supplier=BRIGHTWATER, capability=MeterCapability.INTERVAL),
    Place(pod="POD-5", supplier=NORTHFORK, capability=MeterCapability.PERIOD_REGISTERS, remote=True),
    Place(pod="POD-6", supplier=UTILITY, capability=MeterCapability.TOTAL_REGISTER, remote=True),
)


def new_world(*, places: tuple[Place, ...] = PLACES) -> World:
    """A world with its usage points and nobody enrolled."""
    world = World(now=BEGIN)
    for number, place in enumerate(places):
        _build(world, place, number=number)
    return world


def _build(world: World, place: Place, *, number: int) -> None:
    pod = PodId(place.pod)
    registers = registers_of(place.capability)
    meter = PointMeter(
        serial=MeterSerial(f"{pod}-1"),
        capability=place.capability,
        registers=registers,
        installed_on=FIRST_DAY,
        opening_wh={register.name: 1_000 for register in registers},
        remote_changeable=place.remote,
    )
    rate = RateKey("LE-R") if place.supplier == UTILITY else RateKey("LE-D")
    served = Agreement(
        rate=RateKey("vacant") if place.vacant else rate,
        supplier=place.supplier,
        start_on=FIRST_DAY,
        supply_rate=_SUPPLY_RATE.get(place.supplier),
    )
    loaded = load_usage_point(None, LoadUsagePoint(point=UsagePoint(pod=pod, meters=(meter,), agreements=(served,))))
    assert isinstance(loaded, Decided)
    for event in loaded.point_events:
        world.tell_point(pod, event)
    world.premises[pod] = Premise(base_wh=9_000 + 1_700 * number, cycle_day=5 + 4 * number)


def open_case(
    world: World,
    *,
    pod: str,
    at: OrganizationKey,
    program: str | None = None,
    channel: Channel = Channel.WEB,
) -> Key:
    """A household knocks at a door."""
    number = case_number(f.entropy(world))
    world.households[number] = Household(
        customer=CustomerId(100 + len(world.households)), pod=PodId(pod), good_answers=1
    )
    opening = Opening(
        opened_at=world.now,
        channel=channel,
        language=Language.EN,
        prompted_by=Prompter.DEALER,
        program=ProgramKey(program) if program else None,
        postal_code="60000",
    )
    key = case_key(at, number)
    role = Role.ENROLLMENT_DESK if channel is Channel.MAIL else Role.CUSTOMER
    said = OpenCase(
        number=number, organization=at, opening=opening, answers=1, fields=frozenset({FormField.POSTAL_CODE})
    )
    opened = world.give(key, C.OPEN_CASE, said, role=role)
    assert isinstance(opened, Decided)
    return key


def somebody_opens(world: World, chance: Random) -> None:
    """Anybody, at any door, for any program or none."""
    pod = chance.choice(list(world.premises))
    point = world.point(pod)
    supplier = point.agreements[-1].supplier if point else UTILITY
    door = chance.choice([supplier, supplier, *PROVIDERS])
    mine = [each.key for each in world_programs() if each.organization == door]
    program = chance.choice([*mine, *mine, None, world_programs()[0].key])
    channel = chance.choice([Channel.WEB, Channel.WEB, Channel.MAIL])
    open_case(world, pod=str(pod), at=door, program=program, channel=channel)


def somebody_acts(world: World, chance: Random) -> bool:
    """A person does something that is accepted; whether there was anything to do."""
    keys = [key for key, _ in world.streams()]
    chance.shuffle(keys)
    return any(act_on(world, key, chance) for key in keys[:4])


def act_on(world: World, key: Key, chance: Random) -> bool:
    """Some person does something to this record that is accepted."""
    names = [name for name, rule in COMMANDS.items() if rule.record is key[0] and rule.roles & _HUMAN]
    chance.shuffle(names)
    for name in names:
        if name is C.OPEN_CASE or (name in _GIVES_UP and chance.random() < 0.93):
            continue
        said = payload(world, key, name, chance)
        tried = world.decided(key, name, said)
        if isinstance(tried, Refusal) or not (tried.events or tried.place_events):
            continue
        role = sorted(COMMANDS[name].roles & _HUMAN)[0]
        world.give(key, name, said, role=role)
        return True
    return False


def somebody_strays(world: World, chance: Random) -> None:
    """Anyone gives any command to any record; it may be refused, and must not break anything."""
    keys = [key for key, _ in world.streams()]
    if not keys:
        return
    key = chance.choice(keys)
    names = [name for name, rule in COMMANDS.items() if rule.record is not Record.USAGE_POINT]
    name = chance.choice([each for each in names if Role.PEER not in COMMANDS[each].roles and each is not C.OPEN_CASE])
    if COMMANDS[name].record is not key[0]:
        return
    world.give(key, name, payload(world, key, name, chance), role=chance.choice(list(Role)))


def supplier_changes(world: World, *, pod: PodId, to: OrganizationKey) -> None:
    """The clearinghouse pushes the news of another supplier, who serves from today."""
    point = world.point(pod)
    today = world.calendar.business_date(world.now)
    agreement = point.agreement_on(today) if point else None
    if agreement is None or agreement.supplier == to:
        return
    old = agreement.supplier
    world.tell_point(pod, PointSupplierChanged(row=Row.ACTION, changed_on=today, supplier=to))
    for receiver in sorted({old, UTILITY}):
        world.send(REGISTRY, Message(to=receiver, conversation=str(pod), body=f.lost_supply(pod, world)))


def something_happens(world: World, chance: Random) -> None:
    """What nobody wished for: partners away, late or doubled post, missing reads, bills computed wrong."""
    household = chance.choice(list(world.households.values())) if world.households else None
    premise = chance.choice(list(world.premises.values()))
    turn = chance.randrange(8)
    if turn == 0:
        world.away = world.away ^ {chance.choice(["registry", "register", "books"])}
    elif turn == 1:
        world.late_hours, world.twice = chance.choice([0, 0, 30, 90]), chance.random() < 0.5
    elif turn == 2:
        premise.unread, premise.stale_days = not premise.unread, chance.choice([0, 0, 1])
    elif turn == 3:
        premise.spoiled = chance.choice(_SPOILED)
    elif turn == 4 and household is not None:
        household.answer_next = chance.choice(["", "", "not_found", "several_points", "pending_to", "blocked"])
    elif turn == 5 and household is not None:
        flaws = ({}, {}, {"good_standing": Known.NO}, {"good_standing": Known.UNKNOWN}, {"in_territory": Known.NO})
        household.flaws = chance.choice(flaws)
    elif turn == 6:
        world.stale = not world.stale
    else:
        supplier_changes(world, pod=chance.choice(list(world.premises)), to=chance.choice(PROVIDERS))


def all_is_well(world: World) -> None:
    """Everybody answers again, and every read is in."""
    world.away, world.late_hours, world.twice, world.stale = frozenset(), 0, False, False
    for premise in world.premises.values():
        premise.unread, premise.stale_days, premise.spoiled = False, 0, ""
    for household in world.households.values():
        household.answer_next, household.flaws = "", {}


def days(world: World, number: float) -> None:
    """Let days pass."""
    world.advance(to=world.now + timedelta(days=number))
