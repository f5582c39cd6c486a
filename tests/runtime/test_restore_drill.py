"""The restore drill: fill, back up, erase somebody, go on, lose everything, restore into a new cluster, and look."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evenroll.runtime.database import embedded_major
from evenroll.runtime.embedded_server import Server, stop_server

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Drill:
    """homes: of the installation that is lost, and of the new one. elsewhere: what is kept on other machines."""

    homes: tuple[Path, Path]
    elsewhere: Path

    def steps(self, home: Path, *steps: tuple[str, ...]) -> list[tuple[int, Any]]:
        """Code and answer of each step, all taken in one process on the installation of that home."""
        environ = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "EVENROLL_E"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.runtime.drill", str(self.elsewhere / "known.json")],
            env={**environ, "EVENROLL_HOME": str(home), "NO_COLOR": "1"},
            input=json.dumps(steps),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [(code, told) for code, told in json.loads(done.stdout)]


@pytest.fixture
def drill(embedded_home: Path, embedded_server: Server, tmp_path: Path) -> Iterator[Drill]:
    homes = tuple(embedded_home.parent / f"drill_{os.getpid()}_{name}" for name in ("lost", "new"))
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, mode=0o711)
        # The programs are there already; they need not be copied once more.
        (home / "binaries").symlink_to(embedded_home.resolve() / "binaries")
    yield Drill(homes=(homes[0], homes[1]), elsewhere=tmp_path)
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)


def test_what_was_lost_comes_back_and_who_was_erased_does_not(drill: Drill) -> None:
    (lost, new), elsewhere = drill.homes, drill.elsewhere
    places = (str(elsewhere / name) for name in ("backup", "keys", "erased.jsonl", "first.txt", "last.txt"))
    backup, keys, erased, first, last = places
    who = ("--organization", "{utility}", "--actor", "terminal/ana")
    done = drill.steps(
        lost,
        ("fill",),
        ("backup", "--out", backup, "--keys", keys),
        ("journal", "checkpoint", "--out", first),
        ("look",),
        ("erase", "{left}", *who),
        ("erase", "{customer}", *who),
        ("worker", "--once"),
        ("look",),
        ("journal", "checkpoint", "--out", last),
    )
    assert [code for code, _ in done] == [0] * len(done), done
    (made, before, after) = (done[at][1] for at in (1, 3, 7))
    assert made["sealed"] == before["entries"]
    assert before["undelivered"] and before["left_opens"] and before["customer_key_there"] and before["tokens"]
    assert after["entries"] > before["entries"] and not after["undelivered"] and after["at_esco"]
    assert not (after["left_opens"] or after["customer_key_there"] or after["tokens"])

    shutil.copyfile(lost / "keys" / "erased.jsonl", erased)
    # Everything is lost but what stands elsewhere.
    stop_server(lost, major=embedded_major(os.environ), force=True)
    shutil.rmtree(lost)
    told = ("restore", backup, "--keys", keys)
    (_, refused), (code, restored) = drill.steps(new, told, (*told, "--erased", erased))
    assert "no list of erasures" in refused["sentence"]
    assert (code, restored["erased_again"]) == (0, 2)

    done = drill.steps(
        new,
        ("look",),
        ("worker", "--once"),
        ("look",),
        ("journal", "replay"),
        ("journal", "verify", "--against", first),
        ("journal", "verify", "--against", last),
    )
    found, again, replayed, held, cut = (done[at][1] for at in (0, 2, 3, 4, 5))
    _check_erased(found, entries=before["entries"] + 2)
    # What was on its way when the backup was made goes out again and arrives once.
    assert (found["undelivered"], found["received"]) == (before["undelivered"], before["received"])
    assert not again["undelivered"]
    assert (again["received"], again["at_esco"]) == (after["received"], after["at_esco"])
    assert replayed["equal"] and not replayed["chain_faults"]
    _check_logs(held, cut)


def _check_erased(found: dict[str, Any], *, entries: int) -> None:
    assert found["entries"] == entries
    assert not (found["left_opens"] or found["customer_key_there"] or found["tokens"])
    assert found["living_opens"]
    assert [cause for _, cause in found["erased"]] == ["restored", "restored"]


def _check_logs(held: dict[str, Any], cut: dict[str, Any]) -> None:
    assert held["holds"] and held["checkpoints"][0]["fault"] is None
    # The newest checkpoint, kept elsewhere, tells that the end is missing.
    assert not cut["holds"] and cut["checkpoints"][0]["fault"]
