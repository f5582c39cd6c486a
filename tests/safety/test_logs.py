"""Logs and tracebacks: whatever a customer said, and whatever the database quotes of it, gets into none of them."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from evenroll.records.log_lines import (
    HIDDEN,
    LOG,
    LogCode,
    LogLine,
    asked_number,
    each_on_its_own,
    hear,
    request_scope,
    tell,
    tell_failure,
)
from evenroll.runtime.cli_exit import CommandEnded, ExitCode
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.debug_trace import trace_of
from evenroll.runtime.log_setting import LogForm, line_writer, set_up_log
from tests.safety.canaries import canaries_in, canary_answers, canary_premise, personal_of
from tests.territory import Territory, new_territory

CANARY = "Vexa Quandrix"
EVIL = 'x\n{"at": "2026-01-01", "level": "error", "code": "forged"}\x1b[2J'


class Kept:
    """Everything that is told while it is there, as the log would write it in both forms."""

    def __init__(self) -> None:
        self.streams = {form: StringIO() for form in (LogForm.JSON, LogForm.TEXT)}
        self.handlers = [line_writer(stream, form=form) for form, stream in self.streams.items()]

    @property
    def text(self) -> str:
        return "".join(stream.getvalue() for stream in self.streams.values())

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.streams[LogForm.JSON].getvalue().splitlines()]


@pytest.fixture
def kept() -> Iterator[Kept]:
    found, root, level = Kept(), logging.getLogger(), LOG.level
    for each in found.handlers:
        root.addHandler(each)
    LOG.setLevel(logging.DEBUG)
    yield found
    for each in found.handlers:
        root.removeHandler(each)
    LOG.setLevel(level)


@pytest.fixture
def territory(django_ready: object) -> Territory:
    return new_territory()


def test_what_somebody_wrote_is_hidden_whatever_its_field(kept: Kept) -> None:
    texts = [each.name for each in fields(LogLine) if each.type == "str"]
    assert len(texts) >= 9
    for text in (CANARY, EVIL, "vexa@birdcage.example", "a" * 200):
        tell(LogLine(code=LogCode.FAILED, **dict.fromkeys(texts, text)))
    assert len(kept.lines) == 4
    for line in kept.lines:
        assert {line[name] for name in texts} == {HIDDEN}
    assert "forged" not in kept.text and "\x1b" not in kept.text
    assert len(kept.text.splitlines()) == 8


def test_what_is_typed_for_a_number_is_shown_only_if_it_is_one() -> None:
    assert asked_number("EV-7K3M9-QXT2H-WPCF") == "EV-7K3M9-QXT2H-WPCF"
    for text in (CANARY, "ANA-SMITH", "1FTVW1EL0NWG00001", "4410023", "EV-7K3M9-QXT2H-WPCF Ana", "EV-VEXA"):
        assert asked_number(text) == ""


def test_a_library_is_named_and_not_quoted(kept: Kept) -> None:
    try:
        raise ValueError(f"could not read {CANARY!r}")
    except ValueError:
        logging.getLogger("some.library").exception("reading %s failed", CANARY)
    (line,) = kept.lines
    assert (line["code"], line["of"], line["error"]) == ("library_said", "some.library", "ValueError")
    assert CANARY not in kept.text


def test_an_error_of_the_database_is_told_without_the_row_that_it_quotes(
    kept: Kept, django_ready: DatabaseUrls
) -> None:
    with psycopg.connect(django_ready.app) as connection:
        connection.execute("CREATE TEMPORARY TABLE canary (name text CONSTRAINT name_once UNIQUE)")
        connection.execute("INSERT INTO canary VALUES (%s)", (CANARY,))
        with pytest.raises(psycopg.errors.UniqueViolation, match=CANARY) as raised:
            connection.execute("INSERT INTO canary VALUES (%s)", (CANARY,))
        connection.rollback()
    secret = CANARY
    try:
        raise RuntimeError(f"stopped by {secret}") from raised.value
    except RuntimeError as error:
        tell_failure(LogLine(code=LogCode.FAILED), error)
        traced = trace_of(error)
    assert CANARY not in kept.text + traced
    assert (kept.lines[0]["error"], kept.lines[0]["sqlstate"]) == ("RuntimeError", "23505")
    assert kept.lines[0]["constraint"] == "name_once"
    assert "constraint=name_once" in traced and "Which led to" in traced and "raise RuntimeError" in traced


def test_one_asking_has_one_number_from_the_door_to_what_it_caused(kept: Kept, territory: Territory) -> None:
    with request_scope() as asked:
        number = territory.apply(territory.premise())
        territory.run()
    caused = {line["request"] for line in kept.lines if line.get("about") == number}
    assert caused == {asked}
    kinds = {line["code"] for line in kept.lines if line.get("about") == number}
    assert kinds >= {"command_taken", "message_taken", "wait_taken"}
    with request_scope() as _, each_on_its_own():
        tell(LogLine(code=LogCode.SEALED))
    assert "request" not in kept.lines[-1]


def test_a_worker_gives_each_wait_a_number_of_its_own(kept: Kept, territory: Territory) -> None:
    numbers = {territory.apply(territory.premise()) for _ in range(2)}
    territory.run()
    waits = [line for line in kept.lines if line["code"] == "wait_taken" and line.get("about") in numbers]
    assert len({line["request"] for line in waits}) == len(waits) > 4
    for wait in waits:
        same = [line for line in kept.lines if line.get("request") == wait["request"]]
        assert {line["about"] for line in same} == {wait["about"]}


def test_whoever_listens_hears_what_nobody_writes() -> None:
    heard: list[LogLine] = []
    stop = hear(lambda line, _level: heard.append(line))
    tell(LogLine(code=LogCode.SEALED, count=3), level=logging.DEBUG)
    stop()
    tell(LogLine(code=LogCode.SEALED, count=4), level=logging.DEBUG)
    assert [line.count for line in heard] == [3]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("EVENROLL_LOG", "xml"), ("EVENROLL_LOG_LEVEL", "loud"), ("EVENROLL_LOG_FILE", "/no/such/x")],
)
def test_a_wrong_setting_is_refused_by_name(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A process has one log, and a test before this one may have begun it.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with pytest.raises(CommandEnded, match=variable) as refusal:
        set_up_log({variable: value}, for_worker=False)
    assert refusal.value.code is ExitCode.WRONG_USE


_ALL = """
import json, sys
from evenroll.runtime.command_line import app, run

@app.command("breaks")
def breaks() -> None:
    name = sys.argv[2]
    {}[name]

@app.command("breaks-in-database")
def breaks_in_database() -> None:
    from django.db import connection
    from evenroll.runtime.cli_session import session
    with session(), connection.cursor() as pen:
        pen.execute("CREATE TEMPORARY TABLE canary (name text UNIQUE)")
        for _ in range(2):
            pen.execute("INSERT INTO canary VALUES (%s)", [sys.argv[2]])

for arguments in json.loads(sys.argv[1]):
    print(arguments[-1], run(arguments), flush=True)
"""


_WHOLE_LOG = {"EVENROLL_LOG": "json", "EVENROLL_LOG_LEVEL": "debug"}


def _with_a_person_in_each(territory: Territory, number: str, name: str) -> list[list[str]]:
    """Commands in whose place for a number, a value or an option somebody typed a name."""
    return [
        ["case", number],
        ["case", name],
        ["act", number, "--as", "customer"],
        ["act", number, "save_answers", f"email={name}", "--as", "customer"],
        ["act", name, "withdraw", "--as", "customer"],
        ["act", number, "withdraw", f"reason={name}", "--as", name],
        ["enroll", "rows.csv"],
        ["load", "accounts", "rows.csv", "--organization", territory.utility],
        ["decide", name],
        ["queue", "--organization", name],
        ["member", "add", name, "--role", "billing", "--organization", territory.utility],
        ["parked", "drop", name, "--reason", "handled"],
        ["journal", "prove", name],
        ["statement", name],
        ["worker", "--once"],
        ["breaks"],
        ["breaks-in-database"],
        [name],
    ]


def test_no_command_tells_a_person_in_its_log_or_traceback(
    territory: Territory, django_ready: DatabaseUrls, embedded_home: Path, tmp_path: Path
) -> None:
    premise = canary_premise(territory, supplier=None)
    said = canary_answers(premise)
    number = territory.apply(premise, answers=said)
    name = next(iter(personal_of(said).values()))
    (tmp_path / "rows.csv").write_text(f"organization,name,program\n{name},{name},{name}\n", encoding="utf-8")
    commands, log = _with_a_person_in_each(territory, number, name), tmp_path / "log"
    before = ("--database", urlsplit(django_ready.app).path.strip("/"), "--debug")
    environment = {"EVENROLL_HOME": str(embedded_home), "EVENROLL_LOG_FILE": str(log), **_WHOLE_LOG}
    done = subprocess.run(
        [sys.executable, "-c", _ALL, json.dumps([[*before, *each] for each in commands]), name],
        env={**os.environ, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    lines = [json.loads(each) for each in log.read_text(encoding="utf-8").splitlines()]
    ended = [line for line in lines if line["code"] == "command_ended"]
    assert len(ended) == len(commands), done.stderr
    assert [line["error"] for line in ended if line["exit_code"] == ExitCode.DEFECT] == ["KeyError", "IntegrityError"]
    assert {line["exit_code"] for line in ended} >= {0, ExitCode.WRONG_USE, ExitCode.NOT_FOUND, ExitCode.DEFECT}
    assert any(line.get("about") == number for line in lines)
    assert canaries_in(log.read_text(encoding="utf-8"), answers=said) == set()
    # What was typed is told back to whoever typed it, in the one sentence; the way through the program quotes nothing.
    traced = "\n".join(each for each in done.stderr.splitlines() if not each.startswith("evenroll: "))
    assert traced.count("Traceback (most recent call last)") > 8
    assert canaries_in(traced, answers=said) == set()
    assert log.stat().st_mode & 0o077 == 0
