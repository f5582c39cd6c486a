"""What an event is: one fact of one stream, with the row it belongs to and the moves it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import Move

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """The base of every journaled event.

    row: the row of the use case that it belongs to. moves: what it does to the tracks, with dates already computed.
    version: the schema version of the subclass; a change of fields raises it and brings an upcaster.
    """

    version: ClassVar[int] = 1

    row: Row
    moves: tuple[Move, ...] = ()


def event_kind(event: Event | type[Event]) -> str:
    """The name under which an event is journaled: its class in snake case."""
    return _kind_of(event if isinstance(event, type) else type(event))


@cache
def _kind_of(type_: type[Event]) -> str:
    return _WORD_START.sub("_", type_.__name__).lower()


def kinds(*types: type[Event]) -> Mapping[str, type[Event]]:
    """A registry of event types by kind. Two of one name are a defect and raise ValueError."""
    registry = {event_kind(each): each for each in types}
    if len(registry) != len(types):
        raise ValueError("Two event types share one journal kind; rename one of them.")
    return MappingProxyType(registry)
