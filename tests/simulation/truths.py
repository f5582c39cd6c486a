"""What must hold after every command of a simulated history; each check names the invariant of the design it holds.

The world's own checks look at everything; these look at what the command touched, and at the end of a history at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.case_events import DecisionMade, IdentityProved
from evenroll.enrollment.commands import Record
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.life_events import MeterAsked
from evenroll.enrollment.moves import is_final
from evenroll.enrollment.notices import NOTICE_KINDS
from evenroll.enrollment.order_events import InServiceDateTold, ServiceSwitched, SwitchDated, SwitchRedated
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.supply_events import SupplyBegan, SupplySent
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import check_periods
from tests.world.caps import check_caps
from tests.world.invariants import (
    check_authenticated_first,
    check_bills,
    check_decision,
    check_folds,
    check_places,
    check_told,
    check_wait,
    check_world,
    waits_for_unit,
)
from tests.world.memory import Key, Stream, Taken, World


class InvariantBroken(AssertionError):
    """What must always be true is not. number: of the invariant in the design; 0 for a defect of another kind."""

    def __init__(self, number: int, told: str) -> None:
        super().__init__(told)
        self.number = number


@dataclass(kw_only=True)
class Truths:
    """What was looked at so far. stood: how each case stood when last nothing was left to do; told: of whom since."""

    stood: dict[Key, State] = field(default_factory=dict[Key, State])
    told: set[Key] = field(default_factory=set[Key])

    def after(self, world: World, taken: Taken) -> None:
        """What one record must be right after a command."""
        for track in taken.after.tracks.values():
            hold(4, check_wait, track)
        if taken.key[0] is Record.CASE:
            self._after_case(world, taken)
        elif taken.key[0] is Record.SERVICE_ORDER:
            hold(8, _no_switch_inside_rescission, taken.after, taken.events)

    def _after_case(self, world: World, taken: Taken) -> None:
        case: Case = taken.after
        if case.is_ended != is_final(case.course.track, state=case.status):
            raise InvariantBroken(4, f"{case.number} is {case.status}: over, and not over")
        if any(isinstance(event, DecisionMade | IdentityProved) for event in taken.events):
            hold(1, check_authenticated_first, [event for _, event in world.cases[taken.key].events])
        hold(8, _nothing_inside_rescission, world, case, taken.events)
        for event in taken.events:
            if isinstance(event, DecisionMade):
                hold(9, check_decision, event)
        # What a customer does at the screen is answered there.
        if world.by is Role.CUSTOMER or any(event_kind(event) in NOTICE_KINDS for event in taken.events):
            self.told.add(taken.key)

    def all(self, world: World, *, touched: Key, bills: bool) -> None:
        """What must be true of all records together, once a command and all that belongs to it is done."""
        for stream in world.cases.values():
            hold(2, _has_place, world, stream)
        hold(2, check_places, world)
        if world.caps:
            hold(3, check_caps, world)
        if touched[0] is Record.SERVICE_ORDER or bills:
            for stream in world.points.values():
                hold(7, _tiles, stream)
            hold(7, check_bills, world)

    def at_rest(self, world: World) -> None:
        """Once nothing is left to do at an instant: whose case has come to stand otherwise was told so."""
        for key, stream in world.cases.items():
            case: Case = stream.state
            before = self.stood.get(key)
            if case.status is not before and key not in self.told:
                raise InvariantBroken(12, f"{case.number} is {case.status} and was {before}; its customer was not told")
            self.stood[key] = case.status
        self.told.clear()

    def at_the_end(self, world: World) -> None:
        """Everything, once all was told."""
        hold(0, check_world, world)
        hold(4, check_told, world)
        hold(10, check_folds, world)


def hold(number: int, check: Callable[..., None], *of: object) -> None:
    """Run a check; what fails in it is told with the number of the invariant. Raises InvariantBroken."""
    try:
        check(*of)
    except InvariantBroken:
        raise
    except Exception as broken:
        raise InvariantBroken(number, f"{type(broken).__name__}: {broken}") from broken


def _has_place(world: World, stream: Stream) -> None:
    case: Case = stream.state
    right = bool(case.live_places) == (case.status in LIVE) or waits_for_unit(world, case)
    assert right, f"{case.number} is {case.status} and holds {case.live_places}"


def _tiles(stream: Stream) -> None:
    check_periods(stream.state.agreements, pod=stream.state.pod)


def _nothing_inside_rescission(world: World, case: Case, events: tuple[Event, ...]) -> None:
    for event in events:
        if not isinstance(event, SupplyBegan | MeterAsked | SupplySent):
            continue
        assert case.agreement is not None, f"{case.number}: {event_kind(event)} without signed terms"
        on = event.effective_on if isinstance(event, SupplyBegan) else world.calendar.business_date(world.now)
        ends_on = case.agreement.rescission_ends_on
        assert on >= ends_on, f"{case.number}: {event_kind(event)} on {on}, rescission ends on {ends_on}"


def _no_switch_inside_rescission(order: ServiceOrder, events: tuple[Event, ...]) -> None:
    ends_on = order.request.rescission_ends_on
    for event in events if ends_on is not None else ():
        match event:
            case InServiceDateTold():
                on = event.in_service_on
            case SwitchDated() | SwitchRedated():
                on = event.switch_on
            case ServiceSwitched():
                on = event.switch.switch_on
            case _:
                continue
        assert ends_on is None or on >= ends_on, f"order {order.number}: {event_kind(event)} on {on}, before {ends_on}"
