"""A utility's own books loaded from files: whole or not at all, and the same again changes nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from evenroll.enrollment.roles import OrganizationKind
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.load_file import LoadRefused
from evenroll.records import register_match, vault
from evenroll.records.load_terms import LoadKind, Standing
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.tokens import TokenKind
from tests.intake.loaded import (
    ACCOUNTS,
    METERS,
    POINTS,
    PREMISES,
    RATES,
    TODAY,
    Loader,
    assert_true_to_journal,
    books,
    counts,
    lines,
)
from tests.intake.loaded import new_organization as organization


@pytest.fixture
def loader(tmp_path: Path, django_ready: object) -> Loader:
    return Loader(folder=tmp_path)


def test_whole_books_are_loaded_and_the_same_again_changes_nothing(loader: Loader) -> None:
    first = [*books(loader), loader.load(LoadKind.METERS, METERS), loader.load(LoadKind.RATES, RATES)]
    assert loader.faults == []
    assert [each.is_kept for each in first] == [True] * 5
    assert [counts(each)["new"] for each in first] == [2, 2, 3, 3, 3]
    again = [*books(loader), loader.load(LoadKind.METERS, METERS), loader.load(LoadKind.RATES, RATES)]
    assert [counts(each)["new"] + counts(each)["changed"] for each in again] == [0] * 5
    assert [counts(each)["unchanged"] for each in again] == [2, 2, 3, 3, 3]
    # One entry for the usage point, one for its meters, one for its rates; none for loading the same again.
    entries = "SELECT stream_key, count(*) FROM journal_entry GROUP BY 1 ORDER BY 1"
    assert loader.rows(entries) == [("LKL-1", 3), ("LKL-2", 3), ("LKL-3", 1)]


def test_what_is_loaded_in_bulk_is_what_the_journal_tells(loader: Loader) -> None:
    for _ in books(loader):
        pass
    loader.load(LoadKind.METERS, METERS)
    loader.load(LoadKind.RATES, RATES)
    assert assert_true_to_journal(loader) == 7


def test_customers_are_found_by_what_was_loaded(loader: Loader) -> None:
    for _ in books(loader):
        pass
    told = {TokenKind.ACCOUNT_NUMBER: "4410001", TokenKind.NAME: "jose nunez", TokenKind.LAST_BILL_AMOUNT: "84.2"}
    found = register_match.match(loader.organization, values={**told, TokenKind.SERVICE_ADDRESS: "12 ELM ST"})
    assert found.agreed == {*told, TokenKind.SERVICE_ADDRESS}
    assert found.account is not None and found.account.pods == ("LKL-1",)
    assert loader.rows("SELECT pod, account_id IS NULL FROM usage_point ORDER BY pod")[-1] == ("LKL-3", True)


def test_nothing_of_a_file_with_one_bad_row_is_kept(loader: Loader) -> None:
    bad = ACCOUNTS + "4410-003,Late Row,,,industrial,2020-05-01,\n"
    loaded = loader.load(LoadKind.ACCOUNTS, bad)
    assert not loaded.is_kept and loader.said() == [(4, "customer_class", "not_a_choice")]
    for table in ("customer", "customer_account", "search_token", "personal_record", "customer_key", "load_run"):
        assert loader.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # type: ignore[arg-type]


def test_a_dry_run_tells_the_difference_and_keeps_nothing(loader: Loader) -> None:
    for _ in books(loader):
        pass
    changed = POINTS.replace("LKL-1,P-1,4410001,7,no", "LKL-1,P-1,4410001,9,no").replace("LKL-3", "LKL-4")
    loaded = loader.load(LoadKind.USAGE_POINTS, changed, dry_run=True)
    assert not loaded.is_kept and loader.faults == []
    assert counts(loaded) == {"new": 1, "changed": 1, "unchanged": 1, "absent": 1}
    examples = {standing.value: told for standing, told in loaded.difference.examples.items()}
    assert examples == {"new": ("LKL-4",), "changed": ("LKL-1",), "absent": ("LKL-3",)}
    assert loader.rows("SELECT pod, read_cycle FROM usage_point ORDER BY pod LIMIT 1") == [("LKL-1", "7")]
    loader.load(LoadKind.USAGE_POINTS, changed)
    assert loader.rows("SELECT pod, read_cycle FROM usage_point ORDER BY pod LIMIT 1") == [("LKL-1", "9")]
    # What the file does not have stays: a file never takes a usage point away.
    assert loader.rows("SELECT count(*) FROM usage_point") == [(4,)]


def test_duplicate_keys_name_both_rows(loader: Loader) -> None:
    for _ in books(loader):
        pass
    loader.load(LoadKind.ACCOUNTS, ACCOUNTS + "4410 001,Somebody,,,residential,2020-05-01,\n")
    assert loader.said() == [(4, "account", "not_a_number_given")]
    loader.load(LoadKind.ACCOUNTS, ACCOUNTS + "4410001,Somebody,,,residential,2020-05-01,\n")
    assert [(each.row, each.code.value, each.choices) for each in loader.faults] == [(4, "duplicate", ("2",))]
    loader.load(LoadKind.USAGE_POINTS, POINTS + "LKL-2,P-1,,8,\n")
    assert [(each.row, each.code.value, each.choices) for each in loader.faults] == [(5, "duplicate", ("3",))]


def test_everything_that_is_wrong_is_told_at_once(loader: Loader) -> None:
    for _ in books(loader):
        pass
    text = lines(
        "usage_point,premise,account,read_cycle,net_metering",
        "LKL-5,P-9,4410001,7,no",
        "LKL-6,P-1,999,7,maybe",
        ",P-1,,7,no",
        "LKL-7,P-1,999,7,no,extra",
        "LKL-8,P-1,999,7,no",
    )
    loader.load(LoadKind.USAGE_POINTS, text)
    assert sorted(loader.said()) == [
        (2, "premise", "premise_unknown"),
        (3, "net_metering", "not_yes_or_no"),
        (4, "usage_point", "missing"),
        (5, "", "too_many_cells"),
        (6, "account", "account_unknown"),
    ]


def test_a_column_that_is_not_there_says_nothing_and_an_empty_cell_does(loader: Loader) -> None:
    for _ in books(loader):
        pass
    loader.load(LoadKind.USAGE_POINTS, lines("usage_point,premise,read_cycle", "LKL-1,P-1,7", "LKL-2,P-2,9"))
    accounts = "SELECT pod, account_id IS NULL, net_metering FROM usage_point ORDER BY pod"
    assert loader.rows(accounts)[:2] == [("LKL-1", False, False), ("LKL-2", False, True)]
    loader.load(LoadKind.USAGE_POINTS, lines("usage_point,premise,account,read_cycle", "LKL-1,P-1,,7"))
    assert loader.rows(accounts)[0] == ("LKL-1", True, False)


def test_a_name_that_changed_is_changed_in_the_vault_and_found_anew(loader: Loader) -> None:
    for _ in books(loader):
        pass
    loaded = loader.load(LoadKind.ACCOUNTS, ACCOUNTS.replace("José Núñez", "José Ortiz").replace("84.20", "91.00"))
    assert counts(loaded) == {"new": 0, "changed": 1, "unchanged": 1, "absent": 0}
    assert loaded.difference.examples[Standing.CHANGED] == ("row 2",)
    for name, amount, count in (("jose ortiz", "91", 3), ("jose nunez", "84.20", 1)):
        values = {TokenKind.ACCOUNT_NUMBER: "4410001", TokenKind.NAME: name, TokenKind.LAST_BILL_AMOUNT: amount}
        assert len(register_match.match(loader.organization, values=values).agreed) == count
    with open_organization(loader.organization), cursor() as pen:
        refs = [row[0] for row in pen.execute("SELECT personal FROM customer ORDER BY id").fetchall()]
        assert vault.read(refs[0])["name"] == "José Ortiz"
        assert vault.read(refs[0])["phone"] == "555-010-2030"
    # A file without the columns of contact takes none of them away.
    loader.load(
        LoadKind.ACCOUNTS, lines("account,name,customer_class,opened_on", "4410-001,X Y,residential,2020-05-01")
    )
    with open_organization(loader.organization):
        assert vault.read(refs[0])["phone"] == "555-010-2030"


def test_no_personal_value_stands_in_the_open(loader: Loader) -> None:
    for _ in books(loader):
        pass
    columns = loader.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type IN ('text', 'character varying')"
    )
    for table, column in columns:
        for value in ("Núñez", "Elm St", "jose@", "4410-001", "4410001", "P-2"):
            found = (
                loader.rows(
                    f'SELECT count(*) FROM "{table}" WHERE "{column}" LIKE %s',  # type: ignore[arg-type]
                    f"%{value}%",
                )
                if table not in ("program_version",)
                else [(0,)]
            )
            assert found == [(0,)], (table, column, value)


def test_an_older_file_is_refused_after_a_newer_one(loader: Loader) -> None:
    loader.load(LoadKind.PREMISES, PREMISES)
    with pytest.raises(LoadRefused, match=r"as of 2026-11-23 already, and this file is as of 2026-11-22"):
        loader.load(LoadKind.PREMISES, PREMISES, as_of_on=TODAY - timedelta(days=1))


def test_a_kind_goes_only_into_the_books_that_keep_it(tmp_path: Path, django_ready: object) -> None:
    esco = Loader(folder=tmp_path, organization=organization(OrganizationKind.SUPPLIER))
    with pytest.raises(LoadRefused, match="keeps no meters: they belong into the books of a utility"):
        esco.load(LoadKind.METERS, METERS)
    with pytest.raises(LoadRefused, match="books of a clearinghouse"):
        esco.load(LoadKind.SUPPLIER_OF_RECORD, "x\n")
    for _ in books(esco):
        pass
    # A supplier bills a usage point and has no meter there, so no stream tells of it.
    assert esco.rows("SELECT (SELECT count(*) FROM usage_point), (SELECT count(*) FROM journal_entry)") == [(3, 0)]


def test_a_file_that_ends_wrongly_keeps_nothing(loader: Loader) -> None:
    for _ in books(loader):
        pass
    many = "".join(f"LKL-9{number:04d},P-1,,7,no\n" for number in range(3000))
    with pytest.raises(FileRefused, match="never closed"):
        loader.load(LoadKind.USAGE_POINTS, POINTS + many + '"LKL-X,P-1,,7,no\n')
    assert loader.rows("SELECT count(*) FROM usage_point") == [(3,)]
    loader.load(LoadKind.USAGE_POINTS, POINTS + many)
    assert loader.rows("SELECT count(*) FROM stream_head") == [(3003,)]


def test_ambiguous_days_wait_for_a_word(loader: Loader) -> None:
    text = ACCOUNTS.replace("2020-05-01", "05/01/2020")
    loader.load(LoadKind.ACCOUNTS, text)
    assert loader.said() == [(2, "opened_on", "date_ambiguous")]
    assert loader.load(LoadKind.ACCOUNTS, text, dates=DateOrder.DMY).is_kept
    assert loader.rows("SELECT opened_on FROM customer_account ORDER BY id")[0] == (date(2020, 1, 5),)


def test_the_run_is_noted(loader: Loader) -> None:
    loader.load(LoadKind.PREMISES, PREMISES)
    [(kind, as_of_on, told)] = loader.rows("SELECT kind, as_of_on, counts FROM load_run")
    assert (kind, as_of_on, json.loads(told)["new"]) == ("premises", TODAY, 2)
