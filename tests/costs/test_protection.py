"""Bill protection in numbers: both rates bill the same watt-hours, by hand to the cent; nothing is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.costs.bill import UsageRefused
from evenroll.costs.protection import BilledUsage, compare_usage
from evenroll.programs.catalog import Catalog, parse_catalog
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod

JUNE = DatePeriod(start_on=date(2027, 6, 1), end_on=date(2027, 7, 1))
NIGHT, STANDARD = RateKey("LE-EV-TOU"), RateKey("LE-R")


def books() -> Catalog:
    file = files("evenroll.programs") / "catalog" / "lakeland-electric.yaml"
    return parse_catalog({file.name: file.read_text(encoding="utf-8")})


def used(peak: int, shoulder: int, night: int) -> BilledUsage:
    advances = {"peak": Wh(peak), "shoulder": Wh(shoulder), "night": Wh(night)}
    return BilledUsage(period=JUNE, advances=advances, actual=True)


def compared(usage: BilledUsage):
    catalog = books()
    return compare_usage(
        [usage], program=lambda day: catalog.rate(NIGHT, on=day), replaced=lambda day: catalog.rate(STANDARD, on=day)
    )[0]


def test_a_month_by_hand() -> None:
    """270 kWh in each register: 84.92 + 34.75 + 14.82 + 14.75 against 810 kWh at 0.1362 + 12.50."""
    one = compared(used(270_000, 270_000, 270_000))
    assert (one.paid, one.shadow) == (Decimal("149.24"), Decimal("122.82"))
    assert one.actual and not one.is_known


def test_a_bill_that_is_known_is_taken_as_it_was_paid() -> None:
    one = compared(replace(used(270_000, 270_000, 270_000), paid=Decimal("151.00"), actual=False))
    assert (one.paid, one.shadow) == (Decimal("151.00"), Decimal("122.82"))
    assert one.is_known and not one.actual


def test_a_meter_that_does_not_tell_the_periods_apart_gives_no_figure() -> None:
    total = BilledUsage(period=JUNE, advances={"total": Wh(810_000)}, actual=True)
    with pytest.raises(UsageRefused, match="needs the registers"):
        compared(total)


_WH = st.integers(0, 5_000_000)


@given(peak=_WH, shoulder=_WH, night=_WH)
def test_the_replaced_rate_bills_the_same_energy_whatever_its_split(peak: int, shoulder: int, night: int) -> None:
    one = compared(used(peak, shoulder, night))
    other = compared(used(night, peak, shoulder))
    assert one.shadow == other.shadow
