"""What a stream is: the journal of one record, a case or a program's places, and the order in which they lock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from evenroll.quantities.identifiers import CaseNumber, OrderNumber, PodId, ProgramKey, TrackingNumber


class StreamKind(StrEnum):
    """The kinds of streams, in the one order in which a unit of work may lock them."""

    USAGE_POINT = "usage_point"
    CASE = "case"
    SERVICE_ORDER = "service_order"
    PLACE = "place"
    PROGRAM_EVENT = "program_event"
    SUPPLY_REQUEST = "supply_request"
    ERASURE = "erasure"
    PROGRAM_PLACE = "program_place"


ANY_FAMILY = "any"
"""The family of a place under which a unit is locked for all of them."""

STREAMS_KEPT = 4096

_RANK = {kind: rank for rank, kind in enumerate(StreamKind)}


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamId:
    """One stream of the open organization. key: pod, case or order number, family and unit of a place, or program."""

    kind: StreamKind
    key: str

    @property
    def rank(self) -> tuple[int, str]:
        """Where it stands in the order of locks: by kind, then by key."""
        return (_RANK[self.kind], self.key)


@lru_cache(maxsize=STREAMS_KEPT)
def case_stream(number: CaseNumber) -> StreamId:
    """The stream of a case."""
    return StreamId(kind=StreamKind.CASE, key=number)


def order_stream(number: OrderNumber) -> StreamId:
    """The stream of a service order."""
    return StreamId(kind=StreamKind.SERVICE_ORDER, key=number)


def point_stream(pod: PodId) -> StreamId:
    """The stream of a usage point."""
    return StreamId(kind=StreamKind.USAGE_POINT, key=pod)


def program_event_stream(number: str) -> StreamId:
    """The stream of an event that a provider calls."""
    return StreamId(kind=StreamKind.PROGRAM_EVENT, key=number)


def program_place_stream(program: ProgramKey) -> StreamId:
    """The stream of the places of a program with a cap. Last in the order: what frees one holds the rest already."""
    return StreamId(kind=StreamKind.PROGRAM_PLACE, key=program)


_PASSING = "any/vin/"


def vin_stream(vin: str) -> StreamId:
    """The lock of a VIN, the last one among places. vin: its token. It is held and leaves nothing behind."""
    return StreamId(kind=StreamKind.PLACE, key=f"{_PASSING}{vin}")


def leaves_nothing(stream: StreamId) -> bool:
    """Whether a lock stands in no table: what would stay behind could tell that somebody once had this vehicle."""
    return stream.key.startswith(_PASSING)


def supply_stream(number: TrackingNumber) -> StreamId:
    """The stream of a supply request, in the books of a registrar."""
    return StreamId(kind=StreamKind.SUPPLY_REQUEST, key=number)


def erasure_stream(subject: str) -> StreamId:
    """The stream of what was erased and held of a subject, see `enrollment.erasure`. After its cases in the order."""
    return StreamId(kind=StreamKind.ERASURE, key=subject)


def place_stream(family: str, *, unit: str, unit_key: str) -> StreamId:
    """The lock of one unit in one program family; nothing is journaled there."""
    return StreamId(kind=StreamKind.PLACE, key=f"{family}/{unit}/{unit_key}")
