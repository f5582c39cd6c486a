"""A read that nobody took is estimated from those around it, within them, and marked."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.estimated_read import estimated_on
from evenroll.enrollment.usage_point import MeterReads, PointMeter, Register
from evenroll.programs.program import MeterCapability
from evenroll.quantities.identifiers import MeterSerial

SERIAL, FIRST = MeterSerial("M-1"), date(2026, 3, 12)
METER = PointMeter(
    serial=SERIAL,
    capability=MeterCapability.TOTAL_REGISTER,
    registers=(Register(name="total", rollover_wh=1_000),),
    installed_on=date(2025, 1, 1),
    opening_wh={"total": 0},
)


def read(day: date, wh: int) -> MeterReads:
    return MeterReads(serial=SERIAL, read_on=day, values_wh={"total": wh})


def at(days: int) -> date:
    return FIRST + timedelta(days=days)


def test_between_two_reads_in_even_parts_and_marked() -> None:
    found = estimated_on(at(10), meter=METER, reads=(read(FIRST, 100), read(at(30), 400)))
    assert found == MeterReads(serial=SERIAL, read_on=at(10), values_wh={"total": 200}, estimated=True)


def test_before_the_next_read_as_over_the_days_before() -> None:
    found = estimated_on(at(40), meter=METER, reads=(read(FIRST, 100), read(at(30), 400)))
    assert found is not None and found.values_wh == {"total": 500}


def test_a_register_that_began_at_zero_again() -> None:
    found = estimated_on(at(20), meter=METER, reads=(read(FIRST, 900), read(at(30), 50)))
    assert found is not None and found.values_wh == {"total": 0}


def test_one_read_is_not_enough_and_another_meter_tells_nothing() -> None:
    other = MeterReads(serial=MeterSerial("M-2"), read_on=at(30), values_wh={"total": 400})
    assert estimated_on(at(10), meter=METER, reads=(read(FIRST, 100), other)) is None
    assert estimated_on(at(10), meter=METER, reads=(read(at(30), 100),)) is None


@given(first=st.integers(0, 999), moved=st.integers(0, 999), days=st.integers(1, 29))
def test_no_energy_is_lost_between_the_reads(first: int, moved: int, days: int) -> None:
    then = (first + moved) % 1_000
    found = estimated_on(at(days), meter=METER, reads=(read(FIRST, first), read(at(30), then)))
    assert found is not None
    one, other = (found.values_wh["total"] - first) % 1_000, (then - found.values_wh["total"]) % 1_000
    assert one + other == moved
