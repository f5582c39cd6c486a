"""One usage point, one order and its clock, for tests: commands go in, events and messages are folded and kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from evenroll.enrollment import order_commands as c
from evenroll.enrollment.case_commands import NoPayload, OnTrack
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.event import Event, event_kind
from evenroll.enrollment.messages import Body, CancelAsked, CancelReason, MeterRequested
from evenroll.enrollment.order_decide import decide_order
from evenroll.enrollment.order_events import ORDER_EVENTS
from evenroll.enrollment.order_evolve import evolve_order
from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.order_visits import checklist
from evenroll.enrollment.point_events import evolve_point
from evenroll.enrollment.service_order import ServiceOrder, VisitResult, order_next_commands
from evenroll.enrollment.usage_point import (
    Agreement,
    MeteredSpan,
    MeterExchange,
    MeterReads,
    PointMeter,
    Register,
    UsagePoint,
)
from evenroll.programs.bill import Bill, BillKind, BillLine, LineCode
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability, MeterNeedKind, ProgramKey, ProgramVersion, ServiceChange
from evenroll.programs.timing import NoticeWindow, SwitchTiming
from evenroll.quantities.calendars import calendar
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.identifiers import (
    CaseNumber,
    MeterSerial,
    OrderNumber,
    OrganizationKey,
    PodId,
    RateKey,
)

C = CommandName
LAKELAND = calendar("US-LAKELAND")
WIRES, ESCO, STRANGER = OrganizationKey("lakeland"), OrganizationKey("brightside"), OrganizationKey("dimlight")
STANDARD, FLAT, NIGHT = RateKey("standard"), RateKey("flat"), RateKey("night")
POD, ORDER = PodId("POD-1"), OrderNumber("SO-1")
ROLLOVER_WH = 100_000_000
REGISTER = Register(name="total", rollover_wh=ROLLOVER_WH)
DAY_WH = 30_000
START = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""A Monday."""


def request(**changes: object) -> MeterRequested:
    made = MeterRequested(
        case=CaseNumber("EV-1"),
        order=ORDER,
        pod=POD,
        program=ProgramKey("night-saver"),
        need=MeterNeedKind.EXCHANGE,
        service_change=ServiceChange.REPLACED_RATE,
        new_rate=NIGHT,
        timing=SwitchTiming.ON_METER_EXCHANGE,
        notice=NoticeWindow(),
        asked_on=LAKELAND.business_date(START),
    )
    return replace(made, **changes)


def published(asked: MeterRequested, publisher: OrganizationKey) -> ProgramVersion:
    """The program whose terms a request names; an exchange is needed only where it is asked for."""
    return replace(
        load_catalog().program(ProgramKey("LE-EV-NIGHT")),
        key=asked.program,
        organization=publisher,
        service_change=asked.service_change,
        rate=asked.new_rate,
        timing=asked.timing,
        notice=asked.notice,
        meter_capability=MeterCapability.INTERVAL if asked.need is MeterNeedKind.EXCHANGE else None,
        rescission_business_days=0,
    )


def point() -> UsagePoint:
    meter = PointMeter(
        serial=MeterSerial("OLD-1"),
        capability=MeterCapability.TOTAL_REGISTER,
        registers=(REGISTER,),
        installed_on=date(2026, 1, 1),
        opening_wh={"total": ROLLOVER_WH - 2_000_000},
    )
    agreement = Agreement(rate=STANDARD, supplier=ESCO, start_on=date(2026, 1, 1), supply_rate=FLAT)
    return UsagePoint(pod=POD, meters=(meter,), agreements=(agreement,))


@dataclass
class World:
    """Meters run on evenly: each counts DAY_WH a day from its installation. shelf: the programs that are published."""

    now: datetime = START
    order: ServiceOrder | None = None
    point: UsagePoint | None = field(default_factory=point)
    reads_known: bool = True
    shelf: tuple[ProgramVersion, ...] = field(default_factory=lambda: (published(request(), WIRES),))
    scheduled: tuple[date, ...] = tuple(date(2026, month, 12) for month in range(1, 13))
    events: list[Event] = field(default_factory=list)
    point_events: list[Event] = field(default_factory=list)
    sent: list[Body] = field(default_factory=list)

    @property
    def today(self) -> date:
        return LAKELAND.business_date(self.now)

    @property
    def live(self) -> ServiceOrder:
        assert self.order is not None
        return self.order

    def wh(self, serial: str, on: date) -> int:
        """What the meter's register shows on a day; once it is removed, what it showed then."""
        assert self.point is not None
        meter = next(each for each in self.point.meters if each.serial == serial)
        if meter.removed_on is not None and on >= meter.removed_on:
            return meter.closing_wh["total"]
        return (meter.opening_wh["total"] + DAY_WH * (on - meter.installed_on).days) % ROLLOVER_WH

    def reads(self, on: date) -> MeterReads | None:
        if self.point is None or self.point.meter is None or not self.reads_known:
            return None
        serial = self.point.meter.serial
        return MeterReads(serial=serial, read_on=on, values_wh={"total": self.wh(serial, on)})

    def exchange(self, *, new: str = "NEW-1", closing_wh: int | None = None) -> MeterExchange:
        assert self.point is not None and self.point.meter is not None
        old = self.point.meter.serial
        return MeterExchange(
            old_serial=old,
            new_serial=MeterSerial(new),
            closing_wh={"total": self.wh(old, self.today) if closing_wh is None else closing_wh},
            opening_wh={"total": 40},
            capability=MeterCapability.INTERVAL,
            registers=(REGISTER,),
        )

    def bill(self, kind: BillKind) -> tuple[Bill, tuple[MeteredSpan, ...]] | None:
        """The bill that the switch asks for, and what it rests on."""
        switch = self.live.switch
        if switch is None:
            return None
        closing = kind is BillKind.CLOSING
        start_on = switch.switch_on - timedelta(days=20) if closing else switch.switch_on
        end_on = switch.switch_on if closing else switch.next_read_on
        spans = self.spans(start_on, end_on)
        wh = sum((span.to_wh - span.from_wh) % ROLLOVER_WH for span in spans)
        amount = Decimal(wh * 15) / 100_000
        line = BillLine(code=LineCode.ENERGY, quantity_wh=wh, price=Decimal("0.15"), amount=amount)
        rate = switch.old_rate if closing else switch.new_rate
        made = Bill(kind=kind, rate=rate, start_on=start_on, end_on=end_on, lines=(line,), total=amount)
        return made, spans

    def spans(self, start_on: date, end_on: date) -> tuple[MeteredSpan, ...]:
        assert self.point is not None
        return tuple(
            MeteredSpan(
                serial=meter.serial,
                register="total",
                rollover_wh=ROLLOVER_WH,
                from_wh=self.wh(meter.serial, max(start_on, meter.installed_on)),
                to_wh=self.wh(meter.serial, end_on),
            )
            for meter in self.point.meters
            if meter.installed_on < end_on and (meter.removed_on is None or meter.removed_on > start_on)
        )

    def facts(self, name: CommandName) -> OrderFacts:
        switch_on = self.order.switch_on if self.order else None
        made = OrderFacts(
            now=self.now,
            calendar=LAKELAND,
            utility=WIRES,
            point=self.point,
            programs=self.shelf,
            scheduled_reads=tuple(day for day in self.scheduled if day >= self.today),
            reads=self.reads(switch_on if name is C.SWITCH_SERVICE and switch_on else self.today),
        )
        kind = {C.ISSUE_CLOSING_BILL: BillKind.CLOSING, C.ISSUE_FIRST_BILL: BillKind.FIRST}.get(name)
        computed = self.bill(kind) if kind and self.reads_known else None
        return replace(made, bill=computed[0], spans=computed[1]) if computed else made

    def give(self, name: CommandName, command: object, facts: OrderFacts | None = None) -> Decided | Refusal:
        """Decide, and fold what was decided; every event passes through the journal's writing on its way."""
        found = decide_order(self.order, name, command, facts or self.facts(name))
        if isinstance(found, Refusal):
            return found
        for event in found.events:
            assert decode(ORDER_EVENTS[event_kind(event)], encode(event)) == event
            self.order = evolve_order(self.order, event)
        for event in found.point_events:
            self.point = evolve_point(self.point, event)
        self.events += found.events
        self.point_events += found.point_events
        self.sent += [message.body for message in found.messages]
        return found

    def run_clock(self, limit: int = 20) -> None:
        """Give every command that the lapsed waits ask for, until none is left."""
        for _ in range(limit):
            due = order_next_commands(self.live, self.now)
            if not due:
                return
            given = self.give(due[0].name, payload(due[0].name, track=due[0].track, subject=due[0].subject))
            assert isinstance(given, Decided), (due[0], given)
        raise AssertionError(f"The clock finds no end: {order_next_commands(self.live, self.now)}")

    def at(self, day: date) -> None:
        """Go to 16:00 UTC of a day, letting the clock act on each day before."""
        while self.today < day:
            self.now += timedelta(days=1)
            self.run_clock()

    def open(self, *, requester: OrganizationKey = WIRES, **changes: object) -> Decided | Refusal:
        asked = request(**changes)
        self.shelf = (published(asked, requester),)
        return self.give(C.RECEIVE_REQUEST, c.ReceiveRequest(request=asked, requester=requester))

    def book(self, day: date) -> Decided | Refusal:
        return self.give(C.BOOK_VISIT, c.BookVisit(visit_on=day))

    def record(self, result: VisitResult, **details: object) -> Decided | Refusal:
        return self.give(C.RECORD_VISIT, c.RecordVisit(result=result, visited_on=self.today, **details))

    def finish_back_office(self) -> Decided | Refusal:
        work = self.live.work
        done = checklist(work.exchange) if work else frozenset()
        return self.give(C.COMPLETE_BACK_OFFICE, c.CompleteBackOffice(done=done))

    def cancel(self) -> Decided | Refusal:
        return self.give(C.CANCEL_ORDER, CancelAsked(order=ORDER, reason=CancelReason.WITHDRAWN))

    def told(self, kind: type[Body]) -> list[Body]:
        return [body for body in self.sent if isinstance(body, kind)]

    def kinds(self) -> list[str]:
        return [event_kind(event) for event in self.events]


def payload(name: CommandName, **track: object) -> object:
    """What the clock sends along."""
    if name in (C.REMIND, C.ESCALATE, C.END_CONDITION):
        return OnTrack(**track)
    return c.DateSwitch() if name is C.DATE_SWITCH else NoPayload()


TUESDAY = date(2026, 3, 10)
"""The day of the visit."""


def refused(found: Decided | Refusal, code: RefusalCode) -> Refusal:
    assert isinstance(found, Refusal) and found.code is code, found
    return found


def opened(**changes: object) -> World:
    world = World()
    assert isinstance(world.open(**changes), Decided)
    return world


def booked() -> World:
    world = opened()
    assert isinstance(world.book(TUESDAY), Decided)
    world.at(TUESDAY)
    return world


def exchanged() -> World:
    world = booked()
    assert isinstance(world.record(VisitResult.EXCHANGED, exchange=world.exchange()), Decided)
    return world


def switched() -> World:
    world = exchanged()
    assert isinstance(world.finish_back_office(), Decided)
    world.run_clock()
    return world
