"""Every command given by every role from every organization: refused unless the table of commands allows it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, CommandRule, Record
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.roles import ROLES_OF, Actor, OrganizationKind, Role
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, PodId, case_number, order_number, tracking_number
from tests.safety.said import About, said_with
from tests.territory import NIGHT_RATE, NOW, Territory, capped_program, new_territory
from tests.territory_events import a_called_event

NO_STEP = {CommandName.LOAD_USAGE_POINT}
"""Given by the loader, who is no door."""

COMMANDS_GIVEN = [name for name in COMMANDS if name not in NO_STEP]


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """A utility with a case and a service order, and everybody who might want to reach them.

    known, unknown: numbers that stand in its books, and ones that stand nowhere; pods: the usage points of both.
    """

    territory: Territory
    others: tuple[OrganizationKey, ...]
    kinds: dict[OrganizationKey, OrganizationKind]
    known: dict[Record, str]
    unknown: dict[Record, str]
    pods: tuple[PodId, PodId]


class _Enough(Exception):
    def __init__(self, answer: object) -> None:
        super().__init__("rolled back on purpose")
        self.answer = answer


@pytest.fixture(scope="module")
def world(django_ready: object) -> World:
    from evenroll.records.organizations import kinds_of

    territory, beside = new_territory(), new_territory()
    premise = territory.premise()
    enrolled = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, enrolled)
    draft = territory.apply(territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS))
    capped = capped_program(territory)
    for _ in range(2):
        ready = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
        territory.apply(ready, program=capped)
    territory.run()
    others = (beside.utility, beside.esco, territory.esco, territory.registry)
    return World(
        territory=territory,
        others=others,
        kinds={key: next(iter(kinds_of(key))) for key in (territory.utility, *others)},
        known={
            Record.PROGRAM_EVENT: a_called_event(territory),
            Record.CASE: draft,
            Record.SERVICE_ORDER: order.number,
            Record.PROGRAM_PLACE: capped.key,
            Record.USAGE_POINT: premise.pod,
            Record.SUPPLY_REQUEST: tracking_number(secrets.token_bytes(16)),
        },
        unknown={
            Record.CASE: case_number(secrets.token_bytes(16)),
            Record.SERVICE_ORDER: order_number(secrets.token_bytes(16)),
            Record.PROGRAM_EVENT: f"PEAK-{secrets.token_hex(4)}-20261104T2200Z",
            Record.PROGRAM_PLACE: f"CAPPED-{secrets.token_hex(4)}",
            Record.USAGE_POINT: f"LP-{secrets.token_hex(6)}",
            Record.SUPPLY_REQUEST: tracking_number(secrets.token_bytes(16)),
        },
        pods=(premise.pod, PodId(f"LP-{secrets.token_hex(6)}")),
    )


def test_the_matrix_holds_every_command_that_a_door_can_give() -> None:
    from evenroll.worker.giving import COMMAND_FUNCTIONS

    assert set(COMMAND_FUNCTIONS) == set(COMMANDS_GIVEN)
    assert set(CommandName) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS_GIVEN)
def test_in_the_own_books_a_role_may_do_what_the_table_says_and_no_more(world: World, name: CommandName) -> None:
    own = world.territory.utility
    for role in Role:
        answer = _answer(world, name, books=own, giver=own, role=role, number=world.known[_record(name)])
        assert _is_allowed(answer) == _may(world, name, books=own, giver=own, role=role), (role, answer)
        assert name in _BEGINS or not _is_unknown(answer), (role, answer)


@pytest.mark.parametrize("name", COMMANDS_GIVEN)
def test_nobody_of_another_organization_acts_in_these_books(world: World, name: CommandName) -> None:
    own = world.territory.utility
    for giver, role in itertools.product(world.others, Role):
        answer = _answer(world, name, books=own, giver=giver, role=role, number=world.known[_record(name)])
        # Another organization is heard as a peer, through its messages, and as nothing else.
        here = OrganizationKind.UTILITY in COMMANDS[name].organizations
        heard = role is Role.PEER and Role.PEER in COMMANDS[name].roles and here
        assert _is_allowed(answer) == heard, (giver, role, answer)


@pytest.mark.parametrize("name", COMMANDS_GIVEN)
def test_a_record_of_another_organization_is_as_unknown_as_one_that_is_not(world: World, name: CommandName) -> None:
    record = _record(name)
    for books, role in itertools.product(world.others, Role):
        allowed = _may(world, name, books=books, giver=books, role=role)
        answers = [
            _answer(world, name, books=books, giver=books, role=role, number=number)
            for number in (world.known[record], world.unknown[record])
        ]
        assert [_is_allowed(each) for each in answers] == [allowed, allowed], (books, role, answers)
        told = [_told(each, world) for each in answers]
        assert told[0] == told[1], (books, role)
        if allowed and name not in _BEGINS:
            assert _is_unknown(answers[0]), (books, role, answers[0])


def test_no_query_shows_a_record_of_another_organization(world: World) -> None:
    from evenroll.records import queries

    case, order = world.known[Record.CASE], world.known[Record.SERVICE_ORDER]
    for books, role in itertools.product(world.others, Role):
        viewer = queries.Viewer(organization=books, role=role)
        for query, number, none in (
            (queries.case, case, world.unknown[Record.CASE]),
            (queries.timeline, case, world.unknown[Record.CASE]),
            (queries.order, order, world.unknown[Record.SERVICE_ORDER]),
        ):
            assert _refusal(query, viewer, number) == _refusal(query, viewer, none)
        for listed in _listings(viewer, pod=world.pods[0], case=case):
            assert not listed


def _listings(viewer: object, *, pod: str, case: str) -> Iterator[object]:
    """Everything that a list of the viewer shows; nothing where the viewer may list nothing."""
    from evenroll.records import queries

    asked = (
        lambda: queries.usage_point(viewer, pod=pod),
        lambda: queries.waiting(viewer),
        lambda: queries.cases(viewer),
        lambda: queries.orders_of(viewer, case_number=case),
        lambda: queries.open_orders_at(viewer, pod=pod),
        lambda: queries.live_places(viewer, unit_kind="usage_point", unit_id=pod),
        lambda: queries.status_counts(viewer),
        lambda: queries.row_counts(viewer),
    )
    for each in asked:
        try:
            yield each()
        except queries.NotForViewer:
            yield None


_BEGINS = frozenset(
    {
        CommandName.OPEN_CASE,
        CommandName.RECEIVE_CASE,
        CommandName.RECEIVE_REQUEST,
        CommandName.LOSE_SUPPLY,
        CommandName.HEAR_MOVE,
        CommandName.HEAR_SUPPLY_NEWS,
        CommandName.RECEIVE_SUPPLY_REQUEST,
        CommandName.CALL_EVENT,
    }
)
"""What may be given without a record that stands: it begins one, or is about a usage point."""


def _record(name: CommandName) -> Record:
    return COMMANDS[name].record


def _may(world: World, name: CommandName, *, books: OrganizationKey, giver: OrganizationKey, role: Role) -> bool:
    """What the table says, worked out from it alone."""
    rule: CommandRule = COMMANDS[name]
    kind = world.kinds[books]
    works_there = role in {Role.CUSTOMER, Role.SYSTEM, Role.PEER} or role in ROLES_OF[kind]
    from_there = giver == books or role is Role.PEER
    return role in rule.roles and kind in rule.organizations and works_there and from_there


def _answer(
    world: World, name: CommandName, *, books: OrganizationKey, giver: OrganizationKey, role: Role, number: str
) -> object:
    """What the step answers; whatever it did is undone."""
    from evenroll.ports.outside import Outside
    from evenroll.records.asked import Asked
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.worker.giving import COMMAND_FUNCTIONS

    actor = Actor(key=ActorKey(f"{role.value}-7"), role=role, organization=giver)
    pod = world.pods[number in world.unknown.values()]
    about = About(territory=world.territory, number=number, pod=pod, books=books)
    asked = Asked(number=number, command=said_with(name, about), outside=Outside(entropy=secrets.token_bytes(32)))
    try:
        with unit_of_work(books, actor=actor, now=NOW) as work:
            raise _Enough(COMMAND_FUNCTIONS[name](work, asked=asked))
    except _Enough as enough:
        return enough.answer


def _is_allowed(answer: object) -> bool:
    return not (isinstance(answer, Refusal) and answer.code is RefusalCode.NOT_ALLOWED)


_UNKNOWN = frozenset(
    {
        RefusalCode.CASE_UNKNOWN,
        RefusalCode.PROGRAM_UNKNOWN,
        RefusalCode.EVENT_UNKNOWN,
        RefusalCode.EVENTS_NONE,
        RefusalCode.POINT_NOT_OFFERED,
    }
)


def _is_unknown(answer: object) -> bool:
    if not isinstance(answer, Refusal):
        return False
    mismatch = answer.code is RefusalCode.ORDER_MISMATCH and set(answer.parameters) == {"order"}
    return answer.code in _UNKNOWN or mismatch


def _told(answer: object, world: World) -> str:
    text = repr(answer)
    for number in (*world.known.values(), *world.unknown.values(), *world.pods):
        text = text.replace(number, "#")
    return text


def _refusal(query: object, viewer: object, number: str) -> str:
    from evenroll.records import queries

    with pytest.raises(queries.NotForViewer) as refused:
        query(viewer, number=number)  # type: ignore[operator]
    return str(refused.value).replace(number, "#")
