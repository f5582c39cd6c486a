"""A usage point: its periods tile whatever happens to it, and no cut loses energy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.point_events import (
    POINT_EVENTS,
    AgreementSwitched,
    LoadUsagePoint,
    PointHistoryBroken,
    PointMeterExchanged,
    PointSupplierChanged,
    UsagePointLoaded,
    closes_nothing,
    evolve_point,
    load_usage_point,
    replaced_rate,
)
from evenroll.enrollment.rows import Row
from evenroll.enrollment.usage_point import (
    VACANT,
    Agreement,
    EnergyBroken,
    MeteredSpan,
    MeterExchange,
    MeterReads,
    PeriodsBroken,
    PointMeter,
    Register,
    UsagePoint,
    energy_conserved,
)
from evenroll.programs.program import MeterCapability, ServiceChange
from evenroll.quantities.codec import decode, encode
from evenroll.quantities.identifiers import MeterSerial, OrganizationKey, PodId, RateKey
from evenroll.quantities.periods import check_tiling

WIRES, SUPPLIER = OrganizationKey("lakeland-power"), OrganizationKey("brightside")
STANDARD, NIGHT = RateKey("standard"), RateKey("night")
FIRST = date(2026, 1, 1)
TOTAL = Register(name="total", rollover_wh=100_000_000)
OLD = PointMeter(
    serial=MeterSerial("OLD-1"),
    capability=MeterCapability.TOTAL_REGISTER,
    registers=(TOTAL,),
    installed_on=date(2019, 5, 1),
    opening_wh={"total": 0},
)


def point(*agreements: Agreement) -> UsagePoint:
    first = Agreement(rate=STANDARD, supplier=WIRES, start_on=FIRST)
    return UsagePoint(pod=PodId("POD-1"), meters=(OLD,), agreements=agreements or (first,))


def reads(serial: str, on: date, wh: int) -> MeterReads:
    return MeterReads(serial=MeterSerial(serial), read_on=on, values_wh={"total": wh})


def switch(on: date, change: ServiceChange = ServiceChange.REPLACED_RATE) -> AgreementSwitched:
    at = reads("OLD-1", on, 5_000)
    return AgreementSwitched(row=Row.R5D, switch_on=on, change=change, new_rate=NIGHT, closing=at, opening=at)


def exchange(on: date) -> PointMeterExchanged:
    done = MeterExchange(
        old_serial=MeterSerial("OLD-1"),
        new_serial=MeterSerial("NEW-1"),
        closing_wh={"total": 7_000},
        opening_wh={"total": 10},
        capability=MeterCapability.INTERVAL,
        registers=(TOTAL,),
    )
    return PointMeterExchanged(row=Row.R5C, exchanged_on=on, exchange=done)


def test_a_switch_ends_the_old_period_where_the_new_one_begins() -> None:
    after = evolve_point(point(), switch(date(2026, 3, 2)))
    old, new = after.agreements
    assert (old.rate, old.end_on) == (STANDARD, date(2026, 3, 2))
    assert (new.rate, new.start_on, new.end_on, new.supplier) == (NIGHT, date(2026, 3, 2), None, WIRES)


def test_a_supplier_s_product_leaves_the_rate_of_the_wires() -> None:
    before = Agreement(rate=STANDARD, supplier=SUPPLIER, start_on=FIRST, supply_rate=RateKey("flat"))
    after = evolve_point(point(before), switch(date(2026, 3, 2), ServiceChange.SUPPLIER_PRODUCT))
    assert (after.agreements[1].rate, after.agreements[1].supply_rate) == (STANDARD, NIGHT)
    assert after.agreements[1].supplier == SUPPLIER
    assert replaced_rate(before, change=ServiceChange.SUPPLIER_PRODUCT) == RateKey("flat")
    assert replaced_rate(before, change=ServiceChange.REPLACED_RATE) == STANDARD


def test_a_rider_is_laid_on_top() -> None:
    after = evolve_point(point(), switch(date(2026, 3, 2), ServiceChange.RIDER))
    assert (after.agreements[1].rate, after.agreements[1].riders) == (STANDARD, (NIGHT,))


def test_a_switch_within_an_ended_period_keeps_the_next_one() -> None:
    served = Agreement(rate=STANDARD, supplier=WIRES, start_on=FIRST, end_on=date(2026, 6, 1))
    vacant = Agreement(rate=VACANT, supplier=WIRES, start_on=date(2026, 6, 1))
    after = evolve_point(point(served, vacant), switch(date(2026, 3, 2)))
    assert [each.rate for each in after.agreements] == [STANDARD, NIGHT, VACANT]
    assert after.agreements[1].end_on == date(2026, 6, 1)
    assert closes_nothing(vacant, on=date(2026, 7, 1), change=ServiceChange.REPLACED_RATE)
    assert not closes_nothing(served, on=date(2026, 3, 2), change=ServiceChange.REPLACED_RATE)


def test_no_period_covers_the_day() -> None:
    with pytest.raises(PeriodsBroken, match="No agreement of usage point POD-1 covers 2025-12-31"):
        evolve_point(point(), switch(date(2025, 12, 31)))


def test_a_gap_cannot_be_loaded() -> None:
    late = Agreement(rate=NIGHT, supplier=WIRES, start_on=date(2026, 6, 2))
    ended = Agreement(rate=STANDARD, supplier=WIRES, start_on=FIRST, end_on=date(2026, 6, 1))
    with pytest.raises(PeriodsBroken, match="gap from 2026-06-01"):
        load_usage_point(None, LoadUsagePoint(point=point(ended, late)))


def test_loading_once_twice_and_otherwise() -> None:
    loaded = load_usage_point(None, LoadUsagePoint(point=point()))
    assert isinstance(loaded, Decided)
    assert load_usage_point(point(), LoadUsagePoint(point=point())) == Decided()
    other = replace(point(), meters=())
    assert isinstance(load_usage_point(point(), LoadUsagePoint(point=other)), Refusal)
    with pytest.raises(PointHistoryBroken, match="loaded twice"):
        evolve_point(point(), UsagePointLoaded(row=Row.ACTION, point=point()))
    with pytest.raises(PointHistoryBroken, match="begins with agreement_switched"):
        evolve_point(None, switch(FIRST))


def test_an_exchange_removes_and_installs() -> None:
    after = evolve_point(point(), exchange(date(2026, 3, 2)))
    assert after.meter is not None and after.meter.serial == "NEW-1"
    assert (after.meters[0].removed_on, dict(after.meters[0].closing_wh)) == (date(2026, 3, 2), {"total": 7_000})
    with pytest.raises(PointHistoryBroken, match="cannot be removed"):
        evolve_point(after, exchange(date(2026, 3, 3)))


def test_a_cut_at_an_exchange_closes_one_meter_and_opens_the_other() -> None:
    on = date(2026, 3, 2)
    swapped = evolve_point(point(), exchange(on))
    good = replace(switch(on), closing=reads("OLD-1", on, 7_000), opening=reads("NEW-1", on, 10))
    assert evolve_point(swapped, good).agreements[1].rate == NIGHT
    with pytest.raises(EnergyBroken, match="other reads"):
        evolve_point(swapped, replace(good, closing=reads("OLD-1", on, 6_999)))
    with pytest.raises(EnergyBroken, match="other reads"):
        evolve_point(point(), replace(switch(on), opening=reads("OLD-1", on, 5_001)))


def test_energy_over_the_rollover_and_a_read_that_cannot_be() -> None:
    span = MeteredSpan(
        serial=MeterSerial("OLD-1"), register="total", rollover_wh=100_000_000, from_wh=99_999_000, to_wh=500
    )
    assert energy_conserved((span,), billed_wh=1_500)
    assert not energy_conserved((span,), billed_wh=1_499)
    assert not energy_conserved((replace(span, from_wh=900),), billed_wh=0)


def lost(on: date) -> PointSupplierChanged:
    return PointSupplierChanged(row=Row.ACTION, changed_on=on, supplier=WIRES)


def test_a_late_drop_takes_the_supplier_out_of_everything_after_it() -> None:
    before = Agreement(rate=STANDARD, supplier=SUPPLIER, start_on=FIRST, supply_rate=RateKey("flat"))
    switched = evolve_point(point(before), switch(date(2026, 3, 12), ServiceChange.SUPPLIER_PRODUCT))
    after = evolve_point(switched, lost(date(2026, 3, 9)))
    assert [(each.start_on, each.supplier, each.supply_rate) for each in after.agreements] == [
        (FIRST, SUPPLIER, RateKey("flat")),
        (date(2026, 3, 9), WIRES, None),
        (date(2026, 3, 12), WIRES, None),
    ]
    assert not check_tiling(each.period for each in after.agreements)


def test_a_late_drop_leaves_what_another_supplier_began() -> None:
    third = OrganizationKey("dimlight")
    first = Agreement(rate=STANDARD, supplier=SUPPLIER, start_on=FIRST)
    now = evolve_point(point(first), replace(lost(date(2026, 4, 1)), supplier=third))
    now = evolve_point(now, replace(lost(date(2026, 5, 1)), supplier=SUPPLIER))
    after = evolve_point(now, lost(date(2026, 3, 9)))
    assert [each.supplier for each in after.agreements] == [SUPPLIER, WIRES, third, SUPPLIER]


@given(
    changes=st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=400),
            st.sampled_from([*ServiceChange, "supplier"]),
        ),
        max_size=12,
    )
)
def test_periods_tile_after_any_changes(changes: list[tuple[int, str]]) -> None:
    now = evolve_point(None, UsagePointLoaded(row=Row.ACTION, point=point()))
    for days, what in changes:
        on = FIRST + timedelta(days=days)
        if what == "supplier":
            event = PointSupplierChanged(row=Row.ACTION, changed_on=on, supplier=SUPPLIER)
        else:
            event = switch(on, ServiceChange(what))
        assert decode(POINT_EVENTS[event_name(event)], encode(event)) == event
        now = evolve_point(now, event)
        assert not check_tiling(each.period for each in now.agreements)
        assert (now.agreements[0].start_on, now.agreements[-1].end_on) == (FIRST, None)


def event_name(event: object) -> str:
    return next(name for name, kind in POINT_EVENTS.items() if type(event) is kind)
