"""Scenes at the doors of providers: a customer whom no program is for, and a case whose number has a story already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Language
from evenroll.enrollment.messages import CaseForwarded, Message
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber
from tests.world.memory import Key, World
from tests.world.people import days, open_case
from tests.world.programs import BRIGHTWATER, NORTHFORK, UTILITY
from tests.world.scenes import case_of, say
from tests.world.trouble import supply_lost_early

Scene = Callable[[World], None]


def nothing_for_them(world: World) -> None:
    """Served by a community that we know nobody of: no program is for them, and nobody can take the case."""
    key = open_case(world, pod="POD-1", at=UTILITY)
    world.households[CaseNumber(key[2])].answer_next = "cca"
    say(world, key, C.ASK_PROVIDER)
    world.settle()
    assert case_of(world, key).status is State.REFUSED
    days(world, 40)
    assert case_of(world, key).status is State.CLOSED


def comes_to_a_number_with_a_story(world: World) -> None:
    """A case forwarded to a supplier where that number ended once goes on there under a number of its own."""
    key = supply_lost_early(world, at=State.COMPLETING)
    there = (key[0], NORTHFORK, key[2])
    if case_of(world, there).status is not State.WITHDRAWN:
        say(world, there, C.WITHDRAW)
    world.send(BRIGHTWATER, Message(to=NORTHFORK, conversation=key[2], body=_forwarded(world, key)))
    days(world, 1)
    own = [each.state for each in world.cases.values() if each.state.opening.received_as == key[2]]
    assert [each.organization for each in own] == [NORTHFORK]
    assert case_of(world, there).status is State.WITHDRAWN
    assert not world.parked


def _forwarded(world: World, key: Key) -> CaseForwarded:
    provider = case_of(world, key).provider
    assert provider is not None
    return CaseForwarded(
        number=CaseNumber(key[2]),
        language=Language.EN,
        prompted_by="nobody",
        provider=replace(provider, supplier=NORTHFORK),
        postal_code="60000",
        form=case_of(world, key).form,
    )


DOORS: tuple[Scene, ...] = (nothing_for_them, comes_to_a_number_with_a_story)
"""All of them."""
