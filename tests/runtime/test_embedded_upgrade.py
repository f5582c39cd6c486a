"""Data written by PostgreSQL 16 are carried over to 18: all of them, all walls, and nothing is lost on the way."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evenroll.runtime.database import database
from evenroll.runtime.embedded_places import places_of
from evenroll.runtime.embedded_server import ServerRefused, stop_server, using_server
from evenroll.runtime.embedded_upgrade import carried_from, carry_over, remove_kept

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_PROGRAM = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home whose data 16 wrote, and what was told of them."""

    path: Path
    filled: Any
    told: Any


@contextmanager
def _a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="evenroll-upgrade-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "a home"
        try:
            yield home
        finally:
            for major in (18, 16):
                stop_server(home, major=major, force=True)


@pytest.fixture(scope="module")
def old_home() -> Iterator[Home]:
    """Made once; each test works on a copy of it, made while no server runs."""
    with _a_folder() as home:
        filled = _act(home, 16, "fill")
        yield Home(path=home, filled=filled, told=_act(home, 16, "tell"))


@pytest.fixture
def home(old_home: Home) -> Iterator[Home]:
    with _a_folder() as copy:
        _copy(old_home.path, copy)
        yield Home(path=copy, filled=old_home.filled, told=old_home.told)


def test_all_rows_and_walls_are_carried_over_and_work_goes_on(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ServerRefused, match=r"written by PostgreSQL 16.*`evenroll db upgrade`.*EVENROLL_POSTGRES=16"):
        with database(home.path, environ={}):
            pass
    assert not (home.path / "postgres-18" / "cluster").exists()
    done = _evenroll(home.path, "db", "upgrade", "--json")
    assert (done["carried"], done["from"], done["major"]) == (True, 16, 18)
    told = _act(home.path, 18, "tell")
    assert told["version"].startswith("18.") and home.told["version"].startswith("16.")
    assert told["rows"] == home.told["rows"] and told["rows"]["journal_entry"][0] > 10
    assert told["walls"] == home.told["walls"]
    # Numbers of transactions go on: the sealer's floor is one of them.
    assert told["transaction"][0] > home.told["transaction"][0]
    note = tmp_path / "head.txt"
    note.write_text(home.filled["note"], "utf-8")
    assert _evenroll(home.path, "journal", "verify", "--against", str(note), "--json")["holds"]
    assert _evenroll(home.path, "case", home.filled["case"], "--json")["case"] == home.filled["case"]
    worked = _act(home.path, 18, "work")
    assert worked["replays"] == [True, True]
    assert worked["entries"][1] > worked["entries"][0] == home.told["rows"]["journal_entry"][0]
    assert worked["sealed"] >= worked["entries"][1] - worked["entries"][0]
    assert worked["refused"] == ["InsufficientPrivilege", "InsufficientPrivilege"]


def test_an_upgrade_that_is_killed_loses_nothing_and_is_repeated(home: Home) -> None:
    """Killed while pg_upgrade works, whose programs go on without us; and when all is done but perhaps its name."""
    new = home.path / "postgres-18"
    with using_server(home.path, major=16) as server:
        # What a crash of the old server left is mended on the way.
        os.kill(server.pid, signal.SIGKILL)
    _killed_as_soon_as(lambda: bool(list(new.glob("cluster.new-*/data/pg_upgrade_output.d/*/log/*"))), home=home.path)
    assert not (new / "cluster").exists()
    _killed_as_soon_as(
        lambda: bool(list(new.glob("cluster.new-*/carried.json"))) or (new / "cluster").exists(), home=home.path
    )
    _evenroll(home.path, "db", "upgrade", "--json")
    assert not list(new.glob("cluster.new-*"))
    told = _act(home.path, 18, "tell")
    assert (told["rows"], told["walls"]) == (home.told["rows"], home.told["walls"])
    _old_data_stay_until_told(home)


def _old_data_stay_until_told(home: Home) -> None:
    new, old = home.path / "postgres-18" / "cluster", home.path / "postgres-16" / "cluster"
    assert carried_from(home.path, major=18) is not None
    assert carry_over(home.path, major=18, now=NOW) is None
    with pytest.raises(ServerRefused, match=r"were carried over to PostgreSQL 18.*move that folder away"):
        with database(home.path, environ={"EVENROLL_POSTGRES": "16"}):
            pass
    # Going back is what the sentence says.
    new.rename(home.path / "away")
    assert _act(home.path, 16, "tell")["rows"] == home.told["rows"]
    (home.path / "away").rename(new)
    with using_server(home.path, major=16):
        with pytest.raises(ServerRefused, match="A PostgreSQL 16 server still runs on"):
            remove_kept(home.path, major=18)
    assert remove_kept(home.path, major=18) == old
    assert not list(old.parent.glob("cluster*"))
    assert remove_kept(home.path, major=18) is None
    with using_server(home.path) as server:
        assert server.version.startswith("18.")


def test_too_little_room_is_said_before_anything_begins(home: Home) -> None:
    # A file of many terabytes that takes no room itself.
    with open(home.path / "postgres-16" / "cluster" / "data" / "base" / "large", "wb") as large:
        large.truncate(1 << 43)
    with pytest.raises(ServerRefused, match=r"needs 87\d{5} MB .* Nothing was begun.*EVENROLL_POSTGRES=16 goes on"):
        carry_over(home.path, major=18, now=NOW)
    assert not list((home.path / "postgres-18").glob("cluster*"))


def test_nobody_may_work_on_the_data_meanwhile(home: Home) -> None:
    with using_server(home.path, major=16):
        with pytest.raises(ServerRefused, match="Another Evenroll command is using the data of PostgreSQL 16"):
            carry_over(home.path, major=18, now=NOW)


def test_where_nothing_is_to_be_carried_over_it_says_so(tmp_path: Path) -> None:
    assert carry_over(tmp_path / "new", major=18, now=NOW) is None
    assert not (tmp_path / "new").exists()
    told = _evenroll(tmp_path / "new", "db", "upgrade", "--json")
    assert told["carried"] is False


# PostgreSQL refuses an account that the system does not know; this one every system has.
_USER = pwd.getpwnam("daemon")
# Beside its account it only gets the right to read this installation's Python, which may be root's.
_AS_ORDINARY_USER = (
    *("setpriv", f"--reuid={_USER.pw_uid}", f"--regid={_USER.pw_gid}", "--clear-groups"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"),
)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests have shown it: nobody here is root")
def test_as_an_ordinary_user(old_home: Home) -> None:
    may = subprocess.run([*_AS_ORDINARY_USER, sys.executable, "-c", ""], check=False, capture_output=True)
    if may.returncode != 0:
        pytest.skip("root may not become an ordinary user here")
    with tempfile.TemporaryDirectory(prefix="evenroll-upgrade-") as folder:
        os.chown(folder, _USER.pw_uid, _USER.pw_gid)
        home = Path(folder) / "home"
        _copy(old_home.path, home)
        for path in (home, *home.rglob("*")):
            os.chown(path, _USER.pw_uid, _USER.pw_gid, follow_symlinks=False)
        done = _said(_started(home, "db", "upgrade", "--json", by=_AS_ORDINARY_USER))
        assert json.loads(done)["carried"]
        assert (home / "postgres-18" / "cluster" / "data").stat().st_uid == _USER.pw_uid
        told = json.loads(_said(_script(home, 18, "tell", by=_AS_ORDINARY_USER)))
        assert (told["rows"], told["walls"]) == (old_home.told["rows"], old_home.told["walls"])


def _copy(source: Path, target: Path) -> None:
    places = places_of(target, major=16)
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("socket", "postgres-18"))
    if places.account is not None:
        for path in (places.data, *places.data.rglob("*")):
            os.chown(path, places.account.uid, places.account.gid)


def _act(home: Path, major: int, act: str) -> Any:
    return json.loads(_said(_script(home, major, act)))


def _script(home: Path, major: int, act: str, *, by: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return _process(home, [str(ROOT / "tests" / "runtime" / "upgraded_home.py"), str(home), str(major), act], by)


def _evenroll(home: Path, *arguments: str) -> Any:
    return json.loads(_said(_started(home, *arguments)))


def _started(home: Path, *arguments: str, by: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return _process(home, ["-c", _PROGRAM, *arguments], by)


def _process(home: Path, arguments: list[str], by: tuple[str, ...]) -> subprocess.Popen[str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("EVENROLL", "DATABASE"))}
    return subprocess.Popen(
        [*by, sys.executable, *arguments],
        env={**ours, "EVENROLL_HOME": str(home), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def _killed_as_soon_as(condition: Callable[[], bool], *, home: Path) -> None:
    with _started(home, "db", "upgrade") as process:
        until = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.005)
        process.kill()
