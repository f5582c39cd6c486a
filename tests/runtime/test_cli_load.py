"""`evenroll load` at the terminal: what it says, the file of errors, its exit codes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from evenroll.enrollment.roles import OrganizationKind
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls
from tests.intake.loaded import PREMISES, new_organization
from tests.runtime.line import Said, line


class Terminal:
    """A utility of its own, and its commands."""

    def __init__(self, urls: DatabaseUrls, home: Path, folder: Path, key: OrganizationKey) -> None:
        self.urls, self.home, self.folder, self.key = urls, home, folder, key

    def load(self, kind: str, file: str, *arguments: str) -> Said:
        given = ("load", kind, file, "--organization", self.key, *arguments)
        return line(self.urls, self.home, *given, folder=self.folder)


@pytest.fixture
def terminal(django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path) -> Terminal:
    return Terminal(django_ready, embedded_home, tmp_path, new_organization(OrganizationKind.UTILITY))


def test_a_dry_run_then_the_load_then_the_same_again(terminal: Terminal) -> None:
    (terminal.folder / "premises.csv").write_bytes(PREMISES.encode("cp1252"))
    dry = terminal.load("premises", "premises.csv", "--dry-run", "--json")
    assert dry.code == ExitCode.OK and dry.told["loaded"] is False
    assert dry.told["difference"] == {"new": 2, "changed": 0, "unchanged": 0, "absent": 0}
    loaded = terminal.load("premises", "premises.csv")
    assert loaded.code == ExitCode.OK and "2 rows read. All of it is loaded." in loaded.out
    again = terminal.load("premises", "premises.csv", "--json")
    assert again.told["difference"] == {"new": 0, "changed": 0, "unchanged": 2, "absent": 0}
    assert not (terminal.folder / "premises.errors.csv").exists()


def test_errors_are_told_by_row_and_field_in_both_languages_and_stand_in_a_file(terminal: Terminal) -> None:
    rows = "".join(f'P-{number},"Peña {number}",0298\n' for number in range(30))
    (terminal.folder / "premises.csv").write_bytes(f"premise,address,zip\n{rows}".encode("cp1252"))
    said = terminal.load("premises", "premises.csv")
    assert said.code == ExitCode.SOME_ROWS_FAILED
    assert "Row 2, field postal_code: a postal code has five digits" in said.err
    assert "... and 10 more." in said.err and "Nothing was loaded. 30 errors" in said.err
    assert "read as cp1252" in said.err
    assert "Peña" not in said.err + said.out and "0298" not in said.err + said.out
    with (terminal.folder / "premises.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        errors = list(csv.DictReader(file))
    assert len(errors) == 30 and errors[0]["row"] == "2" and errors[0]["code"] == "postal_code_wrong"
    said = terminal.load("premises", "premises.csv", "--language", "es", "--json")
    assert said.told["faults"] == 30 and said.told["errors"] == "premises.errors.csv"
    assert "Fila 2, campo postal_code: un código postal tiene cinco dígitos" in said.err
    # Once it is mended, the errors of before are gone.
    (terminal.folder / "premises.csv").write_text(PREMISES, encoding="utf-8")
    assert terminal.load("premises", "premises.csv").code == ExitCode.OK
    assert not (terminal.folder / "premises.errors.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("premises", "none.csv"), ExitCode.WRONG_USE, "There is no file none.csv"),
        (("premises", "."), ExitCode.WRONG_USE, "is a folder"),
        (("premises", "/dev/zero"), ExitCode.WRONG_USE, "no regular file"),
        (("nonsense", "premises.csv"), ExitCode.WRONG_USE, "nonsense"),
        (("reads", "premises.csv"), ExitCode.WRONG_USE, "serial is missing"),
        (("premises", "premises.csv", "--as-of", "2099-01-01"), ExitCode.WRONG_USE, "has not come yet"),
        (("premises", "premises.csv", "--as-of", "soon"), ExitCode.WRONG_USE, "no day"),
        (("premises", "premises.csv", "--columns", "premise"), ExitCode.WRONG_USE, "OURS=THEIRS"),
        (("premises", "premises.csv", "--errors", "premises.csv"), ExitCode.WRONG_USE, "file of data itself"),
        (("premises", "premises.csv", "--errors", "no/such/e.csv"), ExitCode.OK, ""),
        (("supplier_of_record", "premises.csv"), ExitCode.REFUSED, "books of a clearinghouse"),
    ],
)
def test_wrong_use_is_one_sentence(terminal: Terminal, arguments: tuple[str, ...], code: int, said: str) -> None:
    (terminal.folder / "premises.csv").write_text(PREMISES, encoding="utf-8")
    done = terminal.load(arguments[0], arguments[1], *arguments[2:])
    assert done.code == code, done.err
    assert said in done.err


def test_an_organization_must_be_named_and_known(terminal: Terminal) -> None:
    (terminal.folder / "premises.csv").write_text(PREMISES, encoding="utf-8")
    for arguments, code, said in (
        ((), ExitCode.WRONG_USE, "--organization KEY, one of"),
        (("--organization", "nobody"), ExitCode.NOT_FOUND, "No organization is called"),
    ):
        given = ("load", "premises", "premises.csv", *arguments)
        done = line(terminal.urls, terminal.home, *given, folder=terminal.folder)
        assert (done.code, said in done.err) == (code, True), done.err


def test_a_parquet_file_loads_as_a_csv_does(terminal: Terminal) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    (terminal.folder / "premises.csv").write_text(PREMISES, encoding="utf-8")
    terminal.load("premises", "premises.csv")
    table = pa.table({"premise": ["P-1", "P-3"], "address": ["12 Elm St", "9 Oak"], "postal_code": [60999, 60999]})
    parquet.write_table(table, terminal.folder / "premises.parquet")
    said = terminal.load("premises", "premises.parquet", "--json")
    assert said.told["difference"] == {"new": 1, "changed": 0, "unchanged": 1, "absent": 1}


def test_a_rate_that_no_catalog_knows_is_told_with_its_rows_and_is_no_fault(terminal: Terminal) -> None:
    rows = "usage_point,rate,from_on\nP-1,LE-XX,2026-01-01\nP-2,LE-XX,2026-01-01\nP-3,LE-R,2026-01-01\n"
    (terminal.folder / "rates.csv").write_text(rows, encoding="utf-8")
    said = terminal.load("rates", "rates.csv", "--dry-run")
    assert "No catalog knows the rate LE-XX (2 rows): it enrolls" in said.err
    assert "rate LE-R " not in said.err
    assert terminal.load("rates", "rates.csv", "--dry-run", "--json").told["unknown_rates"] == {"LE-XX": 2}
