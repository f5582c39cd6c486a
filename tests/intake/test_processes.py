"""Several processes share a file: every row once, told in the file's order, and what one leaves the next run takes."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from itertools import islice
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from evenroll.intake.processes import ProcessLost, shared_out
from evenroll.programs.program import MeterCapability
from tests.application_rows import application_row, night_in_capitals
from tests.territory import NIGHT_RATE, NOW, Territory, new_territory

pytestmark = pytest.mark.usefixtures("django_ready")


def _slowly(number: int) -> tuple[int, int]:
    time.sleep(0.05 if number % 3 == 0 else 0.0)
    return number, os.getpid()


def test_what_they_give_comes_back_in_order() -> None:
    given = list(shared_out(range(20), work=_slowly, processes=3))
    assert [number for number, _ in given] == list(range(20))
    assert 1 < len({process for _, process in given}) <= 3
    assert os.getpid() not in {process for _, process in given}


def test_an_error_of_one_is_raised_and_ends_all() -> None:
    def work(number: int) -> int:
        return 1 // (number - 5)

    told = shared_out(range(20), work=work, processes=2)
    with pytest.raises(ZeroDivisionError):
        list(told)


def test_one_that_dies_is_said_aloud() -> None:
    def work(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(ProcessLost, match="give the same file again"):
        list(shared_out(range(20), work=work, processes=2))


def test_one_that_died_before_it_was_given_anything_is_said_aloud() -> None:
    def batches() -> Iterator[int]:
        for child in active_children():
            child.kill()
            child.join()
        yield from range(20)

    with pytest.raises(ProcessLost, match="give the same file again"):
        list(shared_out(batches(), work=_slowly, processes=2))


def test_they_end_when_nobody_takes_any_more() -> None:
    told = shared_out(range(1000), work=_slowly, processes=2)
    processes = {process for _, process in islice(told, 6)}
    told.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert not any(Path(f"/proc/{process}").exists() for process in processes)


def _rows(territory: Territory, count: int) -> list[dict[str, object]]:
    """Each customer twice: the second one finds the place taken."""
    ready: dict[str, Any] = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    told: list[dict[str, object]] = []
    for number in range(count):
        premise = territory.premise(**ready)
        told += [
            application_row(
                territory.utility,
                territory.night.key,
                premise.answers(),
                application=f"A-{number}-{time_}",
                vin=territory.premise(**ready).vin if time_ else premise.vin,
            )
            for time_ in range(2)
        ]
    return told


def _run(territory: Territory, path: Path, *, processes: int):
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules
    from evenroll.worker.batch_lane import BatchLane

    rules = RowRules(
        today=NOW.date(),
        organizations=frozenset({str(territory.utility)}),
        programs=frozenset({str(territory.night.key)}),
    )
    run = BulkRun(shape=file_shape(path), rules=rules, now=NOW, organizations=territory.organizations, batch=3)
    lane = BatchLane(installation=territory.installation, now=NOW)

    def drive() -> None:
        territory.run()

    return run_file(run, driver=drive, lane=lane, processes=processes)


def test_a_file_is_taken_once_by_two_and_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    from evenroll.records.organizations import cursor, open_organization

    territory = night_in_capitals(new_territory())
    rows = _rows(territory, 8)
    path = tmp_path / "applications.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    broken_off = _run(territory, path, processes=2)
    first = list(islice(broken_off, 4))
    del broken_off
    told = list(_run(territory, path, processes=2))
    assert [each.application for each in told] == [each["application"] for each in rows]
    assert [each.case for each in told[:4]] == [each.case for each in first]
    assert [each.result for each in told] == ["accepted"] * len(rows), told
    for pair in range(0, len(told), 2):
        # Two processes may come to one place; one of the two has it.
        assert sorted(each.status for each in told[pair : pair + 2]) == ["enrolled", "needs_answer"], told[pair]
    with open_organization(territory.utility) as opened, cursor() as pen:
        counted = pen.execute(
            "SELECT count(*), count(DISTINCT stream_key) FROM journal_entry WHERE organization_id = %s "
            "AND event = 'case_opened'",
            (opened.id,),
        ).fetchone()
    assert counted == (len(rows), len(rows))
