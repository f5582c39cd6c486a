"""Files of applications: encodings, separators, headers, and what is refused by name."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evenroll.enrollment.form import Channel, FormField, Statement, VinState
from evenroll.intake.application import Application, BadRow, FaultCode
from evenroll.intake.file_rows import RawRow, file_rows
from evenroll.intake.file_shape import FileFormat, FileRefused, file_shape
from evenroll.intake.row_reader import RowRules, read_row
from evenroll.programs.rules import HomeType

RULES = RowRules(
    today=date(2026, 3, 2),
    organizations=frozenset({"lakeland-electric", "brightwater-energy"}),
    programs=frozenset({"LE-EV-NIGHT"}),
)
HEADER = "Organization,Channel,Name,Service Address,postal-code"
ROW = "lakeland-electric,web,José Núñez,12 Elm St,02981"


def _write(folder: Path, text: str | bytes, name: str = "applications.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _rows(path: Path, **more: object) -> list[RawRow]:
    return [row for row in file_rows(file_shape(path), **more) if isinstance(row, RawRow)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{ROW}\n".encode(),
        f"{HEADER}\r\n{ROW}\r\n".encode(),
        f"\ufeff{HEADER}\r\n{ROW}".encode(),
        f"\ufeff{HEADER}\n{ROW}\n".encode("utf-16-le"),
        f"{HEADER}\n{ROW}\n".encode("cp1252"),
        f"{HEADER}\n{ROW}\n".replace(",", ";").encode(),
        f"{HEADER}\n{ROW}\n".replace(",", "\t").encode(),
        f"\n\n{HEADER},\n{ROW},\n\n".encode(),
    ],
    ids=["plain", "crlf", "bom", "utf-16", "windows-1252", "semicolons", "tabs", "empty lines"],
)
def test_every_writing_of_a_file_reads_the_same(tmp_path: Path, content: bytes) -> None:
    rows = _rows(_write(tmp_path, content))
    assert len(rows) == 1
    assert rows[0].cells["name"] == "José Núñez"
    assert rows[0].cells["postal_code"] == "02981"


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = _write(tmp_path, f'{HEADER}\nlakeland-electric,web,"A\nB",x,02981\n\n{ROW}\n')
    assert [row.number for row in _rows(path)] == [2, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("lakeland-electric,web,Ada\n", "has no header"),
        (f"{HEADER},servce_address_2\n{ROW},x\n", "not known"),
        (f"{HEADER},Emial\n{ROW},x\n", "did you mean email"),
        (f"{HEADER},authenticated\n{ROW},yes\n", "no file may say who is authenticated"),
        (f"{HEADER},Identity Proved\n{ROW},yes\n", "identity_proved"),
        (f"{HEADER},name\n{ROW},x\n", "twice"),
        (f"{HEADER},{','.join(f'c{each}' for each in range(3_000))}\n{ROW}\n", "and 2990 more"),
        (f'{HEADER}\nlakeland-electric,"web,Ada\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        _rows(_write(tmp_path, text))


def test_an_absent_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="There is no file"):
        file_shape(tmp_path / "nothing.csv")
    with pytest.raises(FileRefused, match="is a folder"):
        file_shape(tmp_path)


def test_unknown_columns_may_be_ignored_by_name(tmp_path: Path) -> None:
    rows = _rows(_write(tmp_path, f"{HEADER},comment\n{ROW},x\n"), ignore=frozenset({"comment"}))
    assert "comment" not in rows[0].cells


def test_json_lines_go_on_after_a_bad_line(tmp_path: Path) -> None:
    good = json.dumps({"organization": "lakeland-electric", "Name": "Ada"})
    path = _write(tmp_path, f'{good}\nnot json\n[1]\n{{"verified": true}}\n{good}\n', "a.jsonl")
    shape = file_shape(path)
    assert shape.format is FileFormat.JSON_LINES
    rows = list(file_rows(shape))
    assert [row.number for row in rows if isinstance(row, RawRow)] == [1, 5]
    codes = [row[0].code for row in rows if isinstance(row, tuple)]
    assert codes == [FaultCode.NOT_JSON, FaultCode.NOT_AN_OBJECT, FaultCode.FORBIDDEN_COLUMN]


def _read(**cells: object) -> Application | BadRow:
    base = {"organization": "lakeland-electric", "channel": "web", "name": "Ada", "postal_code": "02981"}
    return read_row(RawRow(number=7, cells={**base, **cells}), rules=RULES)  # type: ignore[dict-item]


def _codes(read: Application | BadRow) -> dict[str, FaultCode]:
    assert isinstance(read, BadRow)
    return {fault.column: fault.code for fault in read.faults}


def test_all_faults_of_a_row_are_told_at_once() -> None:
    codes = _codes(
        _read(
            organization="nobody",
            channel="pigeon",
            signed_on="2026-02-30",
            postal_code="2981",
            last_bill_amount="a lot",
            email="ada",
            phone="12",
            program="NO-SUCH",
            drivetrain="steam",
            received_on="2027-01-01",
        )
    )
    assert codes == {
        "organization": FaultCode.ORGANIZATION_UNKNOWN,
        "channel": FaultCode.NOT_A_CHOICE,
        "signed_on": FaultCode.NOT_A_DATE,
        "postal_code": FaultCode.POSTAL_CODE_WRONG,
        "last_bill_amount": FaultCode.NOT_AN_AMOUNT,
        "email": FaultCode.EMAIL_WRONG,
        "phone": FaultCode.PHONE_WRONG,
        "program": FaultCode.PROGRAM_UNKNOWN,
        "drivetrain": FaultCode.NOT_A_CHOICE,
        "received_on": FaultCode.RECEIVED_IN_FUTURE,
    }


def test_nothing_is_asked_for_a_channel_that_is_not_known() -> None:
    assert _codes(_read(channel="fax")) == {"channel": FaultCode.NOT_A_CHOICE}
    assert _codes(_read(channel="bulk")) == {"documents": FaultCode.AUTHORIZATION_MISSING}


def test_a_wrong_vin_is_the_senders_to_mend_in_a_bulk_file_and_the_customers_in_a_form() -> None:
    wrong = "5YJ3E1EA7KF000317"
    bulk = _read(channel="bulk", documents="letter_of_authorization", vin=wrong)
    assert _codes(bulk) == {"vin": FaultCode.VIN_CHECK}
    web = _read(vin=wrong)
    assert isinstance(web, Application)
    assert web.vin_state is VinState.WRONG


def test_american_and_iso_days_and_amounts_are_read() -> None:
    read = _read(signed_on="3/1/2026", received_on="2026-02-27", last_bill_amount="$1,084.5")
    assert isinstance(read, Application)
    assert (read.signed_on, read.received_on) == (date(2026, 3, 1), date(2026, 2, 27))
    assert read.answers[FormField.LAST_BILL_AMOUNT] == "1084.50"


@pytest.mark.parametrize(
    "said",
    [
        "1e999999999",
        "1e-999999999",
        "-5",
        "-0.01",
        "1000000",
        "84.205",
        "NaN",
        "inf",
        "$",
        ".",
        "8\u0664",
        float("inf"),
        1e300,
    ],
)
def test_an_amount_that_no_bill_has_is_a_bad_row(said: object) -> None:
    assert _codes(_read(last_bill_amount=said)) == {"last_bill_amount": FaultCode.NOT_AN_AMOUNT}


@pytest.mark.parametrize(
    ("said", "read"), [("0", "0.00"), ("999,999.99", "999999.99"), ("$ .5", "0.50"), (84.2, "84.20")]
)
def test_an_amount_is_kept_to_the_cent(said: object, read: str) -> None:
    application = _read(last_bill_amount=said)
    assert isinstance(application, Application)
    assert application.answers[FormField.LAST_BILL_AMOUNT] == read


@pytest.mark.parametrize(
    "model", ["Prius Prime (2024)", "Kia EV6 \u2013 GT-Line", "Mégane E-Tech, 60 kWh", "Me\u0301gane"]
)
def test_a_model_is_named_as_makers_name_it(model: str) -> None:
    assert isinstance(_read(model=model), Application)


@pytest.mark.parametrize("model", ["ask me@example.test", "EV; it is my wife's!", "(2024)", "x" * 61])
def test_a_model_that_is_no_name_is_a_bad_row_before_any_case(model: str) -> None:
    assert "model" in _codes(_read(model=model))


def test_what_could_not_be_kept_as_a_code_is_a_bad_row_before_any_case() -> None:
    assert _codes(_read(channel="mail", receipt="from Ada, by hand")) == {"receipt": FaultCode.NOT_A_RECEIPT}
    assert _codes(_read(selections="meter=the one of my wife")) == {"selections": FaultCode.NOT_A_SELECTION}


def test_a_yes_or_no_is_one_also_where_the_vin_is_given() -> None:
    read = _read(vehicle_on_order="maybe", vin="5YJ3E1EA7KF000316")
    assert _codes(read)["vehicle_on_order"] is FaultCode.NOT_YES_OR_NO


def test_a_row_for_another_organization_than_the_file_is_for_is_a_bad_row() -> None:
    rules = replace(RULES, organization="brightwater-energy")
    cells = {"channel": "web", "postal_code": "02981"}
    other = read_row(RawRow(number=7, cells={**cells, "organization": "lakeland-electric"}), rules=rules)
    assert _codes(other) == {"organization": FaultCode.ORGANIZATION_OTHER}
    for said in ("", "brightwater-energy"):
        assert isinstance(read_row(RawRow(number=7, cells={**cells, "organization": said}), rules=rules), Application)


def test_a_person_is_the_same_in_capitals() -> None:
    read = _read(channel="mail", receipt="R1", keyed_by="clerk-1", second_keyed_by=" CLERK-1 ")
    assert _codes(read) == {"second_keyed_by": FaultCode.SAME_PERSON_KEYED}


def test_mail_needs_its_receipt_and_two_persons() -> None:
    assert _codes(_read(channel="mail", keyed_by="a", second_keyed_by="a")) == {
        "receipt": FaultCode.MISSING,
        "second_keyed_by": FaultCode.SAME_PERSON_KEYED,
    }
    read = _read(channel="mail", receipt="R1", keyed_by="a", second_keyed_by="b", second_name="Ida")
    assert isinstance(read, Application)
    assert read.channel is Channel.MAIL
    assert [each.answers[FormField.NAME] for each in read.keyings] == ["Ada", "Ida"]


def test_no_representation_shows_what_is_personal() -> None:
    read = _read(channel="mail", receipt="R1", keyed_by="a", name="Canary Quux", note="canary note")
    assert "anary" not in repr(read)
    faulty = _read(name="Canary Quux", email="canary")
    assert "anary" not in repr(faulty)


def test_what_is_said_with_yes_or_no_is_read_and_what_is_unsaid_stays_unsaid() -> None:
    read = _read(statements="registered_here=yes; vehicle_connected=no", home="single family", equipment_bought_on="")
    assert isinstance(read, Application)
    assert read.statements == {Statement.REGISTERED_HERE: True, Statement.VEHICLE_CONNECTED: False}
    assert (read.home, read.equipment_bought_on) == (HomeType.SINGLE_FAMILY, None)
    wrong = _codes(_read(statements="rich=yes", home="castle", equipment_bought_on="2199-01-01"))
    assert wrong == {
        "statements": FaultCode.NOT_A_STATEMENT,
        "home": FaultCode.NOT_A_CHOICE,
        "equipment_bought_on": FaultCode.RECEIVED_IN_FUTURE,
    }
    assert _codes(_read(statements="registered_here=perhaps")) == {"statements": FaultCode.NOT_A_STATEMENT}


def test_an_unknown_program_is_answered_with_those_of_the_organization_alone() -> None:
    known = RULES.programs | {"OTHER"}
    rules = replace(
        RULES,
        organization=next(iter(RULES.organizations)),
        programs=known,
        programs_of={each: RULES.programs for each in RULES.organizations},
    )
    read = read_row(RawRow(number=2, cells={"program": "NONE-SUCH"}), rules=rules)
    assert isinstance(read, BadRow)
    fault = next(each for each in read.faults if each.code is FaultCode.PROGRAM_UNKNOWN)
    assert set(fault.choices) == set(RULES.programs)
