"""A customer withdraws while the crew reports the new meter: whoever is first, both records tell the same story."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.life_events import CancelHeard
from evenroll.enrollment.messages import CancelResult
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import VisitResult
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, RateKey
from tests.meter_work import at, book_visit, complete_back_office, record_visit, the_exchange
from tests.territory import NIGHT_RATE, NOW, Premise, Territory, days, new_territory

ROUNDS = 30
GATE_SECONDS = 20
VISIT_ON = date(2026, 11, 10)
STEP_SECONDS = 0.004
STANDARD = RateKey("LE-R")


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_of_withdrawal_and_new_meter_one_outcome_stands_on_both_records(territory: Territory) -> None:
    ready = _visits_booked(territory, ROUNDS)
    seen: Counter[CancelResult] = Counter()
    delay = 0.0
    for premise, number, order in ready:
        exchange = the_exchange(territory, premise, on=VISIT_ON, registers=NIGHT_RATE)
        _race(territory, number, order=order, exchange=exchange, crew_waits=delay)
        outcome = _one_story(territory, premise, number=number, order=order, exchange=exchange)
        seen[outcome] += 1
        # The head start follows who won, so that the rounds stay where the two really meet.
        delay = max(0.0, delay + (STEP_SECONDS if outcome is CancelResult.METER_STAYS else -STEP_SECONDS))
    assert set(seen) == {CancelResult.CANCELLED, CancelResult.METER_STAYS}, seen
    assert territory.run_through(at(VISIT_ON) + days(60), since=at(VISIT_ON)).failed == 0
    for premise, number, order in ready:
        assert territory.case(territory.utility, number).status is State.WITHDRAWN
        found = territory.order(order)
        assert found.switch is None and not found.is_open
        assert territory.point(premise.pod).agreements[-1].rate == STANDARD


def _visits_booked(territory: Territory, count: int) -> list[tuple[Premise, CaseNumber, OrderNumber]]:
    applied = [(premise, territory.apply(premise)) for premise in (territory.premise() for _ in range(count))]
    territory.run()
    ready = [(premise, number, territory.order_of(territory.utility, number).number) for premise, number in applied]
    for _, _, order in ready:
        book_visit(territory, order, on=VISIT_ON)
    territory.run_through(at(VISIT_ON), since=NOW)
    return ready


def _race(
    territory: Territory, number: CaseNumber, *, order: OrderNumber, exchange: MeterExchange, crew_waits: float
) -> None:
    """Both at once, each from its own connection, each with a worker that brings its news."""

    def customer() -> None:
        now = at(VISIT_ON)
        territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, now=now))
        assert territory.run(now).failed == 0

    def crew() -> None:
        time.sleep(crew_waits)
        # What was done to a meter is a fact: it is taken before and after a cancellation.
        territory.taken(record_visit(territory, order, on=VISIT_ON, result=VisitResult.EXCHANGED, exchange=exchange))
        assert territory.run(at(VISIT_ON)).failed == 0

    _at_once(customer, crew)
    assert territory.run(at(VISIT_ON)).failed == 0


def _at_once(*works: Callable[[], None]) -> None:
    from django.db import connections

    gate = threading.Barrier(len(works))

    def begin(work: Callable[[], None]) -> None:
        try:
            gate.wait(timeout=GATE_SECONDS)
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(begin, work) for work in works]:
            done.result(timeout=GATE_SECONDS)


def _one_story(
    territory: Territory, premise: Premise, *, number: CaseNumber, order: OrderNumber, exchange: MeterExchange
) -> CancelResult:
    """What the utility answered, after checking that case, order and usage point all tell it."""
    case, found = territory.case(territory.utility, number), territory.order(order)
    assert found.cancelled is not None
    assert _heard(territory, number) == [found.cancelled]
    assert case.status is State.WITHDRAWN and case.place is not None and not case.place.live
    assert found.service.state is State.CANCELLED and found.switch is None
    stays = found.cancelled is CancelResult.METER_STAYS
    meter_of_case = case.tracks[f"meter/{premise.pod}"].state
    assert meter_of_case is (State.DONE if stays else State.CANCELLED)
    # The meter is in either way; only what the provider was told of it differs.
    assert found.work is not None and found.work.exchange == exchange
    meter = territory.point(premise.pod).meter
    assert meter is not None and meter.serial == exchange.new_serial
    assert found.meter.state is State.BACK_OFFICE
    told = [event for event in territory.events(territory.utility, order) if event in _ORDER_SAYS]
    assert told == (_STAYED if stays else _STOPPED)
    complete_back_office(territory, order, now=at(VISIT_ON))
    return found.cancelled


_ORDER_SAYS = frozenset({"meter_order_cancelled", "meter_exchanged", "cancel_too_late"})
_STAYED = ["meter_exchanged", "meter_order_cancelled"]
_STOPPED = ["meter_order_cancelled", "meter_exchanged"]


def _heard(territory: Territory, number: CaseNumber) -> list[CancelResult]:
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(territory.utility):
        entries = read_stream(case_stream(number))
    events = (read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data) for each in entries)
    return [event.result for event in events if isinstance(event, CancelHeard)]
