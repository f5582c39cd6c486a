"""A short campaign of faults, as `make faults` runs a long one: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.plan import Kind, Point, after, drawn_faults, point_of

ROOT = Path(__file__).parents[2]
FAULTS = 14
SEED = 5
MORE_FAULTS = 160
MORE_SEED = 8
PROFILE = {Point.SELECT_BEFORE: 3, Point.COMMIT_BEFORE: 1, Point.DELIVER_BEFORE: 2, Point.DEADLINES_BEFORE: 1}


def test_faults_at_named_points_lose_nothing_and_double_nothing() -> None:
    campaign("--lives", "handed_over,file,books", count=FAULTS, seed=SEED)


@pytest.mark.campaign
def test_a_longer_campaign() -> None:
    campaign(count=MORE_FAULTS, seed=MORE_SEED)


def campaign(*more: str, count: int, seed: int) -> None:
    """A campaign in a process of its own, as `make faults` runs it; everything it looked at must be true."""
    command = [sys.executable, "-m", "tests.faults.run", "--faults", str(count), "--seed", str(seed), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    assert "whole database: 0 broken" in done.stdout
    told = re.search(rf"{count} faults in \d+ s; (\d+) hit work under way", done.stdout)
    assert told is not None and int(told[1]) >= count * 3 / 4, done.stdout


def test_one_seed_draws_one_plan_and_another_seed_another() -> None:
    def plan(seed: int) -> list[object]:
        return list(drawn_faults(seed, count=200, lives={"one": [PROFILE, PROFILE]}, with_full_disk=True))

    assert plan(1) == plan(1) != plan(2)
    assert {each.kind for each in drawn_faults(1, count=400, lives={"one": [PROFILE]}, with_full_disk=True)} == set(
        Kind
    )


def test_what_cannot_be_done_at_a_stage_is_not_drawn_there() -> None:
    plain = {Point.SELECT_BEFORE: 3, Point.COMMIT_BEFORE: 1}
    drawn = list(drawn_faults(3, count=300, lives={"one": [plain]}, with_full_disk=False))
    assert not {each.kind for each in drawn} & {Kind.DISK_FULL, Kind.LATE, Kind.CLOCK_JUMP}
    assert {each.meets(plain) for each in drawn} == {(Point.COMMIT_BEFORE, 1)} | {
        (Point.SELECT_BEFORE, turn) for turn in (1, 2, 3)
    }
    late = next(
        each
        for each in drawn_faults(3, count=300, lives={"one": [PROFILE]}, with_full_disk=False)
        if each.kind is Kind.LATE
    )
    assert late.meets(PROFILE)[0] is Point.DELIVER_BEFORE


@pytest.mark.parametrize(
    ("statement", "point"),
    [
        ("SELECT 1", Point.SELECT_BEFORE),
        ("SELECT state FROM case_record WHERE number = %s FOR UPDATE", Point.LOCK_BEFORE),
        ("WITH arm_0 AS (INSERT INTO track SELECT 1) INSERT INTO notice SELECT 1", Point.INSERT_BEFORE),
        ("UPDATE track SET owner = NULL", Point.UPDATE_BEFORE),
        ("DELETE FROM track", Point.DELETE_BEFORE),
        ("COPY load_stage (a) FROM STDIN", Point.COPY_BEFORE),
        ("INSERT INTO inbox_message (a) VALUES (1)", Point.INBOX_BEFORE),
        ("UPDATE outbox_message SET delivered_at = %s", Point.MARK_BEFORE),
        ("INSERT INTO seal_leaf SELECT 1", Point.SEAL_BEFORE),
        ("SET LOCAL work_mem = '64MB'", None),
    ],
)
def test_statements_are_known_by_what_they_do(statement: str, point: Point | None) -> None:
    assert point_of(statement) is point
    assert point is None or after(point).value.endswith(".after")
