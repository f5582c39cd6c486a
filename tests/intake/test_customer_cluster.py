"""All customers compared by a real cluster of two workers, of which one is killed in the middle: the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evenroll.intake.customer_cluster import ClusterRefused, cluster_of, compare_there
from tests.intake.invented_base import invented_wh, names, write_loads

pytest.importorskip("distributed", reason="takes Dask, which is installed for the tests")

ROWS, PORTION, PATIENCE_SECONDS = 40_960, 2_048, 300
PROGRAM = "from evenroll.runtime.command_line import main; main()"
ONE = {each: "1" for each in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}


GONE = """
import sys
from pathlib import Path
from evenroll.intake.customer_cluster import cluster_of
from evenroll.intake.customer_loads import customers_of, loads_file
from evenroll.intake.customer_run import portions_of
from evenroll.intake.customer_vehicles import no_vehicles
from evenroll.intake.customer_work import PortionWork
from evenroll.programs.catalog import load_catalog
from evenroll.runtime.comparing_all import RatesAsked, plan_of

file = loads_file(Path("loads.parquet"))
plan = plan_of(RatesAsked(rates=("LE-R",), priced_on=None), catalog=load_catalog(), shape=file.shape)
portions = portions_of(file, customers=customers_of(file), vehicles=no_vehicles())
Path("loads.parquet").unlink()
next(cluster_of(sys.argv[-2])(portions, PortionWork(plan=plan, file=file)))
"""
"""Asks a cluster for what lies in a file that is gone."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A scheduler with two workers, which nobody starts again."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    file = tmp_path / "scheduler.json"
    scheduler = _begun("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *_quiet(file))
    begun = [scheduler]
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not file.exists() or not file.read_text().strip():
            assert scheduler.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        one = ("--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--local-directory", str(tmp_path))
        begun += [_begun("distributed.cli.dask_worker", *_quiet(file), *one) for _ in range(2)]
        yield Cluster(address=json.loads(file.read_text())["address"], workers=tuple(begun[1:]))
    finally:
        for each in reversed(begun):
            each.kill()
            each.wait()


def test_two_workers_of_which_one_is_killed_give_the_same_bytes(tmp_path: Path, cluster: Cluster) -> None:
    write_loads(tmp_path / "loads.parquet", invented_wh(ROWS, days=14), rows_a_group=PORTION)
    rows = [f"{each},{9_000 + n},30,75,7.2,18:00,07:00" for n, each in enumerate(names(ROWS)[::2])]
    head = "customer,miles_per_year,kwh_per_100_miles,battery_kwh,charging_kw,plug_in,plug_out"
    (tmp_path / "cars.csv").write_text("\n".join([head, *rows]))
    here = _command(tmp_path, "here.parquet", "--processes", "1")
    _, err = here.communicate(timeout=PATIENCE_SECONDS)
    assert here.returncode == 0, err
    there = _command(tmp_path, "there.parquet", "--scheduler", cluster.address)
    parts = tmp_path / "there.parquet.parts"
    until = time.monotonic() + PATIENCE_SECONDS
    while len(list(parts.glob("*.arrow"))) < 2:
        assert there.poll() is None and time.monotonic() < until, there.communicate()
        time.sleep(0.002)
    cluster.workers[0].send_signal(signal.SIGKILL)
    assert len(list(parts.glob("*.arrow"))) < ROWS // PORTION, "it was killed too late to prove anything"
    told, err = there.communicate(timeout=PATIENCE_SECONDS)
    assert there.returncode == 0, err
    assert json.loads(told)["customers"] == ROWS
    assert (tmp_path / "there.parquet").read_bytes() == (tmp_path / "here.parquet").read_bytes()


def test_a_file_that_workers_do_not_find_and_no_scheduler_are_each_one_sentence(
    tmp_path: Path, cluster: Cluster
) -> None:
    write_loads(tmp_path / "loads.parquet", invented_wh(10, days=14))
    run = _command(tmp_path, "other.parquet", "--scheduler", "nonsense://nowhere")
    _, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 5 and "No Dask scheduler" in err and "Traceback" not in err
    _, err = _command(tmp_path, cluster.address, program=GONE).communicate(timeout=PATIENCE_SECONDS)
    assert "ClusterRefused: A worker finds no file" in err


def test_a_worker_of_another_release_compares_nothing() -> None:
    with pytest.raises(ClusterRefused, match="Install the same one"):
        compare_there("0.0.1", "", None, None)  # pyright: ignore[reportArgumentType]


def test_without_dask_the_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterRefused, match=r"evenroll\[dask\]"):
        next(cluster_of("tcp://127.0.0.1:1")([], None))  # pyright: ignore[reportArgumentType]


def _quiet(file: Path) -> tuple[str, ...]:
    return ("--scheduler-file", str(file), "--no-dashboard")


def _begun(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **ONE},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _command(folder: Path, out: str, *more: str, program: str = PROGRAM) -> subprocess.Popen[str]:
    cars = ("--vehicles", "cars.csv") if (folder / "cars.csv").exists() else ()
    return subprocess.Popen(
        [
            *(sys.executable, "-c", program, "compare-all", "loads.parquet", *cars),
            *("--rates", "LE-R,LE-EV-TOU,LE-D", "--today", "LE-R", "--out", out, "--json", *more),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
