"""The lane for many leaves what one by one leaves: the same entries, states, waits, places, notices and answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from evenroll.intake.result_file import ResultRow
from evenroll.programs.program import MeterCapability
from evenroll.programs.program_terms import Cap
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey
from tests.application_rows import application_row, in_capitals, night_in_capitals
from tests.intake.both_lanes import Left
from tests.territory import NIGHT_RATE, NOW, Premise, Territory, new_territory

pytestmark = pytest.mark.usefixtures("django_ready")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A file that was run through the bulk door."""

    territory: Territory
    rows_given: list[dict[str, object]]
    told: list[ResultRow]
    left: Left

    def rows(self, organization: OrganizationKey) -> dict[str, list[str]]:
        return self.left.tables(organization)


def _territory() -> Territory:
    territory = night_in_capitals(new_territory())
    territory.supply = in_capitals(territory, territory.supply, name="DRIVE")
    return territory


def _premises(territory: Territory) -> list[Premise]:
    ready: dict[str, Any] = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    return [
        territory.premise(**ready),
        territory.premise(**ready),
        territory.premise(),
        territory.premise(**ready, good_standing=False),
        territory.premise(**ready, supplier=territory.esco),
        territory.premise(**ready, supplier=territory.esco),
    ]


def _rows(territory: Territory, premises: Sequence[Premise], *, with_disputed: bool = False) -> list[dict[str, object]]:
    """Applications of every kind that the lane takes, and of some that it leaves.

    with_disputed: one for a car that another one names before. What it does to the other one depends on how far that
    one has come, and singly all go on abreast.
    """
    first, second, plain, owing, esco, other = premises

    def row(premise: Premise, reference: str, **cells: object) -> dict[str, object]:
        bulk = {"channel": "bulk", "documents": "vehicle_registration;letter_of_authorization"}
        told = {"application": reference, **bulk, **cells}
        return application_row(territory.utility, territory.night.key, premise.answers()) | told

    at_esco = {"organization": str(territory.esco), "program": str(territory.supply.key)}
    disputed = [row(plain, "another's car", vin=second.vin)] if with_disputed else []
    return [
        row(first, "plain"),
        row(first, "again, the same place", vin=plain.vin),
        row(second, "by the number of the usage point", usage_point=second.pod, channel="web"),
        row(owing, "in arrears", holder="neither"),
        row(plain, "a stranger", name="Nobody Athome", last_bill_amount="1.11"),
        row(plain, "incomplete", vin="", signed_on=""),
        row(plain, "nowhere", service_address="1 Nowhere Lane", account_number="none"),
        row(esco, "at the supplier", **at_esco),
        row(other, "at the wrong door"),
        row(other, "on paper", channel="mail", receipt="M-1", keyed_by="one", second_keyed_by="two"),
        *disputed,
    ]


def _run(
    territory: Territory,
    folder: Path,
    rows: Sequence[dict[str, object]],
    *,
    together: bool,
    drive: bool = True,
    lane: Any = None,
) -> list[ResultRow]:
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules
    from evenroll.worker.batch_lane import BatchLane

    path = folder / f"{territory.tag}.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset({str(territory.utility), str(territory.esco)}),
        programs=frozenset({str(each["program"]) for each in rows}),
    )
    run = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=territory.organizations)
    taking = (lane or BatchLane)(installation=territory.installation, now=NOW) if together else None
    return list(run_file(run, driver=lambda: _drive(territory, drive), lane=taking))


def _drive(territory: Territory, drive: bool) -> None:
    if drive:
        territory.run()


def _ran(folder: Path, *, together: bool) -> Ran:
    from evenroll.intake.file_shape import file_shape

    territory = _territory()
    premises = _premises(territory)
    given = _rows(territory, premises)
    told = _run(territory, folder, given, together=together)
    source = file_shape(folder / f"{territory.tag}.jsonl").content_hash
    return Ran(territory=territory, rows_given=given, told=told, left=Left(territory, premises, told, source=source))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, django_ready: object) -> tuple[Ran, Ran]:
    """The same applications, singly and together."""
    folder = tmp_path_factory.mktemp("lanes")
    return _ran(folder, together=False), _ran(folder, together=True)


def test_every_application_is_told_the_same(both: tuple[Ran, Ran]) -> None:
    singly, together = ([(each.row, each.result, each.status, each.decision) for each in ran.told] for ran in both)
    assert together == singly
    assert len({each[2] for each in singly}) > 4, singly


@pytest.mark.parametrize("books", ["utility", "esco"])
def test_the_tables_are_equal(both: tuple[Ran, Ran], books: str) -> None:
    singly, together = (ran.rows(getattr(ran.territory, books)) for ran in both)
    for table, rows in singly.items():
        assert [each for each in rows if each not in together[table]] == [], table
        assert [each for each in together[table] if each not in rows] == [], table
        assert together[table] == rows, table
    assert singly["journal_entry"]


def test_the_answers_lie_under_the_same_keys(both: tuple[Ran, Ran]) -> None:
    owners: list[list[object]] = []
    for ran in both:
        own = [each for each in ran.told if each.organization == ran.territory.utility]
        kept = ran.left.kept(ran.territory.utility, [each.case for each in own])
        owners.append([owner for owner, _ in kept])
        for result, (_, answers) in zip(own, kept, strict=True):
            assert answers.items() <= ran.rows_given[result.row - 1].items()
    assert owners[0] == owners[1]
    assert ("customer", True, ["vin", "vin_tail"]) in owners[0]
    assert ("case", False, ["vin", "vin_tail"]) in owners[0]


def test_every_stream_holds_and_replay_is_equal(both: tuple[Ran, Ran]) -> None:
    from evenroll.records.journal import verify_organization
    from evenroll.records.replay import replay

    territory = both[1].territory
    for organization in territory.organizations:
        assert verify_organization(organization).holds
    assert replay("replay_batch_lane", organizations=(territory.utility, territory.esco)).equal


def test_the_lane_takes_cases_through_row_5_by_itself(tmp_path: Path) -> None:
    territory = _territory()
    rows = _rows(territory, _premises(territory), with_disputed=True)
    told = _run(territory, tmp_path, rows, together=True, drive=False)
    assert [each.result for each in told] == ["accepted"] * len(rows)
    decided = {each.application: (each.status, each.decision) for each in told}
    assert decided["plain"] == ("enrolled", "eligible")
    # It was decided after the one that has the place.
    assert decided["again, the same place"] == ("needs_answer", "not_yet")
    assert decided["in arrears"][1] in ("not_yet", "refused")
    assert decided["at the supplier"] == ("in_rescission", "eligible")
    # Whoever owns the car is asked first, and that is looked at singly.
    assert decided["another's car"][0] in ("proving", "vehicle_disputed")


def test_many_at_once_go_over_no_cap_and_wait_in_the_order_of_the_file(tmp_path: Path) -> None:
    from evenroll.enrollment.roles import Role
    from evenroll.records.program_lines import line_of
    from evenroll.records.published import publish
    from evenroll.records.queries import Viewer

    territory = _territory()
    program = replace(territory.night, key=ProgramKey(f"CAPPED-{territory.tag.upper()}"), cap=Cap(places=2))
    publish(program)
    ready: dict[str, Any] = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    row = _rows(territory, _premises(territory))[0]
    rows = [
        {
            **row,
            "application": f"A-{number}",
            "program": str(program.key),
            **{field.value: text for field, text in territory.premise(**ready).answers().items()},
        }
        for number in range(5)
    ]
    told = _run(territory, tmp_path, rows, together=True, drive=False)
    assert [each.status for each in told] == ["enrolled", "enrolled", "waitlisted", "waitlisted", "waitlisted"]
    line = line_of(Viewer(organization=territory.utility, role=Role.SYSTEM), program=program.key)
    # Of one instant they stand in the order of their numbers, as the rule of the line says.
    assert [each.case for each in line] == sorted(each.case for each in told[2:])


def test_a_batch_that_is_refused_is_taken_one_by_one(tmp_path: Path) -> None:
    from evenroll.worker.batch_lane import BatchLane

    class Refusing(BatchLane):
        def take(self, entering: Any, heard: Any) -> Any:
            super().take(entering, heard)
            raise psycopg.errors.UniqueViolation("there already")

    territory = _territory()
    rows = _rows(territory, _premises(territory))[:3]
    told = _run(territory, tmp_path, rows, together=True, lane=Refusing)
    assert [each.result for each in told] == ["accepted"] * 3
    assert [each.status for each in told] == ["enrolled", "needs_answer", "enrolled"]
