"""Enrollments that exist already: they take their place, so that nobody is enrolled twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from evenroll.records import queries
from evenroll.records.load_terms import LoadKind
from tests.intake.loaded import Loader, assert_true_to_journal, books, counts, lines

HEAD = "enrollment,account,usage_point,program,enrolled_on,active_on"


@pytest.fixture
def loader(tmp_path: Path, django_ready: object) -> Loader:
    loader = Loader(folder=tmp_path)
    for _ in books(loader):
        pass
    return loader


def published(loader: Loader, **changes: object) -> ProgramVersion:
    from evenroll.records.published import publish

    catalog = load_catalog()
    program = replace(
        catalog.program(ProgramKey("LE-EV-NIGHT")),
        key=ProgramKey(f"NIGHT-{loader.organization.removeprefix('load-')}"),
        organization=loader.organization,
        **changes,  # type: ignore[arg-type]
    )
    publish(program)
    return program


def rows_of(program: ProgramVersion) -> str:
    return lines(
        HEAD,
        f"OLD-1,4410-001,LKL-1,{program.key},2024-03-01,2024-04-01",
        f"OLD-2,4410-002,LKL-2,{program.key},2024-03-01,2024-04-01",
    )


def test_they_stand_as_active_cases_that_hold_their_place(loader: Loader) -> None:
    program = published(loader)
    text = rows_of(program)
    assert counts(loader.load(LoadKind.ENROLLMENTS, text)) == {"new": 2, "unchanged": 0, "kept": 0}, loader.said()
    assert counts(loader.load(LoadKind.ENROLLMENTS, text)) == {"new": 0, "unchanged": 2, "kept": 0}
    places = "SELECT unit_kind, unit_id, live FROM place ORDER BY unit_id"
    assert loader.rows(places) == [("usage_point", "LKL-1", True), ("usage_point", "LKL-2", True)]
    viewer = queries.Viewer(organization=loader.organization, role=Role.SYSTEM)
    [number, _] = [row[0] for row in loader.rows("SELECT number FROM case_record ORDER BY number")]
    case = queries.case(viewer, number=CaseNumber(number))
    assert case.status is State.ACTIVE and case.course.owner is Role.SYSTEM
    assert case.proof.customer is not None and case.price_since is not None
    # They have known of it for years: nobody is told.
    assert loader.rows("SELECT count(*) FROM notice") == [(0,)]
    assert_true_to_journal(loader)


def test_a_unit_that_is_enrolled_already_is_named_with_its_case(loader: Loader) -> None:
    program = published(loader)
    loader.load(LoadKind.ENROLLMENTS, rows_of(program))
    holder = loader.rows("SELECT case_number FROM place WHERE unit_id = 'LKL-1'")[0][0]
    twice = lines(HEAD, f"OLD-9,4410-001,LKL-1,{program.key},2025-03-01,2025-04-01")
    loaded = loader.load(LoadKind.ENROLLMENTS, twice)
    assert [(each.code.value, each.choices) for each in loader.faults] == [("place_taken", (holder,))]
    assert not loaded.is_kept and loader.rows("SELECT count(*) FROM case_record") == [(2,)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("OLD-1,999,LKL-1,{program},2024-03-01,2024-04-01", ("account", "account_unknown")),
        ("OLD-1,4410-001,LKL-2,{program},2024-03-01,2024-04-01", ("usage_point", "not_of_account")),
        ("OLD-1,4410-001,LKL-1,NOPE,2024-03-01,2024-04-01", ("program", "program_unknown")),
        ("OLD-1,4410-001,LKL-1,{program},2024-03-01,2024-02-01", ("active_on", "end_not_after_start")),
        ("OLD-1,4410-001,LKL-1,{program},2027-03-01,2027-04-01", ("enrolled_on", "after_as_of")),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_kept(loader: Loader, row: str, said: tuple[str, str]) -> None:
    program = published(loader)
    good = f"OLD-2,4410-002,LKL-2,{program.key},2024-03-01,2024-04-01"
    loaded = loader.load(LoadKind.ENROLLMENTS, lines(HEAD, good, row.format(program=program.key)))
    assert loader.said() == [(3, *said)] and not loaded.is_kept
    assert loader.rows("SELECT (SELECT count(*) FROM case_record), (SELECT count(*) FROM place)") == [(0, 0)]


def test_they_count_to_the_cap_of_their_program(loader: Loader) -> None:
    from evenroll.programs.program_terms import Cap

    program = published(loader, cap=Cap(places=1, waiting_list=False, offer_days=10))
    text = rows_of(program)
    loader.load(LoadKind.ENROLLMENTS, text)
    assert loader.said() == [(3, "program", "program_full")]
    assert counts(loader.load(LoadKind.ENROLLMENTS, "\n".join(text.splitlines()[:2]) + "\n"))["new"] == 1
    assert loader.rows("SELECT cap, taken FROM program_place") == [(1, 1)]


def test_a_dry_run_keeps_no_case(loader: Loader) -> None:
    program = published(loader)
    loaded = loader.load(LoadKind.ENROLLMENTS, rows_of(program), dry_run=True)
    assert counts(loaded)["new"] == 2 and loader.rows("SELECT count(*) FROM case_record") == [(0,)]
