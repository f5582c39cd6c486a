"""A place where energy is really drawn: what its registers show on any day, and the bills that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from evenroll.enrollment.dates import scheduled_reads
from evenroll.enrollment.service_order import ServiceOrder
from evenroll.enrollment.usage_point import (
    MeteredSpan,
    MeterExchange,
    MeterReads,
    PointMeter,
    Register,
    UsagePoint,
    went_after_cut,
)
from evenroll.programs.bill import Bill, BillKind, BillLine, LineCode
from evenroll.programs.program import MeterCapability
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import register_advance
from evenroll.quantities.identifiers import MeterSerial

ROLLOVER_WH = 100_000_000
FIRST_DAY = date(2025, 6, 1)
_NAMES = {
    MeterCapability.TOTAL_REGISTER: ("total",),
    MeterCapability.PERIOD_REGISTERS: ("night", "shoulder", "peak"),
    MeterCapability.INTERVAL: ("total",),
}
_PRICE = Decimal("0.11870")


@dataclass(kw_only=True)
class Premise:
    """What nobody sees: how much is drawn each day. A meter is exchanged in the middle of a day.

    unread: whether the reads of a switch are not in yet. stale_days: by how many days the reads brought for a switch
    are too old. spoiled: a bill is computed wrong in this way ("" if right). guessed: reads of a switch are estimates.
    """

    base_wh: int
    cycle_day: int
    unread: bool = False
    stale_days: int = 0
    spoiled: str = ""
    guessed: bool = False
    drawn: list[int] = field(default_factory=lambda: [0])

    def drawn_wh(self, day: date, *, half: bool) -> int:
        """Everything that was drawn since the first day until the start, or the middle, of a day."""
        number = (day - FIRST_DAY).days
        while len(self.drawn) <= number:
            self.drawn.append(self.drawn[-1] + self._day_wh(len(self.drawn) - 1))
        return self.drawn[number] + (self._day_wh(number) // 2 if half else 0)

    def _day_wh(self, number: int) -> int:
        return self.base_wh + number % 7 * 311 + number % 31 * 17

    def reads(self, meter: PointMeter, *, day: date, half: bool) -> dict[str, int]:
        """What the registers of a meter show; every Wh is on exactly one of them."""
        began = self.drawn_wh(meter.installed_on, half=meter.installed_on > FIRST_DAY)
        total = self.drawn_wh(day, half=half) - began
        later = {register.name: total * 23 // 100 for register in meter.registers[1:]}
        moved = {meter.registers[0].name: total - sum(later.values()), **later}
        return {name: (meter.opening_wh[name] + wh) % ROLLOVER_WH for name, wh in moved.items()}

    def read_days(self, *, from_on: date, calendar: ServiceCalendar, months: int = 6) -> tuple[date, ...]:
        """The coming scheduled reads."""
        return scheduled_reads(cycle_day=self.cycle_day, from_on=from_on, months=months, calendar=calendar)

    def exchange(self, point: UsagePoint, *, on: date, to: MeterCapability, remote: bool) -> MeterExchange:
        """The work at the meter in place, in the middle of that day."""
        old = point.meter
        old_serial = old.serial if old else None
        serial = old_serial if remote and old_serial else MeterSerial(f"{point.pod}-{len(point.meters) + 1}")
        names = _NAMES[to]
        # A meter may come with a start near its rollover: it then runs over soon.
        opening = {name: (ROLLOVER_WH - 40_000 if number % 2 else 7_000) for number, name in enumerate(names)}
        return MeterExchange(
            old_serial=old_serial,
            new_serial=serial,
            closing_wh=self.reads(old, day=on, half=True) if old else {},
            opening_wh=opening,
            capability=to,
            registers=registers_of(to),
        )

    def reads_at_switch(self, point: UsagePoint, *, day: date) -> MeterReads | None:
        """The reads of the meter in place on the day of a switch, as far as they are in."""
        if point.meter is None or self.unread:
            return None
        day -= timedelta(days=self.stale_days)
        values = self.reads(point.meter, day=day, half=_is_exchange_day(point, day))
        return MeterReads(serial=point.meter.serial, read_on=day, values_wh=values, estimated=self.guessed)

    def billed(self, order: ServiceOrder, *, point: UsagePoint, kind: BillKind, calendar: ServiceCalendar) -> Bill:
        """The bill as a biller would compute it, right or spoiled."""
        start_on, end_on = self._bill_days(order, point=point, kind=kind, calendar=calendar)
        assert order.switch is not None
        if self.spoiled == "days":
            start_on, end_on = start_on - timedelta(days=1), end_on + timedelta(days=1)
        wh = sum(
            register_advance(span.from_wh, span.to_wh, rollover_wh=span.rollover_wh)
            for span in self.spans(point, start_on=start_on, end_on=end_on, cut_at=order.switch.opening)
        ) + (1 if self.spoiled == "energy" else 0)
        amount = (Decimal(wh) / 1000 * _PRICE).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        line = BillLine(code=LineCode.ENERGY, register="total", quantity_wh=wh, price=_PRICE, amount=amount)
        switch = order.switch
        rate = switch.old_rate if kind is BillKind.CLOSING else switch.new_rate
        total = amount + (Decimal("0.01") if self.spoiled == "total" else 0)
        return Bill(kind=kind, rate=rate, start_on=start_on, end_on=end_on, lines=(line,), total=total)

    def _bill_days(
        self, order: ServiceOrder, *, point: UsagePoint, kind: BillKind, calendar: ServiceCalendar
    ) -> tuple[date, date]:
        switch = order.switch
        assert switch is not None
        if kind is BillKind.FIRST:
            ends = [each.end_on for each in point.agreements if each.start_on == switch.switch_on and each.end_on]
            return switch.switch_on, min([switch.next_read_on, *ends])
        served = next(each for each in point.agreements if each.end_on == switch.switch_on)
        read_days = self.read_days(from_on=FIRST_DAY, calendar=calendar, months=120)
        before = [day for day in read_days if day < switch.switch_on]
        return max([served.start_on, *before[-1:]]), switch.switch_on

    def spans(
        self, point: UsagePoint, *, start_on: date, end_on: date, cut_at: MeterReads | None
    ) -> tuple[MeteredSpan, ...]:
        """What every register of every meter in place counted over these days. cut_at: see `true_wh`."""
        return tuple(self._spans(point, start_on=start_on, end_on=end_on, cut_at=cut_at))

    def _spans(
        self, point: UsagePoint, *, start_on: date, end_on: date, cut_at: MeterReads | None
    ) -> Iterator[MeteredSpan]:
        for meter in point.meters:
            gone = meter.removed_on is not None and meter.removed_on <= start_on
            if (gone and not went_after_cut(meter, opening=cut_at)) or meter.installed_on >= end_on:
                continue
            came = meter.installed_on >= start_on
            went = meter.removed_on is not None and meter.removed_on < end_on
            start = self.reads(meter, day=start_on, half=_is_half(point, start_on, cut_at=cut_at)) if not came else {}
            end = self.reads(meter, day=end_on, half=_is_half(point, end_on, cut_at=cut_at)) if not went else {}
            for register in meter.registers:
                yield MeteredSpan(
                    serial=meter.serial,
                    register=register.name,
                    rollover_wh=register.rollover_wh,
                    from_wh=start.get(register.name, meter.opening_wh[register.name]),
                    to_wh=end[register.name] if end else meter.closing_wh[register.name],
                )

    def true_wh(self, point: UsagePoint, *, start_on: date, end_on: date, cut_at: MeterReads | None) -> int:
        """What was really drawn over the days of a bill; on the day of an exchange the cut is the exchange.

        cut_at: the read with which the service after the cut begins. An exchange of that day which was told later, when
        the old meter had been read for the cut, comes after it.
        """
        return self.drawn_wh(end_on, half=_is_half(point, end_on, cut_at=cut_at)) - self.drawn_wh(
            start_on, half=_is_half(point, start_on, cut_at=cut_at)
        )


def registers_of(capability: MeterCapability) -> tuple[Register, ...]:
    """The register map of a meter that can tell so much apart."""
    return tuple(Register(name=name, rollover_wh=ROLLOVER_WH) for name in _NAMES[capability])


def _is_half(point: UsagePoint, day: date, *, cut_at: MeterReads | None) -> bool:
    is_before = any(went_after_cut(meter, opening=cut_at) and meter.removed_on == day for meter in point.meters)
    return _is_exchange_day(point, day) and not is_before


def _is_exchange_day(point: UsagePoint, day: date) -> bool:
    return any(meter.installed_on == day and day > FIRST_DAY for meter in point.meters)
