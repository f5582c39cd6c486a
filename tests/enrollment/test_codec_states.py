"""Every event and every record that ever came about is written down and read back as it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_evolve import CASE_EVENTS
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.messages import BODIES, message_kind
from evenroll.enrollment.order_events import ORDER_EVENTS
from evenroll.enrollment.point_events import POINT_EVENTS
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.codec import canonical, decode, encode, text_of
from tests.world.loaded import events_of_other_territories, events_of_two_cases, loaded_events
from tests.world.people import new_world
from tests.world.scenes import apply
from tests.world.tour import histories, states, tour

KINDS = {**CASE_EVENTS, **ORDER_EVENTS, **POINT_EVENTS}


def test_no_two_records_share_an_event() -> None:
    assert len(KINDS) == len(CASE_EVENTS) + len(ORDER_EVENTS) + len(POINT_EVENTS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_event_comes_about_and_is_read_back(kind: str) -> None:
    found = [event for event in _events() if event_kind(event) == kind]
    assert found, f"no history of the tour holds {kind}"
    for event in found[:200]:
        assert decode(KINDS[kind], encode(event)) == event
        assert text_of(event) == canonical(encode(event))


def _events() -> list[_ById]:
    # First those that no history holds: of a kind that there are many of, only the first are looked at.
    return [
        *loaded_events(),
        *events_of_two_cases(),
        *events_of_other_territories(),
        *(each for history in histories(tour()) for each in history),
    ]


def test_every_field_of_every_event_is_set_once() -> None:
    """A field that no history ever sets to anything but its default proves nothing about its codec."""
    said: set[tuple[str, str]] = set()
    seen: Counter[str] = Counter()
    for event in _events():
        seen[event_kind(event)] += 1
        if seen[event_kind(event)] <= 300:
            written = encode(event)
            assert isinstance(written, dict)
            said |= {(event_kind(event), name) for name in written}
    declared = {(kind, each.name) for kind, type_ in KINDS.items() for each in fields(type_)}
    assert {pair for pair in declared - said if pair[1] != "moves"} == set()


@pytest.mark.parametrize("type_", [Case, ServiceOrder, UsagePoint])
def test_every_record_is_read_back(type_: type) -> None:
    found = [state for state in states(tour()) if isinstance(state, type_)]
    assert found
    for state in found:
        again = decode(type_, encode(state))
        assert again == state
        assert canonical(encode(again)) == canonical(encode(state)) == text_of(state)


def test_every_message_is_sent_and_read_back() -> None:
    sent = {}
    for number, pod in enumerate(("POD-1", "POD-3")):
        world = new_world()
        apply(world, program=("LE-EV-NIGHT", "BW-NIGHT-DRIVE")[number], pod=pod)
        sent |= {message_kind(each.message.body): each.message.body for each in world.post}
    for kind, body in sent.items():
        assert decode(BODIES[kind], encode(body)) == body


_ById = Event
