"""Which case of the world has which unit, live or kept for it: what a transaction holds that locked the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.commands import Record
from evenroll.enrollment.event import Event
from evenroll.quantities.identifiers import OrganizationKey
from tests.world.programs import forbidden_beside

if TYPE_CHECKING:
    from tests.world.memory import World

Key = tuple[Record, OrganizationKey, str]
Slot = tuple[str, str, str, OrganizationKey]
Places = dict[Slot, Key]


def take_places(world: World, parts: list[tuple[Key, tuple[Event, ...]]]) -> tuple[Places, Places] | None:
    """The live and the held places after these events; None if one would be taken beside one that excludes it.

    What is let go is free for whoever takes it in the same transaction.
    """
    live, held = dict(world.places), dict(world.held)
    for key, events in parts:
        for event in events:
            if isinstance(event, PlaceReleased):
                live, held = _without(live, key, event.unit_key), _without(held, key, event.unit_key)
    for key, events in parts:
        for event in events:
            if isinstance(event, PlaceReserved):
                slot = (event.place.family, event.place.unit.value, event.place.unit_key, key[1])
                if _is_forbidden(world, live, held, slot=slot, key=key, keeps=event.held):
                    return None
                held.pop(slot, None)
                (held if event.held else live)[slot] = key
    return live, held


def linked(world: World, key: Key) -> frozenset[Key]:
    """The case, the one that it follows and the one that follows it: one customer's own, of which one lives."""
    stream = world.cases.get(key)
    numbers = (stream.state.follows, stream.state.followed_by) if stream else ()
    return frozenset({key, *((key[0], key[1], str(each)) for each in numbers if each)})


def _without(places: Places, key: Key, unit_key: str) -> Places:
    return {slot: holder for slot, holder in places.items() if holder != key or unit_key not in ("", slot[2])}


def _is_forbidden(world: World, live: Places, held: Places, *, slot: Slot, key: Key, keeps: bool) -> bool:
    """Beside the own other enrollment a unit may be kept, but not live; in one family it is there once."""
    own = linked(world, key)
    besides = [(each, holder) for each, holder in live.items() if holder != key and not (keeps and holder in own)]
    besides += [(each, holder) for each, holder in held.items() if holder not in own]
    here = [each for each, _ in besides if each[1:] == slot[1:]]
    once = slot in live and live[slot] != key
    return once or any(each[0] in forbidden_beside(slot[0]) for each in here)
