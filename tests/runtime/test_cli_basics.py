"""The command line without a database: how commands are named, helped, refused and ended."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.possible_commands import HELPS, possible_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.runtime.cli_endings import ending_of
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.cli_numbers import read_number
from evenroll.runtime.command_line import app, run
from evenroll.runtime.output_console import Output

COMMANDS_OF_THE_LINE = (
    ["demo"],
    ["end-program"],
    ["enroll"],
    ["export"],
    ["load"],
    ["compare-all"],
    ["vehicles"],
    ["serve"],
    ["inform"],
    ["compare"],
    ["match-bills"],
    ["case"],
    ["statement"],
    ["queue"],
    ["line"],
    ["cap"],
    ["act"],
    ["event"],
    ["programs"],
    ["process"],
    ["letter-code"],
    ["report"],
    ["worker"],
    ["clock"],
    ["status"],
    ["metrics"],
    ["backup"],
    ["restore"],
    ["erase"],
    ["retention"],
    ["hold", "set"],
    ["hold", "lift"],
    ["member", "add"],
    ["member", "remove"],
    ["member", "list"],
    ["look", "check"],
    ["notices", "list"],
    ["notices", "preview"],
    ["notices", "retry"],
    ["notices", "refuse"],
    ["journal", "replay"],
    ["journal", "checkpoint"],
    ["journal", "verify"],
    ["journal", "prove"],
    ["journal", "grown"],
    ["journal", "check"],
    ["journal", "key"],
    ["db", "status"],
    ["db", "stop"],
    ["db", "upgrade"],
)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", COMMANDS_OF_THE_LINE, ids=" ".join)
def test_every_command_helps_with_an_example_and_takes_json(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "Example: evenroll" in said
    assert "--json" in said


def test_every_command_and_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")
    for command in COMMANDS_OF_THE_LINE:
        assert f"`evenroll {' '.join(command)}" in page
    for code in ExitCode:
        assert f"| {int(code)} |" in page
    assert len(app.registered_commands) + 20 == len(COMMANDS_OF_THE_LINE)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense"], ExitCode.WRONG_USE, "No such command"),
        (["case"], ExitCode.WRONG_USE, "Missing argument"),
        (["case", "EV-1"], ExitCode.WRONG_USE, "should have 14"),
        (["case", "EV-7K3M9-QXT2H-WPC5"], ExitCode.WRONG_USE, "wrong or swapped"),
        (["queue", "--role", "king"], ExitCode.WRONG_USE, "king"),
        (["programs", "--organization", "nobody"], ExitCode.NOT_FOUND, "lakeland-electric"),
        (["enroll", "/nowhere/at/all.csv"], ExitCode.WRONG_USE, "There is no file"),
        (["enroll", "/dev/zero"], ExitCode.WRONG_USE, "no regular file"),
        (["process", "--out", "where.png"], ExitCode.WRONG_USE, "ends in .svg, in .bpmn, or in .mmd"),
        (["process", "--use-case", "U9"], ExitCode.WRONG_USE, "'U9' is not one of"),
        (["process", "--path", "mars"], ExitCode.WRONG_USE, "'mars' is not one of"),
        (["process", "--case", "EV-1"], ExitCode.WRONG_USE, "should have 14"),
        (["process", "--format", "mermaid", "--out", "p.svg"], ExitCode.WRONG_USE, "do not agree"),
        (["--demo", "--database", "other", "status"], ExitCode.WRONG_USE, "Give one of them"),
        (["--database", "postgres", "status"], ExitCode.UNAVAILABLE, "not an Evenroll database"),
        (["db", "statsu"], ExitCode.WRONG_USE, "Did you mean 'status'? `evenroll db --help`"),
        (["act", "SO-7K3M9-QXT2H-WPC3", "nonsense"], ExitCode.WRONG_USE, "`evenroll act CASE` without a command"),
        (["act", "SO-7K3M9-QXT2H-WPC3", "drop_supply"], ExitCode.WRONG_USE, "clearinghouse's operator"),
        (["clock", "--advance", "1d", "--set", "2026-01-01"], ExitCode.WRONG_USE, "cannot stand together"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    arguments: list[str], code: ExitCode, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("group", ["db", "journal"])
def test_a_group_alone_says_what_is_missing(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([group]) == ExitCode.WRONG_USE
    assert f"evenroll: Say what evenroll {group} is to do" in capsys.readouterr().err


def test_the_number_in_the_examples_is_one() -> None:
    assert read_number("ev 7k3m9 qxt2h wpcf") == "EV-7K3M9-QXT2H-WPCF"
    assert read_number("so7k3m9qxt2hwpc3") == "SO-7K3M9-QXT2H-WPC3"


def test_an_error_for_machines_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "--organization", "nobody", "--json"]) == ExitCode.NOT_FOUND
    said = json.loads(capsys.readouterr().out)
    assert said.keys() == {"error", "exit_code", "sentence"}
    assert said["exit_code"] == ExitCode.NOT_FOUND


@pytest.mark.parametrize(
    ("command", "role", "said"),
    [
        ("book_vist", "meter_office", "Did you mean book_visit"),
        ("settle_appeal", "customer", "it is for supervisor"),
        ("decide", "supervisor", "it is for system"),
    ],
)
def test_a_command_that_cannot_be_given_is_named(
    command: str, role: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["act", "EV-7K3M9-QXT2H-WPCF", command, "--as", role]) != ExitCode.OK
    assert "defect" not in (shown := capsys.readouterr().err)
    assert said in shown or "character" in shown


def test_programs_for_machines_have_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["programs", "--json"]) == ExitCode.OK
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {each["program"] for each in told["programs"]} >= {"LE-EV-NIGHT", "BW-NIGHT-DRIVE", "NF-OVERNIGHT"}
    assert {"program", "version", "kind", "use_case", "organization", "name", "content_hash"} <= set(
        told["programs"][0]
    )


def test_the_process_is_drawn_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["process", "--path", "esco", "--use-case", "U1"]) == ExitCode.OK
    assert "flowchart" in capsys.readouterr().out
    assert run(["process", "--format", "svg", "--out", str(tmp_path / "p.svg")]) == ExitCode.OK
    assert (tmp_path / "p.svg").read_text().startswith("<")
    assert run(["process", "--out", str(tmp_path / "q.svg")]) == ExitCode.OK
    assert (tmp_path / "q.svg").read_text() == (tmp_path / "p.svg").read_text()
    assert run(["process", "--out", str(tmp_path / "q.mmd")]) == ExitCode.OK
    assert "flowchart" in (tmp_path / "q.mmd").read_text()
    assert run(["process", "--use-case", "U3", "--out", str(tmp_path / "q.bpmn")]) == ExitCode.OK
    capsys.readouterr()
    assert run(["process", "--use-case", "U3", "--format", "bpmn"]) == ExitCode.OK
    assert capsys.readouterr().out == (tmp_path / "q.bpmn").read_text()


def test_a_closed_pipe_ends_quietly() -> None:
    script = "from evenroll.runtime.command_line import main; main()"
    shell = f"{sys.executable} -c '{script}' process --format svg | head -c 10"
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""


def test_a_pipe_that_was_closed_ends_with_its_own_code() -> None:
    with pytest.raises(BrokenPipeError):
        Output().out.on_broken_pipe()


def test_a_defect_names_no_value() -> None:
    ending = ending_of(ValueError("Ada Kowalczyk, 101 Quarry Rd"))
    assert ending.code is ExitCode.DEFECT
    assert "Ada" not in ending.sentence


def test_every_command_of_persons_helps_somewhere() -> None:
    helped = {name for names in HELPS.values() for name in names} | {
        CommandName.OPEN_CASE,
        CommandName.SET_CAP,
        CommandName.MOVE_IN,
    }
    persons = {name for name, rule in COMMANDS.items() if rule.roles - {Role.SYSTEM, Role.PEER}}
    persons -= {name for name in persons if COMMANDS[name].record is Record.PROGRAM_EVENT}
    assert persons - {CommandName.ASK_PROVIDER, *helped} == set()
    assert possible_commands([(Track.CASE, State.REFUSED)], role=Role.SUPERVISOR) == (CommandName.SETTLE_APPEAL,)
