"""One whole demo on the embedded database, and every command on what it left behind."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import CustomerClass
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.demo_applications import application_row
from evenroll.runtime.demo_script import load_script, territory_points
from evenroll.runtime.embedded_server import Server, drop_database
from evenroll.runtime.territory_plan import UTILITY, PlannedPoint

_PROGRAM = "from evenroll.runtime.command_line import main; main()"
_PERSONAL = ("name", "service_address", "account_number", "email", "phone", "vin")
_BOTH = ("lakeland-electric", "brightwater-energy")
BULK_ROWS = 60


@dataclass(frozen=True)
class Line:
    """The command line on one demo database."""

    home: Path
    database: str

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "EVENROLL_HOME": str(self.home), "NO_COLOR": "1"}
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, "--database", self.database, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = ExitCode.OK) -> str:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=300)
        assert process.returncode == code, err
        assert "Traceback" not in err
        return out

    def told(self, *arguments: str, code: int = ExitCode.OK) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code))


@pytest.fixture(scope="module")
def line(embedded_server: Server, embedded_home: Path) -> Iterator[Line]:
    name = f"evenroll_demo_{os.getpid()}"
    yield Line(home=embedded_home, database=name)
    drop_database(embedded_server, name)


@pytest.fixture(scope="module")
def demo(line: Line) -> Any:
    process = line.start("demo", "--json")
    out, err = process.communicate(timeout=600)
    report = json.loads(out)
    report["code"], report["err"] = process.returncode, err
    return report


@pytest.fixture(scope="module")
def number_of(demo: Any) -> Callable[[str], str]:
    return {each["application"]: each["case"] for each in demo["checked"]}.__getitem__


@pytest.mark.on_16
def test_every_application_comes_to_what_the_script_expects(demo: Any) -> None:
    different = [each for each in demo["checked"] if not each["equal"]]
    assert [(each["application"], each["expected"], each["actual"]) for each in different] == []
    assert demo["refused_acts"] == []
    assert demo["troubles"] == 0
    assert demo["code"] == ExitCode.OK, demo["err"]


def test_both_paths_go_through_the_rows(demo: Any) -> None:
    for row in ("1", "2", "2a", "2b", "3", "4a", "5", "5b", "5c", "5d", "9"):
        assert all(demo["funnel"][row][home] for home in _BOTH), row
    assert demo["funnel"]["5a"]["brightwater-energy"]
    assert demo["funnel"]["8"]["lakeland-electric"]
    assert demo["funnel"]["10"]["lakeland-electric"]


def test_a_case_is_shown_with_timeline_findings_and_bills(line: Line, number_of: Callable[[str], str]) -> None:
    told = line.told("case", number_of("D13"))
    assert told["organization"] == "brightwater-energy"
    assert set(told["books"]) == {"brightwater-energy", "lakeland-electric"}
    assert [bill["kind"] for bill in told["bills"]] == ["closing", "first"]
    assert told["bills"][0]["end_on"] == told["bills"][1]["start_on"]
    refused = line.told("case", number_of("D37"))
    unmet = [each for each in refused["findings"] if each["outcome"] != "met"]
    assert {each["rule"] for each in unmet} == {"class", "net-metering", "assistance"}
    assert all(each["sentences"] for each in unmet)
    assert "Who is waited on" in line.run("case", number_of("D40").lower().replace("-", " "))


def test_nothing_personal_is_shown(line: Line, number_of: Callable[[str], str]) -> None:
    shown = line.run("case", number_of("D01")) + line.run("queue") + line.run("status")
    row = application_row(load_script()[0])
    assert not [column for column in _PERSONAL if row[column] in shown]


_ASKS = ("--household-kwh", "9000", "--miles", "12000")


def _shown(told: Any, program: str) -> Any:
    [found] = [each for each in told["shown"] if each["program"] == program]
    return found


def test_the_report_of_each_provider_counts_cases_and_money_and_is_drawn(demo: Any) -> None:
    reports = {each["organization"]: each for each in demo["reports"]}
    assert {*_BOTH, "coned", "comed"} <= reports.keys()
    for home in _BOTH:
        assert "credit" in {each["what"] for each in reports[home]["money"]}
    # The utility issues the bills of both: they stand in its books.
    assert "bill" in {each["what"] for each in reports[_BOTH[0]]["money"]}
    assert Path(demo["drawing"]).read_text(encoding="utf-8").startswith("<svg")


def test_costs_are_shown_as_ranges_and_kept(line: Line, demo: Any) -> None:
    told = line.told("inform", "--organization", UTILITY, *_ASKS)
    assert told["provider"] is None
    night = _shown(told, "LE-EV-NIGHT")
    assert night["coverage"] == "both"
    assert [each["scenario"] for each in night["scenarios"]] == ["today", "program_unchanged", "program_managed"]
    for each in night["scenarios"]:
        low, mid, high = (Decimal(each["cost_usd"][key]) for key in ("low", "mid", "high"))
        assert low < mid < high
        assert sum(Decimal(item["amount"]) for item in each["lines"]) == mid
    assert {"typical_day", "charged_at_home", "part_of_bill"} <= set(night["assumptions"])
    again = line.told("inform", "--organization", UTILITY, "--household-kwh-monthly", "750", "--miles", "12000")
    assert _shown(again, "LE-EV-NIGHT")["scenarios"] == night["scenarios"]
    assert _shown(again, "LE-EV-NIGHT")["offer"] != night["offer"]
    hourly = _shown(told, "LE-EV-HOURLY")
    assert [each["year"] for each in hourly["past"]] == [2026, 2025, 2024]
    assert len({each["unchanged_usd"] for each in hourly["past"]}) == 3
    assert _shown(told, "LE-EV-PAUSE")["no_figures"] == "RewardsOnly"


def test_an_escos_customer_sees_what_applies(line: Line, demo: Any) -> None:
    point = next(each.pod for each in territory_points()[200:] if each.supplier == "brightwater-energy")
    asks = ("inform", "--organization", UTILITY, *_ASKS, "--usage-point", point)
    told = line.told(*asks)
    assert told["provider"]["supplier"] == "brightwater-energy"
    supply = {each["program"] for each in told["shown"] if each["coverage"] == "supply"}
    assert supply == {"BW-NIGHT-DRIVE", "BW-LIVE", "BW-PEAK-SAVER", "BW-SMART-CHARGE"}
    assert not any(each["coverage"] == "both" for each in told["shown"])
    assert {each["reason"] for each in told["hidden"] if each["program"] == "LE-EV-NIGHT"} == {"supply_not_admitted"}
    shown = line.run(*asks, "--language", "es", "--explain")
    assert "Líneas en el medio: como es hoy, Suministro estándar Brightwater (BW-STD)" in shown
    unlike = _shown(line.told(*asks, "--rate", "LE-R"), "BW-NIGHT-DRIVE")
    assert Decimal(unlike["scenarios"][0]["cost_usd"]["mid"]) > 0, "its own supply rate stands for today's"


@pytest.mark.parametrize(
    ("said", "code", "error"),
    [
        (("--organization", "lakeland-electric", "--miles", "1"), ExitCode.WRONG_USE, "wrong_use"),
        (("--organization", "nobody", *_ASKS), ExitCode.NOT_FOUND, "organization_unknown"),
        (("--organization", "lakeland-registry", *_ASKS), ExitCode.REFUSED, "no_programs"),
        (("--organization", UTILITY, *_ASKS, "--usage-point", "LKE1"), ExitCode.NOT_FOUND, "not_found"),
        (("--organization", UTILITY, *_ASKS, "--usage-point", "LKE1000026"), ExitCode.REFUSED, "out_of_territory"),
        (("--organization", UTILITY, *_ASKS, "--postal-code", "02981"), ExitCode.WRONG_USE, "wrong_use"),
        (("--organization", UTILITY, *_ASKS, "--rate", "XX"), ExitCode.NOT_FOUND, "rate_unknown"),
        (("--organization", UTILITY, *_ASKS, "--charging-kw", "nan"), ExitCode.WRONG_USE, "wrong_use"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_sentence(
    line: Line, demo: Any, said: tuple[str, ...], code: int, error: str
) -> None:
    assert line.told("inform", *said, code=code)["error"] == error


def test_what_was_shown_reaches_the_case_and_no_other_number_does(
    line: Line, number_of: Callable[[str], str], tmp_path: Path
) -> None:
    offer = line.told("case", number_of("D13"))["offer"]
    assert offer["organization"] == "brightwater-energy"
    assert f"offer {offer['number']} of brightwater-energy" in line.run("case", number_of("D13"))
    assert line.told("case", number_of("D18"))["offer"]["organization"] == UTILITY, "kept where it was shown"
    assert line.told("case", number_of("D03"))["offer"] is None
    own = line.told("case", number_of("D02"))["offer"]["number"]
    file = tmp_path / "offers.csv"
    rows = [{**row, "offer": said} for row, said in zip(_bulk_rows(3), (own, "999999", "x1"), strict=True)]
    _write_rows(file, rows)
    told = line.told("enroll", str(file), code=ExitCode.SOME_ROWS_FAILED)
    assert (told["accepted"], told["refused"], told["bad_row"]) == (1, 1, 1)
    assert "nothing was shown here under offer number 999999" in told["problems"][0]
    assert told["problems"][1].startswith("Row 4, field offer: it is no number.")


def test_an_own_case_is_worked_on_by_the_number_of_its_order(line: Line, demo: Any, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    _write_rows(file, _bulk_rows(40)[:4])
    line.told("enroll", str(file), "--organization", "northfork-power", code=ExitCode.SOME_ROWS_FAILED)
    line.run("enroll", str(file), "--organization", UTILITY)
    told = list(csv.DictReader((tmp_path / "own.results.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {each["waits_on"] for each in told} <= {"meter_office", "customer", "billing"}, "never the long look"
    waiting = line.told("queue")["waiting"]
    cases = {each["case"] for each in told}
    assert not [each for each in waiting if each["number"] in cases and each["track"] == "case"]
    order = next(each for each in waiting if each["record"] == "service_order" and each["state"] == "to_schedule")
    assert order["commands"] == ["book_visit"]
    case = line.told("case", order["number"])
    assert {"role": "meter_office", "commands": ["book_visit"]} in case["possible"]
    possible = line.told("act", order["number"])["possible"]
    assert "visit_on=" in next(each["example"] for each in possible if each["command"] == "book_visit")
    refusal = line.told("act", order["number"], "issue_first_bill", "--as", "billing", code=ExitCode.REFUSED)
    assert "issue_first_bill" not in refusal["sentence"].partition("Possible now")[2]
    line.told("act", case["case"], "withdraw")
    refusal = line.told("act", case["case"], "withdraw", code=ExitCode.REFUSED)
    assert "withdraw" not in refusal["sentence"].partition("Possible now")[2]
    assert sum(line.told("status")["organizations"][1]["waits"].values()) > 0
    drawing = line.told("process", "--case", case["case"])
    assert (drawing["path"], drawing["state"], drawing["marked"]) == ("utility", "withdrawn", ["action"])
    assert case["case"] in drawing["drawing"]
    wrong = line.told("process", "--case", case["case"], "--path", "esco", code=ExitCode.WRONG_USE)
    assert "is on the path utility, not esco. Leave --path out" in wrong["sentence"]
    other = "U2" if drawing["use_case"] != "U2" else "U1"
    wrong = line.told("process", "--case", case["case"], "--use-case", other, code=ExitCode.WRONG_USE)
    assert f"chose a program of use case {drawing['use_case']}, not {other}" in wrong["sentence"]
    for format_ in ("svg", "bpmn"):
        assert case["case"] in line.told("process", "--case", order["number"], "--format", format_)["drawing"]


def test_a_slip_in_the_name_of_a_database_makes_none(line: Line, demo: Any) -> None:
    for _ in range(2):
        refusal = replace(line, database=f"{line.database}_typo").told("status", code=ExitCode.NOT_FOUND)
        assert refusal["error"] == "database_unknown"


def test_a_queue_and_a_command_of_the_staff(line: Line, number_of: Callable[[str], str]) -> None:
    case = number_of("D40")
    waiting = line.told("queue", "--role", "supervisor")["waiting"]
    assert case in {each["number"] for each in waiting}
    refusal = line.told("act", case, "withdraw", code=ExitCode.REFUSED)
    assert refusal["error"] == "not_in_state"
    assert "open_appeal" in refusal["sentence"]
    done = line.told("act", case, "settle_appeal", "reopened=no", "--as", "supervisor", "--actor", "s-1")
    assert done["state"] == "closed"
    assert case not in {each["number"] for each in line.told("queue", "--role", "supervisor")["waiting"]}


def test_the_clock_moves_forward_only_and_the_worker_follows(line: Line, demo: Any) -> None:
    before = line.told("clock")
    assert before["is_demo"] is True
    line.run("clock", "--set", "2026-01-01", code=ExitCode.REFUSED)
    assert line.told("clock", "--advance", "1d")["now"] > before["now"]
    progress = line.run("worker", "--once", "--json").splitlines()
    assert json.loads(progress[-1])["idle"] is True


def test_a_worker_stops_when_it_is_told_to(line: Line, demo: Any) -> None:
    process = line.start("worker", "--poll", "0.2")
    time.sleep(4)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.OK
    assert "Stopped" in err


@pytest.mark.on_16
def test_the_journal_replays_to_the_same_rows(line: Line, demo: Any) -> None:
    told = line.told("journal", "replay")
    assert told["equal"] is True
    assert told["chain_faults"] == []
    assert told["entries"] > 3000


def test_a_checkpoint_kept_elsewhere_and_the_proof_of_a_case(
    line: Line, number_of: Callable[[str], str], tmp_path: Path
) -> None:
    head, proof, growth = tmp_path / "head.txt", tmp_path / "proof.json", tmp_path / "growth.json"
    key = line.told("journal", "key")["key"]
    line.told("journal", "checkpoint", "--out", str(head))
    told = line.told("journal", "verify", "--against", str(head))
    assert told["holds"] and told["size"] > 3000 and told["above"] == 0
    line.run("journal", "prove", number_of("D01"), "--out", str(proof))
    assert line.told("journal", "check", str(proof), "--key", key)["entries"] > 10
    line.run("journal", "grown", str(head), "--out", str(growth))
    assert line.told("journal", "check", str(growth), "--key", key)["holds"]
    forged = proof.read_text().replace('"actor": ["', '"actor": ["x', 1)
    proof.write_text(forged)
    assert line.told("journal", "check", str(proof), "--key", key, code=ExitCode.REFUSED)["error"] == "proof_fails"
    name, size, *rest = head.read_text().split("\n")
    head.write_text("\n".join([name, str(int(size) - 1), *rest]))
    refusal = line.told("journal", "verify", "--against", str(head), code=ExitCode.REFUSED)
    assert refusal["error"] == "checkpoint_refused"


def test_a_run_that_is_killed_goes_on_and_doubles_nothing(line: Line, demo: Any, tmp_path: Path) -> None:
    file = tmp_path / "bulk.csv"
    rows = _bulk_rows()
    _write_rows(file, rows)
    cases_before = _cases(line)
    process = line.start("enroll", str(file))
    time.sleep(2.2)
    process.kill()
    process.communicate()
    line.run("enroll", str(file), code=ExitCode.SOME_ROWS_FAILED)
    assert _cases(line) - cases_before == BULK_ROWS - 1
    first = (tmp_path / "bulk.results.csv").read_text(encoding="utf-8-sig")
    told = list(csv.DictReader(first.splitlines()))
    assert [each["application"] for each in told] == [each["application"] for each in rows]
    assert [each["result"] for each in told].count("bad_row") == 1
    assert len({each["case"] for each in told if each["case"]}) == BULK_ROWS - 1
    assert not [column for column in _PERSONAL for row in rows if row[column] in first]
    again = tmp_path / "again.csv"
    line.run("enroll", str(file), "--out", str(again), code=ExitCode.SOME_ROWS_FAILED)
    assert again.read_text(encoding="utf-8-sig") == first
    assert _cases(line) - cases_before == BULK_ROWS - 1


def test_a_demo_never_replaces_an_installation(line: Line, embedded_server: Server) -> None:
    import psycopg

    from evenroll.runtime.embedded_cluster import OWNER
    from evenroll.runtime.embedded_server import ensure_database

    name = f"{line.database}_other"
    ensure_database(embedded_server, name)
    try:
        with psycopg.connect(embedded_server.url(role=OWNER, database=name), autocommit=True) as owner:
            owner.execute("CREATE TABLE organization (id bigint)")
            owner.execute("INSERT INTO organization VALUES (1)")
        refusal = replace(line, database=name).told("demo", code=ExitCode.REFUSED)
        assert refusal["error"] == "not_a_demo"
    finally:
        drop_database(embedded_server, name)


def test_a_customer_of_one_s_own_comes_to_the_new_rate_when_the_clock_is_moved(
    line: Line, demo: Any, tmp_path: Path
) -> None:
    file = tmp_path / "own.csv"
    points = [each for each in territory_points()[200:] if each.supplier == UTILITY and _is_plain(each)]
    template = replace(load_script()[2], key="OWN", number=points[-5].number, point={})
    _write_rows(file, [application_row(template)])
    line.run("enroll", str(file))
    with (tmp_path / "own.results.csv").open(encoding="utf-8-sig") as told:
        [row] = csv.DictReader(told)
    far = line.told("clock", "--advance", "600w", code=ExitCode.REFUSED)
    assert far["error"] == "clock_too_far"
    line.run("clock", "--advance", "10w")
    line.run("worker", "--once")
    told = line.told("case", row["case"])
    assert (told["status"], told["orders"][0]["service"]) == ("active", "billed")
    assert [bill["kind"] for bill in told["bills"]] == ["closing", "first"]


def _is_plain(point: PlannedPoint) -> bool:
    """Whether nothing speaks against the program at a point, and the meter in place will do."""
    against = (point.net_metering, point.life_support, point.assistance, point.interval_opt_out)
    residential = point.customer_class is CustomerClass.RESIDENTIAL and point.good_standing
    return residential and point.capability is MeterCapability.INTERVAL and not any(against)


def _cases(line: Line) -> int:
    return sum(sum(each["cases"].values()) for each in line.told("status")["organizations"])


def _write_rows(file: Path, rows: list[dict[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def _bulk_rows(few: int = 0) -> list[dict[str, str]]:
    """Rows of a bulk file, one of them bad; or a few that are all good, from other points."""
    template = load_script()[2]
    points = [each for each in territory_points()[200:] if each.supplier == UTILITY]
    points = points[-few:] if few else points[:BULK_ROWS]
    rows = [
        application_row(replace(template, key=f"=B{point.number}", number=point.number, point={})) for point in points
    ]
    if not few:
        rows[7]["signed_on"] = "yesterday"
    for row in rows:
        row["application"] = row["application"].removeprefix("=")
    return rows
