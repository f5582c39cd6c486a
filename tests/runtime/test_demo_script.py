"""The demo's script, example file and territory: pure, the same each time, and held together."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Channel
from evenroll.intake.application import Application, BadRow
from evenroll.intake.file_rows import RawRow, file_rows
from evenroll.intake.file_shape import file_shape
from evenroll.intake.row_reader import RowRules, read_row
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability, ProgramKind
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ProgramKey
from evenroll.runtime.demo_applications import applications_csv, program_of
from evenroll.runtime.demo_document import expected_page
from evenroll.runtime.demo_run import example_file
from evenroll.runtime.demo_script import OUTSIDE_ACTS, load_events, load_script, point_of, territory_points
from evenroll.runtime.territory_loads import COUNTED_FROM_ON, SHAPES, RegisterMap, counted_wh
from evenroll.runtime.territory_meters import reads_on, usage_point_of
from evenroll.runtime.territory_plan import (
    BEGINS_ON,
    BRIGHTWATER,
    ESCO_PERCENT,
    POINTS,
    SUPPLIERS,
    TERRITORIES,
    TERRITORY,
    TOTAL_REGISTER_PERCENT,
    UTILITY,
    plan_points,
    product_map,
)

ROOT = Path(__file__).parents[2]


def test_the_example_file_is_what_the_script_says() -> None:
    assert example_file().read_text(encoding="utf-8") == applications_csv(load_script())


def test_the_page_of_expected_outcomes_is_what_the_script_says() -> None:
    assert (ROOT / "docs" / "demo_expected.md").read_text(encoding="utf-8") == expected_page(load_script())


def test_the_example_file_is_shipped_with_the_package() -> None:
    folder = resources.files("evenroll.runtime") / "demo_data"
    assert {each.name for each in folder.iterdir()} >= {"applications.csv", "script.yaml"}


def test_the_script_shows_at_least_three_hundred_applications_in_every_channel() -> None:
    script = load_script()
    assert len(script) >= 300
    assert len({each.key for each in script}) == len(script)
    with example_file().open(encoding="utf-8", newline="") as file:
        channels = {row["channel"] for row in csv.DictReader(file)}
    assert channels == {each.value for each in Channel}
    assert all(each.expect for each in script)


def test_the_utility_and_a_supplier_show_every_kind_of_program() -> None:
    catalog = load_catalog()
    shown = {
        (program.organization, program.kind)
        for program in (catalog.program(ProgramKey(program_of(each))) for each in load_script())
    }
    for organization in (UTILITY, BRIGHTWATER):
        assert {kind for owner, kind in shown if owner == organization} == set(ProgramKind)


def test_two_real_territories_are_among_them_and_a_supplier_s_customer_in_one() -> None:
    homes = {(each.territory.utility, point_of(each).supplier) for each in load_script()}
    assert {("coned", "coned"), ("coned", "harborlight-energy"), ("comed", "comed")} <= homes


def test_events_are_called_of_programs_that_have_them() -> None:
    for each in load_events():
        assert load_catalog().program(ProgramKey(each.program)).events is not None
        assert each.told_on <= each.day


def test_an_everyday_application_stands_once_on_the_page_with_how_often() -> None:
    page = expected_page(load_script())
    [line] = [each for each in page.splitlines() if "D101-" in each]
    assert "(30 times)" in line


def test_every_row_reads_as_expected_on_the_day_on_which_it_comes() -> None:
    rules = RowRules(
        today=BEGINS_ON,
        organizations=frozenset(key for each in TERRITORIES for key in each.organizations),
        programs=frozenset(each.key for each in load_catalog().programs),
    )
    comes = {each.key: each.comes_on or BEGINS_ON for each in load_script()}
    bad: dict[str, list[str]] = {}
    for raw in file_rows(file_shape(example_file())):
        assert isinstance(raw, RawRow)
        read = read_row(raw, rules=replace(rules, today=comes[str(raw.cells["application"])]))
        if isinstance(read, BadRow):
            bad[read.reference] = [fault.code.value for fault in read.faults]
        else:
            assert isinstance(read, Application)
    assert bad == {each.key: each.expect["bad_row"] for each in load_script() if "bad_row" in each.expect}


@pytest.mark.parametrize("scenario", load_script(), ids=lambda each: each.key)
def test_every_act_names_a_command_and_the_point_is_as_fixed(scenario: object) -> None:
    found = next(each for each in load_script() if each is scenario)
    for act in found.acts:
        assert act.do in OUTSIDE_ACTS or CommandName(act.do)
    point = point_of(found)
    assert all(getattr(point, key) == value for key, value in found.point.items())


def test_the_territory_is_the_same_each_time_and_mixed_as_planned() -> None:
    points = territory_points()
    assert plan_points() == plan_points()
    assert plan_points(seed=1) != plan_points()
    assert len(points) == POINTS
    for each in ("pod", "serial", "account_number"):
        assert len({getattr(point, each) for point in points}) == POINTS
    suppliers = Counter(point.supplier for point in points)
    esco = 100 * sum(suppliers[each] for each in SUPPLIERS) / POINTS
    total = 100 * sum(point.capability is MeterCapability.TOTAL_REGISTER for point in points) / POINTS
    assert abs(esco - ESCO_PERCENT) < 4
    assert abs(total - TOTAL_REGISTER_PERCENT) < 4


@pytest.mark.parametrize("shape", range(SHAPES))
@pytest.mark.parametrize("rate", ["LE-EV-TOU", "BW-TOU", "NF-TOU"])
def test_registers_together_count_every_watt_hour_once(shape: int, rate: str) -> None:
    by_period = RegisterMap(rate=rate)  # type: ignore[arg-type]
    for days in (0, 1, 66, 67, 306, 307, 500):
        on = COUNTED_FROM_ON + timedelta(days=days)
        parts = counted_wh(shape=shape, scale=7, register_map=by_period, on=on, territory=TERRITORY)
        whole = counted_wh(shape=shape, scale=7, register_map=RegisterMap(), on=on, territory=TERRITORY)
        assert sum(parts.values()) == whole["total"]


def test_a_day_on_which_clocks_change_has_its_own_hours() -> None:
    spring, usual = date(2026, 3, 8), date(2026, 3, 15)
    assert calendar(TERRITORY).hours_in_day(spring) == 23

    def drawn(day: date) -> int:
        ends = [
            counted_wh(shape=3, scale=1, register_map=RegisterMap(), on=on, territory=TERRITORY)["total"]
            for on in (day, day + timedelta(days=1))
        ]
        return ends[1] - ends[0]

    assert drawn(spring) < drawn(usual)


def test_a_meter_never_runs_backwards() -> None:
    point = territory_points()[3]
    meter = usage_point_of(point).meters[0]
    reads = [
        reads_on(point, meter=meter, product=product_map(point), on=BEGINS_ON + timedelta(days=n)) for n in range(40)
    ]
    for before, after in pairwise(reads):
        assert all(after.values_wh[name] >= value for name, value in before.values_wh.items())
