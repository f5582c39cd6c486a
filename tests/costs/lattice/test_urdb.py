"""Records of the Utility Rate Database: what is read, and what is refused by name and place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from evenroll.costs.lattice.schedule import Ratchet, RateSchedule, ScheduleRefused
from evenroll.costs.lattice.urdb_record import schedule_of_urdb
from evenroll.programs.program import Coverage
from evenroll.programs.rate import StepBasis
from tests.costs.lattice.typed_records import TYPED, arizona, ashland, los_angeles, san_diego

Change = Callable[[dict[str, Any]], object]


def _read(record: dict[str, Any], **more: Any) -> RateSchedule:
    return schedule_of_urdb(record, coverage=Coverage.BOTH, effective_on=date(2026, 1, 1), **more)


def test_seasons_are_months_of_the_same_hours() -> None:
    schedule = _read(san_diego())
    assert [season.months for season in schedule.seasons] == [(1, 2, 3, 4, 5, 11, 12), (6, 7, 8, 9, 10)]
    winter, summer = (season.blocks[0] for season in schedule.seasons)
    assert (winter.registers, summer.registers) == (("p4", "p5", "p6"), ("p1", "p2", "p3"))
    assert summer.usd_per_kwh[0] == (Decimal("0.57796"), Decimal("0.68459"))
    assert (summer.limits, summer.basis, summer.per_kw) == ((Decimal("9.0"),), StepBasis.DAY, False)


def test_the_noise_of_binary_floats_is_taken_away_and_nothing_else() -> None:
    # 0.171536 + 0.0852 is 0.25673599999999996 in binary.
    summer = _read(los_angeles()).seasons[1].blocks[0]
    assert summer.usd_per_kwh[0] == (Decimal("0.241736"), Decimal("0.256736"), Decimal("0.291536"))
    assert _read(san_diego()).fixed_usd_per_month == Decimal("24.1334958333333")


def test_a_record_is_left_as_it_is() -> None:
    for record in TYPED:
        given = record()
        before = copy.deepcopy(given)
        assert _read(given) == _read(given)
        assert given == before


def _set(name: str, value: object) -> Change:
    return lambda record: record.__setitem__(name, value)


REFUSED: list[tuple[Callable[[], dict[str, Any]], Change, str, str]] = [
    (ashland, _set("lookbackpercent", 0.5), "a ratchet over past months", "lookbackpercent"),
    (ashland, _set("demandreactivepowercharge", 0.3), "reactive power", "demandreactivepowercharge"),
    (ashland, _set("fueladjustmentsmonthly", [0.01] * 12), "adjustment of its own", "fueladjustmentsmonthly"),
    (ashland, _set("annualmincharge", 120), "a minimum for the year", "annualmincharge"),
    (ashland, _set("wildfirecharge", 0.01), "not known", "wildfirecharge"),
    (ashland, _set("flatdemandunit", "kVA"), "demand in kVA", "flatdemandunit"),
    (ashland, _set("coincidentratestructure", [[{"rate": 3}]]), "peak", "coincidentratestructure"),
    (ashland, _set("flatdemandmonths", [0]), "without its months", "flatdemandmonths"),
    (ashland, _set("flatdemandmonths", [1] * 12), "without a price", "flatdemandstructure[1]"),
    (ashland, _set("fixedchargeunits", "$/year"), "a charge in $/year", "fixedchargeunits"),
    (ashland, _set("fixedchargefirstmeter", "ten"), "the value", "fixedchargefirstmeter"),
    (arizona, _set("energyweekdayschedule", [[0] * 24] * 11), "12 months of 24 hours", "energyweekdayschedule"),
    (arizona, lambda r: r["demandratestructure"][0][0].update(unit="kVA"), "than kW", "demandratestructure[0]"),
    (arizona, lambda r: r["energyratestructure"][1][0].pop("rate"), "without a rate", "energyratestructure[1][0]"),
    (arizona, lambda r: r["energyratestructure"][1][0].update(rate=0.123456789), "price", "season s2"),
    (san_diego, lambda r: r["energyratestructure"][1][0].update(max=8.0), "differ", "energyratestructure, month 6"),
    (san_diego, lambda r: r["energyratestructure"][1][0].update(unit="kWh"), "kwh, kwh daily", "energyratestructure"),
    (san_diego, lambda r: r["energyratestructure"][1][0].pop("max"), "without an end", "energyratestructure[1][0]"),
]


@pytest.mark.parametrize(("record", "change", "feature", "place"), REFUSED)
def test_what_is_not_supported_is_refused_by_name_and_place(
    record: Callable[[], dict[str, Any]], change: Change, feature: str, place: str
) -> None:
    changed = record()
    change(changed)
    with pytest.raises(ScheduleRefused) as refused:
        _read(changed)
    assert feature in refused.value.feature
    assert place in refused.value.place
    assert changed["label"] in str(refused.value)


def test_a_ratchet_is_read_where_the_record_tells_how_far_it_looks_back() -> None:
    record = ashland() | {"lookbackpercent": 0.75, "lookbackrange": 11, "lookbackmonths": [False] * 12}
    assert _read(record).seasons[0].demands[0].ratchet == Ratchet(share=Decimal("0.75"), cycles_back=11)
    left = _read(record, leave_out=frozenset({"lookbackpercent"}))
    assert (left.seasons[0].demands[0].ratchet, left.left_out) == (None, ("lookbackpercent",))
    with pytest.raises(ScheduleRefused, match="ratchet over past months at lookbackpercent"):
        _read(arizona() | {"lookbackpercent": 0.75, "lookbackrange": 11})


def test_what_is_left_out_knowingly_is_told() -> None:
    record = ashland() | {"demandreactivepowercharge": 0.3}
    schedule = _read(record, leave_out=frozenset({"demandreactivepowercharge", "lookbackpercent"}))
    assert schedule.left_out == ("demandreactivepowercharge",)
    assert _read(ashland()).left_out == ()


def test_charges_that_a_record_has_in_words_only_are_named() -> None:
    record = ashland() | {"demandattrs": [{"Excess Demand": "2.78"}], "fixedattrs": [], "name": "a credit is no field"}
    assert _read(record).left_out == ("demandattrs",)
