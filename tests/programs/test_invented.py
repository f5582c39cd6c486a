"""The invented catalog: both providers offer all five kinds, and everything that a program may say occurs in it."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import resources

import pytest

from evenroll.enrollment.meter_need import MeterNeedWhy, meter_need
from evenroll.programs.catalog import CatalogRefused, load_catalog, parse_catalog
from evenroll.programs.program import (
    Activation,
    Coverage,
    MeterCapability,
    MeterNeedKind,
    Prerequisite,
    ProgramKind,
    ServiceChange,
    SupplyStatus,
    Track,
    Unit,
    stay_of,
)
from evenroll.programs.program_terms import Grid, IncentiveIf, IncentivePer, ProtectionKind, Span
from evenroll.programs.tariff_holidays import holiday_list_keys, is_listed_holiday
from evenroll.programs.timing import SwitchTiming
from evenroll.quantities.identifiers import OrganizationKey

CATALOG = load_catalog()
UTILITY, ESCO = OrganizationKey("lakeland-electric"), OrganizationKey("brightwater-energy")
INVENTED = tuple(each for each in CATALOG.programs if each.organization in (UTILITY, ESCO))
TODAY = date(2026, 3, 2)


def test_the_stacking_matrix_says_the_same_from_both_sides() -> None:
    """Row 5 asks the program that is applied for: what bars the other way round is written with both."""
    for one in CATALOG.programs:
        for other in CATALOG.programs:
            beside = one.organization == other.organization and one.unit is other.unit
            if beside and one.family != other.family and other.family in one.excluded_families:
                assert one.family in other.excluded_families, f"{one.key} excludes {other.key}, not the reverse"


@pytest.mark.parametrize("organization", [UTILITY, ESCO])
def test_each_offers_all_five_kinds_priced(organization: OrganizationKey) -> None:
    mine = [each for each in INVENTED if each.organization == organization]
    assert {each.kind for each in mine} == set(ProgramKind)
    assert not any(each.unpriced for each in mine)
    for each in mine:
        if each.rate is not None:
            rate = CATALOG.rate(each.rate, on=TODAY)
            assert not rate.unpriced and rate.coverage is each.coverage
        else:
            assert each.incentives  # a program that brings no price pays


def test_everything_that_a_program_may_say_occurs() -> None:
    incentives = [incentive for each in INVENTED for incentive in each.incentives]
    limits = [limit for each in INVENTED if each.events for limit in each.events.limits]
    assert {each.unit for each in INVENTED} == set(Unit)
    assert {each.activation for each in INVENTED} == set(Activation)
    assert {each.service_change for each in INVENTED} == set(ServiceChange)
    assert {each.timing for each in INVENTED} == set(SwitchTiming)
    assert {each.meter_capability for each in INVENTED} == {None, *MeterCapability}
    assert {each.coverage for each in INVENTED} == set(Coverage) - {Coverage.DELIVERY}
    assert {each.per for each in incentives} == set(IncentivePer)
    assert {each.condition for each in incentives} == set(IncentiveIf)
    assert {each.per for each in limits} == set(Grid)
    assert {each.protection.kind for each in INVENTED if each.protection} == set(ProtectionKind)
    assert any(each.once_per_device for each in incentives)
    for word in ("cap", "stays", "changes", "feeder_limit_kw", "all_meters", "selections", "excluded_families"):
        assert any(getattr(each, word) for each in INVENTED), word
    assert any(each.minimum_stay_days for each in INVENTED) and any(each.lockout_days for each in INVENTED)
    assert any(not each.account_needed for each in INVENTED)
    assert {rate.hourly_series for rate in CATALOG.rates if rate.organization in (UTILITY, ESCO)} == {
        "", "le-day-ahead", "bw-day-ahead",
    }  # fmt: skip


def test_every_meter_need_that_can_be_derived_is_derived() -> None:
    """Rule 4 of the trade: every need, and every reason for one, comes of some program and some meter in place."""
    found = {
        meter_need(
            each, meter_capability=there, remote_changeable=remote, interval_opt_out=opted_out, own_meter_there=own
        )
        for each in INVENTED
        for there in MeterCapability
        for remote in (False, True)
        for opted_out in (False, True)
        for own in (False, True)
    }
    assert {each.kind for each in found} == set(MeterNeedKind)
    assert {each.why for each in found} == set(MeterNeedWhy)


@pytest.mark.parametrize("key", ["LE-EV-CHARGER", "BW-SUBMETER"])
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("settled_by_others: true", "settled_by_others: false", "is settled by others"),
        ("equipment_needed: true", "equipment_needed: false", "is settled by others"),
        ("device_needed: true", "device_needed: false", "is settled by others"),
        ("meter_capability: none", "meter_capability: interval", "not billed here yet"),
        ("kind: equipment_approved, unmet", "kind: telematics_connected, unmet", "on no list"),
    ],
)
def test_a_meter_of_ones_own_is_listed_reports_and_is_settled_by_others(
    key: str, right: str, wrong: str, said: str
) -> None:
    """Rules 4 and 9 of the trade; nothing is taken off a bill of the home by it."""
    name = "lakeland-electric-charger" if key.startswith("LE") else "brightwater-energy-submeter"
    text = resources.files("evenroll.programs").joinpath("catalog", f"{name}.yaml").read_text(encoding="utf-8")
    head = "role: utility\nname: {en: X, es: X}\ncalendar: US-LAKELAND\nrates: []\nprograms:"
    whole = text.replace("rates: []\nprograms:", head)
    assert parse_catalog({"x.yaml": whole}).programs[0].settled_by_others
    with pytest.raises(CatalogRefused, match=said):
        parse_catalog({"x.yaml": whole.replace(right, wrong)})


def test_the_electrician_comes_before_the_second_meter() -> None:
    [second] = [each for each in INVENTED if each.service_change is ServiceChange.NEW_SEPARATE_SERVICE]
    assert Prerequisite(track=Track.METER, needs_track=Track.EQUIPMENT) in second.prerequisites
    assert Prerequisite(track=Track.SERVICE, needs_track=Track.METER) in second.prerequisites


def test_a_stay_may_differ_by_who_supplies() -> None:
    pause = next(each for each in INVENTED if each.key == "LE-EV-PAUSE")
    assert stay_of(pause, supply=SupplyStatus.UTILITY) == Span(days=180)
    assert stay_of(pause, supply=SupplyStatus.ESCO) == Span()


def test_the_first_hundred_have_a_list_and_three_windows() -> None:
    first = next(each for each in INVENTED if each.key == "LE-EV-FIRST100")
    assert first.cap is not None and (first.cap.places, first.cap.waiting_list) == (100, True)
    assert [len(each.options) for each in first.selections] == [3]


HEAD = "organization: x\nrole: utility\nname: {en: X, es: X}\ncalendar: US-CA\n"
MORE = "organization: x\nrates: []\nprograms: []\n"


def test_an_organization_may_span_files_and_says_once_who_it_is() -> None:
    whole = f"{HEAD}rates: []\nprograms: []\n"
    assert len(parse_catalog({"x.yaml": whole, "x-more.yaml": MORE}).organizations) == 1
    with pytest.raises(CatalogRefused, match=r"x-more\.yaml, line 1: no file tells who x is"):
        parse_catalog({"x-more.yaml": MORE})
    with pytest.raises(CatalogRefused, match="leaves out role, name and calendar"):
        parse_catalog({"x.yaml": whole, "x-more.yaml": whole})


RATE = """organization: x
role: utility
name: {en: X, es: X}
calendar: US-CA
rates:
  - key: A
    name: {en: A, es: B}
    coverage: both
    standard: false
    effective_on: 2025-01-01
    rounding: half_up
    review_by: 2028-12-31
    source: invented
CHANGED
    seasons:
      - key: all_year
        months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        weekday: [{from_hour: 0, to_hour: 24, register: total}]
        weekend: [{from_hour: 0, to_hour: 24, register: total}]
        prices: [{register: total, usd_per_kwh: 0.1PRICE}]
programs: []
"""
CHARGES = "    fixed_usd_per_month: 1\n    fixed_usd_per_day: 0\n    minimum_bill_usd_per_month: 0"


@pytest.mark.parametrize(
    ("changed", "price", "said"),
    [
        ("    fixed_usd_per_month: 1", "", "fixed_usd_per_day is missing"),
        (f"{CHARGES}\n    holidays: bank", "", "no list of holidays is called 'bank'"),
        (CHARGES, ", steps: [{from_kwh: 5, usd_per_kwh: 0.2}]", "steps need a basis"),
        (CHARGES, ", basis: day", "steps need a basis"),
        (CHARGES, ", basis: week, steps: [{from_kwh: 5, usd_per_kwh: 0.2}]", "it must be one of day"),
        (CHARGES, ", basis: day, steps: [{from_kwh: 5, usd_per_kwh: 0.2}, {from_kwh: 5, usd_per_kwh: 0.3}]", "rise"),
        (CHARGES, ", basis: day, steps: [{from_kwh: 5, usd_per_kwh: -0.2}]", "negative energy price"),
        (
            f"{CHARGES}\n    hourly_series: s",
            ", basis: day, steps: [{from_kwh: 5, usd_per_kwh: 0.2}]",
            "do not go together",
        ),
        (f"{CHARGES}\n    rides_on: [B]", "", "a rider has no prices of its own"),
    ],
)
def test_a_price_that_nobody_can_mean_is_refused_with_its_place(changed: str, price: str, said: str) -> None:
    with pytest.raises(CatalogRefused, match=said) as refused:
        parse_catalog({"x.yaml": RATE.replace("CHANGED", changed).replace("PRICE", price)})
    assert refused.value.file == "x.yaml" and refused.value.line >= 6


def test_named_lists_of_holidays() -> None:
    assert set(holiday_list_keys()) >= {"sdge8", "sce8", "gp2", "six"}
    assert is_listed_holiday(date(2026, 2, 16), key="sdge8")  # third Monday of February
    assert is_listed_holiday(date(2026, 5, 25), key="sce8")  # last Monday of May
    assert is_listed_holiday(date(2026, 11, 26), key="six") and not is_listed_holiday(date(2026, 11, 11), key="six")
    assert is_listed_holiday(date(2027, 7, 5), key="sdge8")  # the fourth is a Sunday
    assert not is_listed_holiday(date(2026, 7, 3), key="sdge8")  # the fourth is a Saturday: no other day for it
    assert not is_listed_holiday(date(2027, 7, 5), key="gp2")
    in_a_year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(is_listed_holiday(day, key="gp2") for day in in_a_year) == 2
    assert sum(is_listed_holiday(day, key="sdge8") for day in in_a_year) == 8
