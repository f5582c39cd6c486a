"""A comparison of all customers is killed again and again: each portion is made once, with the same bytes."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event as ThreadEvent
from typing import Any

import pytest

from evenroll.costs.lattice.jit import HAS_KERNELS, kernel
from evenroll.intake.customer_run import alone, pool_of
from tests.intake.invented_base import invented_wh, names, write_loads

ROWS, PORTION, PATIENCE_SECONDS = 20_480, 2_048, 300
PROGRAM = "from evenroll.runtime.command_line import main; main()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("all")
    write_loads(made / "loads.parquet", invented_wh(ROWS, days=14), rows_a_group=PORTION)
    rows = [f"{each},{9_000 + n},30,75,7.2,18:00,07:00" for n, each in enumerate(names(ROWS)[::2])]
    head = "customer,miles_per_year,kwh_per_100_miles,battery_kwh,charging_kw,plug_in,plug_out"
    (made / "cars.csv").write_text("\n".join([head, *rows]))
    return made


def begun(folder: Path, out: str, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-c", PROGRAM, "compare-all", "loads.parquet", "--vehicles", "cars.csv"),
            *("--rates", "LE-R,LE-EV-TOU,LE-D", "--today", "LE-R", "--out", out, "--json", *more),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def whole(folder: Path, out: str, *more: str) -> dict:
    run = begun(folder, out, *more)
    told, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 0, err
    return json.loads(told)


def parts(folder: Path, out: str) -> list[Path]:
    return sorted((folder / f"{out}.parts").glob("*.arrow"))


def test_what_was_killed_goes_on_and_gives_the_same_bytes(folder: Path) -> None:
    assert whole(folder, "alone.parquet", "--processes", "1")["customers"] == ROWS
    assert whole(folder, "two.parquet", "--processes", "2")["done_before"] == 0
    expected = (folder / "alone.parquet").read_bytes()
    assert (folder / "two.parquet").read_bytes() == expected
    made: dict[str, int] = {}
    for wanted in (1, 4, 7):
        run = begun(folder, "killed.parquet", "--processes", "2")
        _until(run, lambda wanted=wanted: len(parts(folder, "killed.parquet")) >= wanted)
        run.send_signal(signal.SIGKILL)
        run.communicate(timeout=PATIENCE_SECONDS)
        assert run.returncode == -signal.SIGKILL and not (folder / "killed.parquet").exists()
        now = {each.name: each.stat().st_mtime_ns for each in parts(folder, "killed.parquet")}
        assert {name: now[name] for name in made} == made, "a part that was finished was made again"
        made = now
    # What was being written when the disk lost it is made anew.
    cut = parts(folder, "killed.parquet")[0]
    os.truncate(cut, cut.stat().st_size // 2)
    told = whole(folder, "killed.parquet", "--processes", "2")
    assert told["done_before"] == (len(made) - 1) * PORTION > 0
    assert (folder / "killed.parquet").read_bytes() == expected
    assert not (folder / "killed.parquet.parts").exists()


def test_a_process_that_ends_is_told_and_the_run_goes_on_from_there(folder: Path) -> None:
    run = begun(folder, "half.parquet", "--processes", "2")
    _until(run, lambda: len(_children(run)) >= 2)
    os.kill(_children(run)[-1], signal.SIGKILL)
    _, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 5, err
    assert "ended before its rows were done" in err and "Traceback" not in err
    assert whole(folder, "half.parquet", "--processes", "2")["customers"] == ROWS


def test_processes_end_with_the_command_that_began_them(folder: Path) -> None:
    run = begun(folder, "left.parquet", "--processes", "2")
    _until(run, lambda: bool(parts(folder, "left.parquet")))
    children = _children(run)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=PATIENCE_SECONDS)
    until = time.monotonic() + PATIENCE_SECONDS
    while any(_lives(each) for each in children) and time.monotonic() < until:
        time.sleep(0.02)
    assert len(children) >= 2 and not any(_lives(each) for each in children)


def test_two_runs_do_not_write_one_result(folder: Path) -> None:
    taken = folder / "taken.parquet.parts"
    taken.mkdir()
    with (taken / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = begun(folder, "taken.parquet", "--processes", "1")
        _, err = other.communicate(timeout=PATIENCE_SECONDS)
    assert other.returncode == 2 and "Another run is writing" in err
    assert whole(folder, "taken.parquet", "--processes", "1")["customers"] == ROWS


def _until(run: subprocess.Popen[str], is_so) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert run.poll() is None and time.monotonic() < until, run.communicate()
        time.sleep(0.002)


def _children(run: subprocess.Popen[str]) -> list[int]:
    """Processes that it began, without the one that looks after what they share."""
    found = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    return [int(each) for each in found if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Compiling:
    """Work that has something compiled for every portion."""

    def __call__(self, portion: Any) -> bytes:
        place: dict[str, Any] = {}
        exec("def added(number):\n    return number + 1", place)
        return bytes([kernel(place["added"])(portion)])


@pytest.mark.skipif(not HAS_KERNELS, reason="numba is not installed: nothing is compiled")
@pytest.mark.parametrize("share", [alone, partial(pool_of, 2)], ids=["alone", "pool"])
def test_it_is_told_once_when_something_is_compiled(share: Any) -> None:
    told, heard = [], ThreadEvent()

    def compiling() -> None:
        told.append("compiling")
        heard.set()

    portions: Any = [1, 2, 3, 4]
    work: Any = Compiling()
    assert list(share(compiling=compiling)(portions, work)) == [b"\x02", b"\x03", b"\x04", b"\x05"]
    assert heard.wait(timeout=PATIENCE_SECONDS)
    assert told == ["compiling"]
