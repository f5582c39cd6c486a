"""What must be true of the whole world at any moment; each check names the invariant it holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from evenroll.enrollment.case import LIVE, Case, Place
from evenroll.enrollment.case_events import ApplicationCompleted, DecisionMade, IdentityProved
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.eligibility import PLACES_RULE, check_all, verdict
from evenroll.enrollment.event import Event
from evenroll.enrollment.life_events import MeterAsked
from evenroll.enrollment.moves import is_final
from evenroll.enrollment.moving_events import CaseContinued
from evenroll.enrollment.order_events import InServiceDateTold, ServiceSwitched, SwitchDated, SwitchRedated
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.point_events import evolve_point
from evenroll.enrollment.service_order import SWITCHED, ServiceOrder
from evenroll.enrollment.supply_events import SupplyBegan, SupplySent
from evenroll.enrollment.tracks import State, TrackState
from evenroll.enrollment.usage_point import UsagePoint, check_periods
from evenroll.programs.bill import Bill, BillKind, LineCode
from evenroll.programs.program import ServiceChange
from tests.world.caps import check_cap_folds, check_caps
from tests.world.memory import Stream, World, case_key
from tests.world.places import Key, linked
from tests.world.programs import forbidden_beside, program_of


def check_world(world: World) -> None:
    """Every invariant of one moment."""
    for stream in world.cases.values():
        check_case(world, stream)
    for stream in world.orders.values():
        check_order(world, stream)
    for stream in world.points.values():
        check_periods(stream.state.agreements, pod=stream.state.pod)
    check_places(world)
    check_caps(world)
    check_bills(world)


def check_case(world: World, stream: Stream) -> None:
    """Invariants 1, 4, 8 and 9, and the place that goes with being live, of one case."""
    case: Case = stream.state
    for track in case.tracks.values():
        check_wait(track)
    assert case.is_ended == is_final(case.course.track, state=case.status)
    assert bool(case.live_places) == (case.status in LIVE) or waits_for_unit(world, case), (
        f"{case.number} is {case.status}"
    )
    check_authenticated_first([event for _, event in stream.events])
    check_rescission(world, stream)
    for _, event in stream.events:
        if isinstance(event, DecisionMade):
            check_decision(event)


def waits_for_unit(world: World, case: Case) -> bool:
    """An enrollment holds no unit only while the one that it follows holds it still, or its own are in dispute."""
    before = world.cases.get(case_key(case.organization, case.follows)) if case.follows else None
    waits = before is not None and before.state.followed_by == case.number and bool(before.state.live_places)
    return case.status in LIVE and (waits or all(each.disputed for each in case.vehicles))


def check_wait(track: TrackState) -> None:
    """Invariant 4: finished, or it waits on a named role until an instant at which a named command follows."""
    waited = (track.owner, track.due_at, track.on_lapse)
    if is_final(track.track, state=track.state):
        assert waited == (None, None, None), f"{track} is final and still waits"
    else:
        assert None not in waited, f"{track} waits on nobody, or forever"


def check_authenticated_first(events: list[Event]) -> None:
    """Invariant 1: an application is complete, then proved, then decided; in every history."""
    complete, proved = False, False
    for event in events:
        if isinstance(event, DecisionMade):
            assert proved, "decided before it was proved"
        if isinstance(event, IdentityProved):
            assert complete, "proved before it was complete"
        carried = isinstance(event, CaseContinued) and event.proof is not None and event.proof.proved_at is not None
        complete = complete or carried or isinstance(event, ApplicationCompleted)
        proved = proved or carried or isinstance(event, IdentityProved)


def check_rescission(world: World, stream: Stream) -> None:
    """Invariant 8, first half: nothing is asked of utility or registrar before the window ends, nothing begins."""
    agreement = stream.state.agreement
    for at, event in stream.events:
        if isinstance(event, SupplyBegan):
            assert agreement is not None and event.effective_on >= agreement.rescission_ends_on
        if isinstance(event, MeterAsked | SupplySent):
            assert agreement is not None
            assert world.calendar.business_date(at) >= agreement.rescission_ends_on


def check_decision(event: DecisionMade) -> None:
    """Invariant 9: computed again from what is stored, it is the same."""
    program = program_of(event.program, version=event.program_version)
    assert program.content_hash == event.content_hash
    findings = check_all(program, event.facts)
    assert findings == event.findings
    limited = () if program.cap is None else (PLACES_RULE,)
    assert [finding.rule for finding in findings] == [rule.id for rule in (*program.rules, *limited)]
    assert verdict(findings) is event.verdict


def check_order(world: World, stream: Stream) -> None:
    """Invariants 4 and 8 of one order: no visit, no switch inside the window of rescission."""
    order: ServiceOrder = stream.state
    for track in order.tracks.values():
        check_wait(track)
    ends_on = order.request.rescission_ends_on
    for _, event in stream.events:
        if ends_on is None:
            break
        if isinstance(event, InServiceDateTold):
            assert event.in_service_on >= ends_on
        if isinstance(event, SwitchDated | SwitchRedated):
            assert event.switch_on >= ends_on
        if isinstance(event, ServiceSwitched):
            assert event.switch.switch_on >= ends_on


def check_places(world: World) -> None:
    """Invariant 2: no unit has two live enrollments in one set of books that the stacking matrix forbids."""
    live = [(place, key) for key, each in world.cases.items() for place in each.state.live_places]
    assert {(p.family, p.unit.value, p.unit_key, key[1]): key for p, key in live} == world.places
    for (one, mine), (other, theirs) in combinations(live, 2):
        if mine[1] == theirs[1] and mine != theirs:
            check_beside(one, other)
    check_held(world, live)


def check_held(world: World, live: list[tuple[Place, Key]]) -> None:
    """What is kept for a coming enrollment nobody else has, it has nothing live beside, and it lapses with it."""
    held = [(place, key) for key, each in world.cases.items() for place in each.state.held]
    assert {(p.family, p.unit.value, p.unit_key, key[1]): key for p, key in held} == world.held
    for place, key in held:
        case: Case = world.cases[key].state
        assert case.status in LIVE and waits_for_unit(world, case) and not case.live_places, f"{case.number} keeps"
        for other, theirs in (*live, *held):
            if key[1] == theirs[1] and theirs not in linked(world, key):
                check_beside(place, other)


def check_beside(one: Place, other: Place) -> None:
    """Two live places at one unit do not exclude each other."""
    if (one.unit, one.unit_key) == (other.unit, other.unit_key):
        assert other.family not in forbidden_beside(one.family), f"{one} and {other} are both live"


def check_bills(world: World) -> None:
    """Invariant 7: bills of a switch meet at the cut, charge what was drawn, and no day of a service twice."""
    for pod, stream in world.points.items():
        orders: list[ServiceOrder] = [each.state for each in world.orders.values() if each.state.pod == pod]
        for order in orders:
            check_cut(order)
            for bill in bills_of(order):
                wh = sum(line.quantity_wh for line in bill.lines if line.code is LineCode.ENERGY)
                point: UsagePoint = stream.state
                assert order.switch is not None
                cut_at = order.switch.opening
                drawn = world.premises[pod].true_wh(point, start_on=bill.start_on, end_on=bill.end_on, cut_at=cut_at)
                assert wh == drawn, f"{pod}: {bill.kind} charges {wh} Wh of {drawn} Wh drawn"
        for supply in (True, False):
            mine = [each for each in orders if _is_supply(each) == supply]
            days = sorted((bill.start_on, bill.end_on) for order in mine for bill in bills_of(order))
            assert all(first[1] <= then[0] for first, then in pairwise(days)), f"{pod}: {days}"


def _is_supply(order: ServiceOrder) -> bool:
    return order.request.service_change is ServiceChange.SUPPLIER_PRODUCT


def check_cut(order: ServiceOrder) -> None:
    """The closing bill ends and the first begins on the day of the switch; each there at most once."""
    if order.switch is None:
        assert list(bills_of(order)) == []
        return
    for bill in bills_of(order):
        cut_on = bill.end_on if bill.kind is BillKind.CLOSING else bill.start_on
        assert cut_on == order.switch.switch_on


def bills_of(order: ServiceOrder) -> Iterator[Bill]:
    """The bills that an order issued."""
    yield from (bill for bill in (order.closing_bill, order.first_bill) if bill is not None)


def check_told(world: World) -> None:
    """When the post is empty, case and order agree; invariant 4 across organizations: nothing runs on unwatched."""
    assert world.post == ()
    # Books are walls: over organizations the news of a lost supply ends the one before, so it holds once all is told.
    live = [(place, key) for key, each in world.cases.items() for place in each.state.live_places]
    for (one, mine), (other, theirs) in combinations(live, 2):
        if mine != theirs:
            check_beside(one, other)
    by_number = {str(each.state.number): each.state for each in world.orders.values()}
    linked = {str(each.state.order.number): each.state for each in world.cases.values() if each.state.order}
    returns = {str(each.state.leaving.number): each.state for each in world.cases.values() if each.state.leaving}
    ends = {str(each.state.ending.number): each.state for each in world.cases.values() if each.state.ending}
    for number, order in by_number.items():
        case = linked.get(number) or returns.get(number) or ends.get(number)
        assert case is not None or not order.is_open, f"order {number} runs on and no case knows it"
    for number, case in linked.items():
        # The order of a utility elsewhere stands in its own books.
        if number in by_number:
            check_pair(case, by_number[number])
    for number, case in ends.items():
        check_end(world, case, by_number[number])
    for number, case in returns.items():
        check_return(case, by_number[number])


def check_pair(case: Case, order: ServiceOrder) -> None:
    """A case and its order after all was told."""
    about = f"{case.number} is {case.status}, order {order.number}: {order.meter.state}, {order.service.state}"
    if case.status in (State.WITHDRAWN, State.RESCINDED, State.ENDED) and case.price_since is None:
        assert order.service.state in (State.CANCELLED, State.NOT_NEEDED), about
    if case.price_since is not None:
        assert order.switch is not None and order.switch.switch_on == case.price_since, about
    taken_back = order.reversed_for is not None
    assert (order.service.state in SWITCHED or taken_back) == (case.price_since is not None), about
    assert not taken_back or case.is_ended, about
    if case.order is not None:
        issued = [bill.kind for bill in (*bills_of(order), *order.corrections)]
        assert sorted(bill.kind for bill in case.order.bills) == sorted(issued), about
    assert case.status is not State.WITHDRAWING, about


def check_return(case: Case, order: ServiceOrder) -> None:
    """A case that leaves and the order that switches its service back, after all was told."""
    about = f"{case.number} is {case.status}, return {order.number}: {order.service.state}"
    assert case.leaving is not None and order.request.returning, about
    if order.switch is not None:
        assert case.status is State.ENDED and case.leaving.switch_on == order.switch.switch_on, about
        assert [bill.kind for bill in case.leaving.bills] == [bill.kind for bill in bills_of(order)], about
    else:
        assert case.status is State.LEAVING, about
        assert order.service.state not in (State.CANCELLED, State.NOT_NEEDED), about


def check_end(world: World, case: Case, order: ServiceOrder) -> None:
    """A customer who moved out and the order that ends service: its day, its bill, and nobody served on that day."""
    about = f"{case.number} moved out, end {order.number}: {order.service.state}"
    assert case.ending is not None and order.request.ending and case.is_ended, about
    if order.switch is None:
        assert order.service.state in (State.WAITING, State.DATED), about
        return
    assert case.ending.switch_on == order.switch.switch_on == order.request.not_before_on, about
    assert list(case.ending.bills) == list(bills_of(order)), about
    point = world.point(order.pod)
    assert point is not None and any(each.end_on == order.switch.switch_on for each in point.agreements), about


def check_folds(world: World) -> None:
    """Invariant 10 in the small: every record is the fold of its events."""
    for stream in world.cases.values():
        state: Case | None = None
        for _, event in stream.events:
            state = evolve(state, event)
        assert state == stream.state
    for stream in world.orders.values():
        order: ServiceOrder | None = None
        for _, event in stream.events:
            order = evolve_order(order, event)
        assert order == stream.state
    for stream in world.points.values():
        point: UsagePoint | None = None
        for _, event in stream.events:
            point = evolve_point(point, event)
        assert point == stream.state
    check_cap_folds(world)
