"""`evenroll export`: what goes back to the utility's own systems after an enrollment has run its course."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evenroll.intake.export_file import ExportFormat, write_export
from evenroll.programs.program import MeterCapability
from evenroll.records.export_terms import COLUMNS, EnrollmentStatus, ExportKind
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.meter_work import exchange_meter
from tests.runtime.line import Said, line
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory
from tests.territory_books import Premise

CUSTOMER = "{http://naesb.org/espi/customer}"


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def assert_nothing_personal(folder: Path, premise: Premise) -> None:
    written = b"".join(each.read_bytes() for each in folder.iterdir())
    for value in premise.answers().values():
        assert len(value) < 5 or value.encode() not in written


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_an_enrollment_leaves_for_the_other_systems(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    there = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    done = territory.apply(there)
    waiting = territory.premise()
    pending = territory.apply(waiting)
    territory.run()
    order = territory.order_of(territory.utility, pending)
    exchange_meter(territory, waiting, order.number, registers=NIGHT_RATE, on=date(2026, 11, 10))
    territory.run_through(NOW + days(60))

    def export(kind: ExportKind, format_: ExportFormat = ExportFormat.CSV) -> int:
        from evenroll.records.exports import EXPORTS
        from evenroll.records.organizations import open_organization

        path = tmp_path / f"{kind.value}.{format_.value}"
        with open_organization(territory.utility):
            return write_export(path, EXPORTS[kind](None), columns=COLUMNS[kind], format=format_, now=NOW)

    def line_of(*arguments: str) -> Said:
        given = ("export", *arguments, "--organization", territory.utility, "--json")
        return line(django_ready, embedded_home, *given, folder=tmp_path)

    told = {kind: export(kind) for kind in ExportKind}
    changes = rows(tmp_path / "rate_changes.csv")
    assert told[ExportKind.RATE_CHANGES] == len(changes) == 2
    by_point = {each["usage_point"]: each for each in changes}
    switched = territory.order_of(territory.utility, done).switch
    assert switched is not None
    row = by_point[there.pod]
    assert (row["old_rate"], row["new_rate"]) == (switched.old_rate, switched.new_rate)
    assert row["switch_on"] == str(switched.switch_on) and row["case"] == done
    orders = {each["order"]: each for each in rows(tmp_path / "meter_orders.csv")}
    assert orders[order.number]["done_on"] == "2026-11-10" and orders[order.number]["new_serial"]
    agreements = {each["case"]: each for each in rows(tmp_path / "agreements.csv")}
    assert agreements[done]["enrollment_status"] == EnrollmentStatus.ENROLLED
    assert set(agreements) == {done, pending}
    assert {each["number"] for each in rows(tmp_path / "notices.csv")} >= {done, pending}
    later = line_of("rate_changes", "--since", "2027-06-01")
    assert later.told["rows"] == 0 and rows(tmp_path / "rate_changes.csv") == []
    assert line_of("agreements", "--format", "espi").code == ExitCode.OK
    feed = ElementTree.parse(tmp_path / "agreements.xml").getroot()
    found = {
        each.findtext(f".//{CUSTOMER}agreementId"): each.findtext(f".//{CUSTOMER}enrollmentStatus")
        for each in feed.iter(f"{CUSTOMER}CustomerAgreement")
    }
    assert found == {number: each["enrollment_status"] for number, each in agreements.items()}
    assert export(ExportKind.METER_ORDERS, ExportFormat.PARQUET) == told[ExportKind.METER_ORDERS]
    assert_nothing_personal(tmp_path, there)


def test_wrong_use_is_refused_and_leaves_no_file(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    for arguments, code, said in (
        (("notices",), ExitCode.WRONG_USE, "--organization KEY"),
        (("notices", "--organization", territory.utility, "--format", "espi"), ExitCode.WRONG_USE, "for agreements"),
        (("notices", "--organization", territory.utility, "--since", "x"), ExitCode.WRONG_USE, "no day"),
        (
            ("notices", "--organization", territory.utility, "--out", "no/x.csv"),
            ExitCode.WRONG_USE,
            "cannot be written",
        ),
        (("nonsense",), ExitCode.WRONG_USE, "nonsense"),
    ):
        done = line(django_ready, embedded_home, "export", *arguments, folder=tmp_path)
        assert (done.code, said in done.err) == (code, True), done.err
    assert list(tmp_path.iterdir()) == []
