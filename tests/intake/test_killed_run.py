"""`evenroll enroll FILE --processes 2` is killed in the middle, again and again: every application is taken once."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evenroll.runtime.embedded_server import Server
from tests.intake.long_file import LongFile, long_file

APPLICATIONS = 1_200
PATIENCE_SECONDS = 300


@pytest.fixture
def place(embedded_server: Server, embedded_home: Path, tmp_path: Path) -> Iterator[LongFile]:
    with long_file(embedded_server, embedded_home, folder=tmp_path, applications=APPLICATIONS) as made:
        yield made


def test_what_is_killed_in_the_middle_is_taken_once_in_the_end(place: LongFile) -> None:
    _all_are_killed(place)
    _one_of_two_is_killed(place)
    _the_parent_is_killed(place)
    told = _whole(place)
    assert told["accepted"] == APPLICATIONS
    results, asked = _rows(Path(told["results"])), _rows(place.file)
    assert [each["result"] for each in results] == ["accepted"] * APPLICATIONS
    assert [each["application"] for each in results] == [each["application"] for each in asked]
    assert len({each["case"] for each in results}) == place.taken() == APPLICATIONS
    opened = place.looking.execute(
        "SELECT count(*), count(DISTINCT stream_key) FROM journal_entry WHERE event = 'case_opened'"
    ).fetchone()
    assert opened == (APPLICATIONS, APPLICATIONS)
    decided = place.looking.execute(
        "SELECT count(*), count(DISTINCT stream_key) FROM journal_entry WHERE event = 'decision_made'"
    ).fetchone()
    assert decided == (APPLICATIONS, APPLICATIONS)
    assert place.said("journal", "replay", "--json").code == 0


def _whole(place: LongFile) -> Any:
    run = place.begun("--processes", "2")
    out, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 0, err
    return json.loads(out)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def _all_are_killed(place: LongFile) -> None:
    run = place.begun("--processes", "2")
    children = _children(run)
    _until(run, lambda: place.taken() > 0)
    for each in (run.pid, *children):
        os.kill(each, signal.SIGKILL)
    run.communicate(timeout=PATIENCE_SECONDS)
    assert 0 < place.taken() < APPLICATIONS, "it was killed too early or too late to prove anything"


def _one_of_two_is_killed(place: LongFile) -> None:
    run = place.begun("--processes", "2")
    os.kill(_children(run)[0], signal.SIGKILL)
    _, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 5, err
    assert "ended before its rows were done" in err and "give the same file again" in err
    assert "Traceback" not in err


def _the_parent_is_killed(place: LongFile) -> None:
    run = place.begun("--processes", "2")
    children = _children(run)
    os.kill(run.pid, signal.SIGKILL)
    # Nobody gives them anything any more: they end what they have in hand, and then themselves.
    _until(None, lambda: not any(_lives(each) for each in children))
    run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == -signal.SIGKILL


def _children(run: subprocess.Popen[str]) -> list[int]:
    found = list[int]()

    def two() -> bool:
        path = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        found[:] = [int(each) for each in path.read_text().split() if "postgres" not in _name(int(each))]
        return len(found) == 2

    _until(run, two)
    return found


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text()
    except OSError:
        return ""


def _lives(process: int) -> bool:
    """A killed one whose parent is gone stays a zombie where nobody reaps it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _until(run: subprocess.Popen[str] | None, done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert run is None or run.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.02)
