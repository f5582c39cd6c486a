"""Meters, rates, reads, the registry, lists and prices loaded from files; what Evenroll did itself stands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.eligibility_facts import EquipmentListing
from evenroll.enrollment.point_events import AgreementSwitched
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.rows import Row
from evenroll.programs.program import ServiceChange
from evenroll.quantities.identifiers import ActorKey, PodId, ProgramKey, RateKey
from evenroll.records import looked_up
from evenroll.records.approved_equipment import listing_of
from evenroll.records.load_terms import LoadKind
from evenroll.records.organizations import open_organization
from evenroll.records.price_series import prices_of, series_known
from evenroll.records.unit_of_work import unit_of_work
from tests.intake.loaded import METERS, NOW, RATES, TODAY, Loader, assert_true_to_journal, books, counts, lines
from tests.intake.loaded import new_organization as organization

METER_HEAD = "usage_point,serial,capability,rollover_kwh,installed_on,removed_on,opening_kwh,closing_kwh"


@pytest.fixture
def loader(tmp_path: Path, django_ready: object) -> Loader:
    loader = Loader(folder=tmp_path)
    for _ in books(loader):
        pass
    return loader


def agreements(loader: Loader, pod: str) -> list[tuple[object, ...]]:
    return loader.rows(
        "SELECT rate, supplier, start_on, end_on FROM service_agreement WHERE pod = %s ORDER BY start_on", pod
    )


def test_rates_tile_and_an_open_end_goes_to_the_next_beginning(loader: Loader) -> None:
    text = lines("usage_point,rate,from_on,until_on", "LKL-1,TOU-D,2024-01-01,", "LKL-1,STD,2020-05-01,")
    assert loader.load(LoadKind.RATES, text).is_kept
    own = loader.organization
    assert agreements(loader, "LKL-1") == [
        ("STD", own, date(2020, 5, 1), date(2024, 1, 1)),
        ("TOU-D", own, date(2024, 1, 1), None),
    ]
    # A later file may tell only what is new: what stood before its first day stays.
    loaded = loader.load(LoadKind.RATES, lines("usage_point,rate,from_on", "LKL-1,EV-A,2026-10-01"))
    assert counts(loaded) == {"new": 1, "changed": 0, "unchanged": 0, "kept": 0, "absent": 2}
    assert agreements(loader, "LKL-1")[-2:] == [
        ("TOU-D", own, date(2024, 1, 1), date(2026, 10, 1)),
        ("EV-A", own, date(2026, 10, 1), None),
    ]
    assert_true_to_journal(loader)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("LKL-1,A,2020-05-01,2020-12-31", "LKL-1,B,2021-01-01,"), [(3, "from_on", "periods_gap")]),
        (("LKL-1,A,2020-05-01,2021-02-01", "LKL-1,B,2021-01-01,"), [(3, "from_on", "periods_overlap")]),
        (("LKL-1,A,2020-05-01,2020-05-01",), [(2, "until_on", "end_not_after_start")]),
        (("LKL-1,A,2020-05-01,", "LKL-1,B,5/1/2020,"), [(3, "from_on", "date_ambiguous")]),
        (("LKL-1,A,2020-05-01,", "LKL-1,B,2020-05-01,"), [(3, "from_on", "duplicate")]),
        (("LKL-9,A,2020-05-01,",), [(2, "usage_point", "usage_point_unknown")]),
    ],
)
def test_rates_that_do_not_tile_are_named_by_row(
    loader: Loader, rows: tuple[str, ...], said: list[tuple[int, str, str]]
) -> None:
    loaded = loader.load(LoadKind.RATES, lines("usage_point,rate,from_on,until_on", "", *rows))
    assert [(row - 1, column, code) for row, column, code in loader.said()] == said
    assert not loaded.is_kept
    assert agreements(loader, "LKL-1") == []


def test_what_evenroll_switched_is_never_taken_back_by_a_file(loader: Loader) -> None:
    loader.load(LoadKind.RATES, RATES)
    switched = AgreementSwitched(
        row=Row.R5D, switch_on=date(2026, 11, 10), change=ServiceChange.REPLACED_RATE, new_rate=RateKey("EV-NIGHT")
    )
    actor = Actor(key=ActorKey("office-1"), role=Role.METER_OFFICE, organization=loader.organization)
    with unit_of_work(loader.organization, actor=actor, now=NOW) as work:
        pod = PodId("LKL-1")
        work.record_point(pod, Decided(point_events=(switched,)), expected=work.usage_point(pod))
    before = agreements(loader, "LKL-1")
    loaded = loader.load(LoadKind.RATES, RATES)
    assert counts(loaded) == {"new": 0, "changed": 0, "unchanged": 1, "kept": 2, "absent": 1}
    assert loaded.is_kept and agreements(loader, "LKL-1") == before
    # A file that knows of the switch, and of something after it, is believed.
    text = lines("usage_point,rate,from_on", "LKL-1,STD,2026-12-01")
    assert counts(loader.load(LoadKind.RATES, text))["new"] == 1
    assert agreements(loader, "LKL-1")[-2:] == [
        ("EV-NIGHT", loader.organization, date(2026, 11, 10), date(2026, 12, 1)),
        ("STD", loader.organization, date(2026, 12, 1), None),
    ]
    assert_true_to_journal(loader)


def test_meters_follow_each_other_and_a_corrected_one_is_changed(loader: Loader) -> None:
    loader.load(LoadKind.METERS, METERS)
    assert loader.faults == []
    meters = "SELECT serial, capability, removed_on, opening, closing FROM meter WHERE pod = 'LKL-1' ORDER BY position"
    assert loader.rows(meters) == [
        ("M-1", "total_register", date(2021, 6, 1), '{"total":0}', '{"total":48213500}'),
        ("M-9", "interval", None, '{"total":0}', "{}"),
    ]
    loaded = loader.load(LoadKind.METERS, METERS.replace("2021-06-01,,0,", "2021-06-01,,1.5,"))
    assert counts(loaded) == {"new": 0, "changed": 1, "unchanged": 2, "kept": 0, "absent": 1}
    assert loader.rows(meters)[1][3] == '{"total":1500}'
    assert_true_to_journal(loader)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("LKL-1,X,interval,1000,2020-01-01,,0,", "LKL-1,Y,interval,1000,2021-01-01,,0,"), "two_meters_in_place"),
        (("LKL-1,X,interval,1000,2020-01-01,,0,", "LKL-2,X,interval,1000,2021-01-01,,0,"), "meter_elsewhere"),
        (("LKL-1,X,interval,1000,2020-01-01,2021-01-01,0,",), "missing"),
        (("LKL-1,X,interval,1000,2020-01-01,2019-01-01,0,1",), "end_not_after_start"),
        (("LKL-1,X,interval,1000,2020-01-01,,1000,",), "not_register_values"),
        (("LKL-1,X,interval,1000,2020-01-01,,peak=1,",), "not_register_values"),
        (("LKL-1,X,interval,1000,2027-01-01,,0,",), "after_as_of"),
    ],
)
def test_meters_that_cannot_be_are_named(loader: Loader, rows: tuple[str, ...], said: str) -> None:
    loaded = loader.load(LoadKind.METERS, lines(METER_HEAD, *rows))
    assert {each.code.value for each in loader.faults} == {said}
    assert not loaded.is_kept and loader.rows("SELECT count(*) FROM meter") == [(0,)]


def test_a_meter_that_hangs_elsewhere_in_the_books_is_named_with_its_place(loader: Loader) -> None:
    loader.load(LoadKind.METERS, METERS)
    loader.load(LoadKind.METERS, lines(METER_HEAD, "LKL-3,M-9,interval,1000,2022-01-01,,0,"))
    assert [(each.code.value, each.choices) for each in loader.faults] == [("meter_elsewhere", ("LKL-1",))]


def test_reads_come_once_and_a_corrected_one_takes_the_place_of_the_first(loader: Loader) -> None:
    loader.load(LoadKind.METERS, METERS)
    text = lines("meter,read_date,kwh,quality", 'M-9,11/15/2026,"1,204.5",actual', "M-9,15-Oct-2026,1100,estimated", "")
    assert counts(loader.load(LoadKind.READS, text)) == {"new": 2, "changed": 0, "unchanged": 0}
    assert counts(loader.load(LoadKind.READS, text)) == {"new": 0, "changed": 0, "unchanged": 2}
    assert counts(loader.load(LoadKind.READS, text.replace("1100", "1101")))["changed"] == 1
    reads = "SELECT read_on, value_wh, quality FROM meter_read ORDER BY read_on"
    assert loader.rows(reads) == [
        (date(2026, 10, 15), 1_101_000, "estimated"),
        (date(2026, 11, 15), 1_204_500, "actual"),
    ]
    loader.load(LoadKind.READS, lines("serial,read_on,value_kwh", "M-8,2026-11-01,1", "M-9,2026-11-24,1"))
    assert loader.said() == [(3, "read_on", "after_as_of"), (2, "serial", "meter_unknown")]


def test_the_registry_is_found_by_address_and_the_address_is_nowhere(tmp_path: Path, django_ready: object) -> None:
    registry = Loader(folder=tmp_path, organization=organization(OrganizationKind.CLEARINGHOUSE))
    text = lines(
        "usage_point,zip,service_address,utility,supplier,supplier_kind,from_on",
        "LKL-1,60999,12 Elm St,lakeland,,utility,2020-05-01",
        "LKL-2,60999,14 Elm St,lakeland,brightwater,esco,2020-05-01",
    )
    assert registry.load(LoadKind.SUPPLIER_OF_RECORD, text).is_kept, registry.faults
    assert counts(registry.load(LoadKind.SUPPLIER_OF_RECORD, text))["unchanged"] == 2
    [found] = looked_up.supply_at(registry.organization, postal_code="60999", address="14 ELM ST.", on=NOW.date())
    assert (found.pod, found.supplier) == ("LKL-2", "brightwater")
    moved = text.replace("14 Elm St", "16 Elm St").replace("brightwater", "prairie")
    assert counts(registry.load(LoadKind.SUPPLIER_OF_RECORD, moved))["changed"] == 1
    at = [
        [
            each.supplier
            for each in looked_up.supply_at(registry.organization, postal_code="60999", address=a, on=NOW.date())
        ]
        for a in ("14 Elm St", "16 Elm St")
    ]
    assert at == [[], ["prairie"]]
    registry.load(LoadKind.SUPPLIER_OF_RECORD, text.replace("lakeland,,utility", "lakeland,,esco"))
    assert registry.said() == [(2, "supplier", "missing")]


def test_equipment_is_listed_by_program_or_for_all_and_unknown_without_a_list(loader: Loader) -> None:
    def listing(model: str, on: date = TODAY) -> EquipmentListing:
        with open_organization(loader.organization):
            return listing_of(model, program=ProgramKey("ANY"), on=on)

    assert listing("Wallbox-11") is EquipmentListing.UNKNOWN
    text = lines(
        "model,kind,listed_from_on,listed_until_on",
        "Wallbox-11,evse,2025-01-01,",
        "Cord Pro 2,cordset,2024-01-01,2025-06-01",
    )
    assert loader.load(LoadKind.APPROVED_EQUIPMENT, text).is_kept
    assert listing("wallbox-11 ") is EquipmentListing.LISTED
    assert listing("Cord  Pro 2") is EquipmentListing.NOT_LISTED
    assert listing("Cord Pro 2", date(2025, 5, 31)) is EquipmentListing.LISTED
    assert listing("Wallbox-11", date(2024, 12, 31)) is EquipmentListing.NOT_LISTED
    assert listing("") is EquipmentListing.NOT_CHOSEN
    loader.load(LoadKind.APPROVED_EQUIPMENT, lines("program,model,kind,listed_from_on", "NOPE,X,evse,2025-01-01"))
    assert loader.said() == [(2, "program", "program_unknown")]


def test_prices_cover_a_day_of_25_hours_and_a_gap_is_seen(loader: Loader) -> None:
    rows = [f"RTP,2026-11-01T{hour:02d}:00:00-05:00,,{hour}.25,PJM" for hour in range(2)]
    rows += [f"RTP,2026-11-01T{hour:02d}:00:00-06:00,,-{hour}.5,PJM" for hour in (1, 2, 4)]
    text = lines("series,start_at,end_at,price_cents_per_kwh,source", *rows)
    assert loader.load(LoadKind.PRICE_SERIES, text).is_kept, loader.said()
    assert counts(loader.load(LoadKind.PRICE_SERIES, text)) == {"new": 0, "changed": 0, "unchanged": 5}
    with open_organization(loader.organization):
        assert series_known() == ("RTP",)
        found = prices_of(
            "RTP", from_at=datetime(2026, 11, 1, 5, 30, tzinfo=UTC), until_at=datetime(2026, 11, 1, 10, tzinfo=UTC)
        )
    assert [(each.start_at.hour, each.price_e8_per_kwh) for each in found] == [
        (5, 250_000),
        (6, 1_250_000),
        (7, -1_500_000),
        (8, -2_500_000),
    ]
    loader.load(LoadKind.PRICE_SERIES, text.replace("-05:00", ""))
    assert loader.said() == [(3, "start_at", "local_time_twice")]
    half = lines(
        "series,start_at,end_at,price_usd_per_kwh,source", "RTP,2026-11-01T02:30-06:00,2026-11-01T03:00-06:00,1,X"
    )
    loader.load(LoadKind.PRICE_SERIES, half)
    assert loader.said() == [(2, "start_at", "hours_overlap")]


def test_a_price_that_changed_carries_the_day_of_its_file(loader: Loader) -> None:
    text = lines("series,start_at,price_usd_per_kwh,source", "RTP,2026-11-02T01:00:00,0.08125,PJM")
    loader.load(LoadKind.PRICE_SERIES, text, as_of_on=date(2026, 11, 3))
    told = "SELECT price_e8_per_kwh, as_of_on FROM price_series"
    loader.load(LoadKind.PRICE_SERIES, text)
    assert loader.rows(told) == [(8_125_000, date(2026, 11, 3))]
    loader.load(LoadKind.PRICE_SERIES, text.replace("0.08125", "0.08"))
    assert loader.rows(told) == [(8_000_000, NOW.date())]
