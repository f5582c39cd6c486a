"""Files on a real database: corrected files go on, names are keys, and no cell stops a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evenroll.enrollment.form import Language
from evenroll.intake.result_file import ResultRow
from evenroll.programs.program import MeterCapability
from tests.application_rows import application_row, night_in_capitals
from tests.territory import NIGHT_RATE, NOW, Territory, new_territory


@pytest.fixture
def territory(django_ready: object) -> Territory:
    """One whose program has a key as a catalog writes it, in capitals."""
    return night_in_capitals(new_territory())


def row(territory: Territory, **cells: object) -> dict[str, object]:
    """A row of a new customer that can be enrolled; cells: what it says besides."""
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    return application_row(territory.utility, territory.night.key, premise.answers(), **cells)


def run(
    territory: Territory,
    folder: Path,
    *rows: dict[str, object],
    drive: bool = False,
    language: Language = Language.EN,
) -> list[ResultRow]:
    """The results of a file with these rows."""
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules

    path = folder / "applications.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset({str(territory.utility)}),
        programs=frozenset({str(territory.night.key)}),
    )
    bulk = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=(territory.utility,), language=language)
    return list(run_file(bulk, driver=lambda: territory.run() if drive else None))


def test_a_corrected_file_opens_nothing_twice(territory: Territory, tmp_path: Path) -> None:
    good = row(territory, application="A-1")
    wrong = row(territory, application="A-2", signed_on="yesterday")
    first = run(territory, tmp_path, good, wrong, drive=True)
    assert [each.result for each in first] == ["accepted", "bad_row"], first[0].problems
    mended = {**wrong, "signed_on": "2026-11-01"}
    again = run(territory, tmp_path, mended, good, drive=True)
    assert [(each.result, each.status) for each in again] == [("accepted", "enrolled")] * 2
    assert again[1].case == first[0].case != again[0].case
    third = run(territory, tmp_path, {**good, "model": "Another"})
    assert third[0].case == first[0].case
    # A name that comes again for something else is said aloud: nothing is taken for told.
    assert (third[0].result, third[0].problems[0]["code"]) == ("refused", "key_reused")
    assert "A-1" in third[0].problems[0]["sentence"]
    assert territory.events(territory.utility, first[0].case).count("form_received") == 1


@pytest.mark.parametrize(
    ("language", "sentence", "cure"),
    [
        (Language.EN, "The account holder, or someone", "Let the account holder sign"),
        (Language.ES, "La solicitud debe hacerla", "Haga que firme el titular"),
    ],
)
def test_a_finding_is_told_in_words_beside_its_codes(
    territory: Territory, tmp_path: Path, language: Language, sentence: str, cure: str
) -> None:
    (told,) = run(territory, tmp_path, row(territory, holder="neither"), drive=True, language=language)
    found = next(each for each in told.findings if each["cure"] == "account_holder_applies")
    assert found["outcome"] == "curable"
    assert found["sentence"].startswith(sentence)
    assert found["cure_sentence"].startswith(cure)


def test_a_case_that_a_broken_run_holds_is_told_until_when(territory: Territory, tmp_path: Path) -> None:
    from evenroll.records.deadlines import due

    application = row(territory, application="A-1")
    run(territory, tmp_path, application)
    assert due(territory.utility, now=NOW, limit=10)
    (told,) = run(territory, tmp_path, application)
    assert [each["code"] for each in told.problems] == ["held"]
    assert told.result == "accepted"
    assert "evenroll worker --once" in told.problems[0]["sentence"]
    assert "UTC" in told.problems[0]["sentence"]


def test_a_row_that_was_refused_at_the_opening_may_come_corrected(territory: Territory, tmp_path: Path) -> None:
    refused = row(territory, application="A-1", offer="4711")
    assert run(territory, tmp_path, refused)[0].result == "refused"
    mended = {key: cell for key, cell in refused.items() if key != "offer"}
    results = [run(territory, tmp_path, mended)[0], run(territory, tmp_path, mended, row(territory))[0]]
    assert [each.result for each in results] == ["accepted"] * 2
    assert results[0].case == results[1].case


def test_one_name_for_two_applications_is_a_bad_row_that_names_the_first(territory: Territory, tmp_path: Path) -> None:
    one = row(territory, application="A-1")
    other = row(territory, application="A-1")
    told = run(territory, tmp_path, one, other, one)
    assert [each.result for each in told] == ["accepted", "bad_row", "accepted"]
    assert told[0].case == told[2].case
    (problem,) = told[1].problems
    assert (problem["column"], problem["code"]) == ("application", "application_twice")
    assert "row 1" in problem["sentence"]


@pytest.mark.parametrize(
    ("column", "length"),
    [("usage_point", 41), ("application", 81), ("model", 81), ("receipt", 41), ("keyed_by", 61), ("note", 501)],
)
def test_a_cell_that_is_too_long_is_named_and_the_others_go_on(
    territory: Territory, tmp_path: Path, column: str, length: int
) -> None:
    mail = {"channel": "mail", "receipt": "R-1", "keyed_by": "ana"} if column in ("receipt", "keyed_by") else {}
    long = row(territory, **{**mail, column: "x" * length})
    told = run(territory, tmp_path, long, row(territory))
    assert [each.result for each in told] == ["bad_row", "accepted"]
    assert (column, "too_long") in [(each["column"], each["code"]) for each in told[0].problems]


@pytest.mark.parametrize("said", [{"a": "x" * 600}, {"a\0": "b"}, {"a": "\ud800"}])
def test_selections_of_json_are_read_like_any_text(territory: Territory, tmp_path: Path, said: object) -> None:
    told = run(territory, tmp_path, row(territory, selections=said), row(territory))
    assert [each.result for each in told] == ["bad_row", "accepted"]


def test_what_the_database_refuses_stops_no_other_row(territory: Territory, tmp_path: Path) -> None:
    fresh = [row(territory, application=f"B-{number}") for number in range(3)]
    with refusing(number_of(territory, fresh[1])):
        told = run(territory, tmp_path, *fresh)
    assert [each.result for each in told] == ["accepted", "failed", "accepted"]


@contextmanager
def refusing(number: str) -> Iterator[None]:
    """A database that takes no entry of this case. What it takes meanwhile is as ever, so replay holds afterwards."""
    from django.db import connections

    owner = connections["owner"]
    with owner.cursor() as pen:
        pen.execute(
            f"ALTER TABLE journal_entry ADD CONSTRAINT refused_by_a_test CHECK (stream_key <> '{number}') NOT VALID"
        )
    try:
        yield
    finally:
        with owner.cursor() as pen:
            pen.execute("ALTER TABLE journal_entry DROP CONSTRAINT refused_by_a_test")
        owner.close()


def number_of(territory: Territory, cells: dict[str, object]) -> str:
    from evenroll.quantities.identifiers import case_number
    from evenroll.records import vault
    from evenroll.records.organizations import open_organization

    key = f"application/{territory.utility}/{cells['application']}"
    with open_organization(territory.utility):
        return case_number(bytes.fromhex(vault.digest(key, purpose="intake/case")))


@pytest.mark.parametrize(("language", "said"), [(Language.EN, "address"), (Language.ES, "dirección")])
def test_what_needs_an_answer_before_any_decision_says_why(
    territory: Territory, tmp_path: Path, language: Language, said: str
) -> None:
    nowhere = row(territory, account_number="", meter_serial="", service_address="1 Nowhere Road")
    (told,) = run(territory, tmp_path, nowhere, drive=True, language=language)
    assert (told.status, told.decision) == ("needs_answer", "")
    (why,) = told.problems
    assert why["code"] == "provider_answer.not_found"
    assert told.case in why["sentence"] and said in why["sentence"]
