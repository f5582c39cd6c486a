"""A registrar's own record of one request about supply: its events and their fold. Nothing in it tells of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from evenroll.enrollment.event import Event, event_kind, kinds
from evenroll.enrollment.supply import SupplyTransaction
from evenroll.enrollment.supply_messages import SupplyAsked
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import State, TrackState, track_key
from evenroll.programs.program import Track
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.identifiers import OrganizationKey, PodId, TrackingNumber


class SupplyHistoryBroken(Exception):
    """A stream of a supply request that begins twice, or not with its receipt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequest:
    """One request. incumbent: who supplied when it was accepted; absent: the utility. utility: whose wires they are.

    tracks: one, of supply: asked, accepted, effective; cancelled where it was rejected, taken back or contested, lost
    where it was reversed after it had come into effect.
    """

    number: TrackingNumber
    request: SupplyAsked
    requester: OrganizationKey
    received_on: date
    tracks: Mapping[str, TrackState] = field(default_factory=dict[str, TrackState])
    incumbent: OrganizationKey | None = None
    utility: OrganizationKey | None = None
    effective_on: date | None = None
    codes: tuple[RejectCode, ...] = ()

    @property
    def pod(self) -> PodId:
        """The usage point that it is about."""
        return self.request.pod

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.tracks[track_key(Track.SUPPLY)].state

    @property
    def is_pending(self) -> bool:
        """Whether it may still come into effect."""
        return self.state in (State.ASKED, State.ACCEPTED)

    @property
    def supplier(self) -> OrganizationKey | None:
        """Who supplies once it is in effect; absent: the utility, by default service."""
        return self.requester if self.request.transaction is SupplyTransaction.SWITCH else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestReceived(Event):
    """The request came in."""

    request: SupplyAsked
    requester: OrganizationKey
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestHeld(Event):
    """The utility could not be asked for its reads; the request waits."""

    partner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestAccepted(Event):
    """Accepted, with its day. special_read: nobody reads the meter then by its cycle."""

    effective_on: date
    utility: OrganizationKey
    incumbent: OrganizationKey | None = None
    special_read: bool = False
    statuses: tuple[RejectCode, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestRejected(Event):
    """Rejected, before or after it was accepted, with every code."""

    codes: tuple[RejectCode, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestCancelled(Event):
    """Taken back by its requester; the supplier in place stays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestEffective(Event):
    """Supply changed hands on that day."""

    effective_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplyRequestReversed(Event):
    """The customer contested it: the supplier before supplies again from that day."""

    reversed_on: date


SUPPLY_REQUEST_EVENTS = kinds(
    SupplyRequestReceived,
    SupplyRequestHeld,
    SupplyRequestAccepted,
    SupplyRequestRejected,
    SupplyRequestCancelled,
    SupplyRequestEffective,
    SupplyRequestReversed,
)


def evolve_supply(request: SupplyRequest | None, event: Event) -> SupplyRequest:
    """The request after an event. Raises SupplyHistoryBroken or moves.MoveRefused."""
    if isinstance(event, SupplyRequestReceived):
        if request is not None:
            raise SupplyHistoryBroken(f"Request {request.number} is received twice in its stream.")
        return SupplyRequest(
            number=event.request.tracking,
            request=event.request,
            requester=event.requester,
            received_on=event.received_on,
            tracks=apply_moves({}, event.moves),
        )
    if request is None:
        raise SupplyHistoryBroken(f"The stream of a supply request begins with {event_kind(event)}.")
    if SUPPLY_REQUEST_EVENTS.get(event_kind(event)) is not type(event):
        raise SupplyHistoryBroken(f"{event_kind(event)} is no event of supply request {request.number}.")
    moved = replace(request, tracks=apply_moves(request.tracks, event.moves)) if event.moves else request
    match event:
        case SupplyRequestAccepted():
            return replace(moved, effective_on=event.effective_on, utility=event.utility, incumbent=event.incumbent)
        case SupplyRequestRejected():
            return replace(moved, codes=event.codes)
        case _:
            return moved
