"""Where backups, keys and restores may not go, two at once, and what killed ones leave."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest

from evenroll.records.erasure_list import Erasure, erasure_list_path, note, use_erasure_list
from evenroll.runtime.backup_programs import PROGRAMS_VARIABLE, BackupRefused, Programs, programs_for
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION
from evenroll.runtime.embedded_server import (
    Server,
    drop_database,
    ensure_database,
    make_passing_database,
    swapping_alone,
)
from tests.runtime.backed_up import Place, databases, major, other_keys, write_whole
from tests.runtime.line import line


def test_the_keys_are_written_over_nothing_else(place: Place, tmp_path: Path) -> None:
    letter, other, shut = tmp_path / "letter", tmp_path / "other", tmp_path / "shut"
    letter.write_text("to whom it may concern")
    other_keys(other)
    shut.mkdir()
    for path, told in (
        (letter, "no whole file of keys"),
        (other, "of another installation"),
        (shut, "is no file"),
        (place.home / "keys" / "master.key", "no whole file of keys"),
        (Path("/dev/full"), "is no file"),
    ):
        before = path.read_bytes() if path.is_file() else b""
        said = place.said("backup", "--out", str(tmp_path / "made"), "--keys", str(path))
        assert (said.code, told in said.err) == (1, True), said.err
        assert (path.read_bytes() if path.is_file() else b"") == before
        assert not (tmp_path / "made").exists()


def test_keys_that_this_database_does_not_know_stay_in_the_file_but_of_who_was_erased(
    place: Place, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    head, *rows = place.keys.read_bytes().splitlines(keepends=True)[:-1]
    write_whole(keys, [head, *rows, b"77\t\\\\x01\n", b"78\t\\\\x02\n"])
    erased = tmp_path / "erased"
    before = erasure_list_path()
    use_erasure_list(erased)
    try:
        note(Erasure(organization="x", subject="case/x", keys=(78,), records=(), cases=(), at="2026-11-23"))
    finally:
        use_erasure_list(before)
    said = line(
        place.urls,
        place.home,
        *("backup", "--out", str(tmp_path / "made"), "--keys", str(keys)),
        folder=tmp_path,
        more={"EVENROLL_ERASURE_LIST": str(erased)},
    )
    assert said.code == 0, said.err
    numbers = {each.split(b"\t")[0] for each in keys.read_bytes().splitlines()[1:-1]}
    assert numbers == {each.split(b"\t")[0] for each in rows} | {b"77"}


def test_what_a_killed_backup_left_goes_with_the_next(place: Place, tmp_path: Path) -> None:
    left, foreign = tmp_path / ".made.0123abcd", tmp_path / ".other.0123abcd"
    for folder in (left, foreign):
        folder.mkdir()
    (left / "customer_keys.copy").write_bytes(b"1\t1\tcase\tf\n")
    stray = tmp_path / ".keys.0123abcd"
    stray.write_bytes(place.keys.read_bytes())
    said = place.said("backup", "--out", str(tmp_path / "made"), "--keys", str(tmp_path / "keys"))
    assert said.code == 0, said.err
    assert {each.name for each in tmp_path.iterdir()} == {"made", "keys", foreign.name}


@pytest.mark.parametrize("out", ["/proc/none/made", "/dev/null/made"])
def test_a_place_that_takes_no_backup_is_told(place: Place, tmp_path: Path, out: str) -> None:
    said = place.said("backup", "--out", out, "--keys", str(tmp_path / "keys"))
    assert said.code == 1
    assert "could not be written to" in said.err
    elsewhere = place.said("backup", "--out", str(tmp_path / "made"), "--keys", out)
    assert elsewhere.code == 1
    assert "The keys could not be written" in elsewhere.err
    assert not (tmp_path / "made").exists()


def test_two_restores_into_one_database_do_not_meet(place: Place, embedded_server: Server) -> None:
    with swapping_alone(embedded_server, "evenroll_never"):
        said = place.restore(place.backup, "--into", "evenroll_never")
    assert said.code == 5
    assert "Another restore" in said.err
    assert databases(place.urls, "evenroll_never") == 0


def test_a_database_in_use_is_told_before_anything_is_restored(place: Place, embedded_server: Server) -> None:
    name = urlsplit(place.restored.owner).path.strip("/")
    with psycopg.connect(place.restored.owner):
        said = place.restore(place.backup, "--into", name, "--replace")
    assert said.code == 5
    assert "in use (connections: 1)" in said.err


@pytest.mark.parametrize("ending", ["_replaced", "_restoring"])
def test_a_database_that_no_restore_made_is_not_dropped_for_its_name(
    place: Place, embedded_server: Server, ending: str
) -> None:
    name = urlsplit(place.restored.owner).path.strip("/")
    other = f"{name}{ending}"
    ensure_database(embedded_server, other)
    try:
        said = place.restore(place.backup, "--into", name, "--replace")
        assert (said.code, f"needs the name {other} for a moment" in said.err) == (5, True), said.err
        assert databases(place.urls, other) == 1
    finally:
        drop_database(embedded_server, other)


def test_what_a_killed_restore_left_goes_with_the_next(place: Place, embedded_server: Server) -> None:
    name = urlsplit(place.restored.owner).path.strip("/")
    for ending in ("_replaced", "_restoring"):
        make_passing_database(embedded_server, f"{name}{ending}")
    done = place.restore(place.backup, "--into", name, "--replace")
    assert done.code == 0, done.err
    assert databases(place.urls, f"{name}_re") == 0
    with psycopg.connect(place.restored.owner) as owner:
        told = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        assert _one(owner, told) is None


@pytest.mark.parametrize("name", ["postgres", "template1", "../up", "Großstadt", "x" * 60])
def test_a_name_that_is_none_of_a_database_is_wrong_use(place: Place, name: str) -> None:
    said = place.restore(place.backup, "--into", name)
    assert said.code == 2
    assert f"{name} cannot name the database" in said.err


def test_a_list_of_erasures_that_is_a_folder_is_told(place: Place, tmp_path: Path) -> None:
    said = place.restore(place.backup, "--into", "evenroll_never", "--erased", str(tmp_path))
    assert said.code == 2
    assert "cannot be read (Is a directory)" in said.err


def test_a_restore_that_is_killed_halfway_leaves_the_database_as_it_was(place: Place) -> None:
    programs = programs_for(place.urls.owner, home=place.home, major=major(place.urls), environ={})
    died = get_context("spawn").Process(target=_begin_and_die, args=(programs,))
    died.start()
    died.join(60)
    assert died.exitcode == -signal.SIGKILL
    with psycopg.connect(place.urls.owner, autocommit=True) as owner:
        while _one(owner, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"):
            time.sleep(0.05)
        assert _one(owner, "SELECT to_regclass('public.half_restored')") is None


def test_a_server_that_tells_of_much_does_not_hold_up_a_restore(place: Place) -> None:
    programs = programs_for(place.urls.owner, home=place.home, major=major(place.urls), environ={})
    for level in ("NOTICE", "WARNING"):
        _without_hanging(_hear_much, programs, level)


def test_programs_that_warn_of_much_do_not_hold_up_a_restore_and_their_error_is_told(
    place: Place, tmp_path: Path
) -> None:
    """pg_restore warns before it gives what it has read; the pipe of what it says would be full by then."""
    usual = programs_for(place.urls.owner, home=place.home, major=major(place.urls), environ={})
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("pg_dump", "psql"):
        (folder / name).symlink_to(usual.folder / name)
    warning = folder / "pg_restore"
    warning.write_text(
        "#!/bin/sh\nfor i in $(seq 5000); do echo pg_restore: warning: this and that, again and again >&2; done\n"
        "echo 'SELECT 1;'\necho 'pg_restore: error: the archive ends too soon' >&2\nexit 1\n"
    )
    warning.chmod(0o700)
    programs = programs_for(place.urls.owner, home=place.home, major=18, environ={PROGRAMS_VARIABLE: str(folder)})
    _without_hanging(_be_told_why, programs)


HANGS_SECONDS = 180
"""After so long nobody believes any more that it is only slow."""


def _without_hanging(act: Callable[..., None], *told: object) -> None:
    process = get_context("spawn").Process(target=act, args=told)
    process.start()
    process.join(HANGS_SECONDS)
    try:
        assert process.exitcode == 0
    finally:
        process.kill()


def _hear_much(programs: Programs, level: str) -> None:
    with programs.script() as script:
        for _ in range(5000):
            script.say(f"DO $$ BEGIN RAISE {level} '%', repeat('this and that ', 20); END $$;")


def _be_told_why(programs: Programs) -> None:
    with pytest.raises(BackupRefused, match="the archive ends too soon"):
        with programs.script() as script:
            script.archive(Path("some.dump"), section="data", knows_timeout=True)


def _begin_and_die(programs: Programs) -> None:
    with programs.script() as script:
        script.say("CREATE TABLE public.half_restored ();")
        script.to.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def _one(owner: psycopg.Connection, query: LiteralString) -> object:
    row = owner.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_an_empty_database_is_not_backed_up(place: Place, embedded_server: Server, tmp_path: Path) -> None:
    name = f"{urlsplit(place.urls.app).path.strip('/')}_empty"
    ensure_database(embedded_server, name)
    urls = DatabaseUrls(app=embedded_server.url(role=APPLICATION, database=name), owner="", auditor=None)
    try:
        said = line(urls, place.home, "backup", "--out", "made", "--keys", "keys", folder=tmp_path)
        assert said.code == 3
        assert "No organization is in the database" in said.err
        assert list(tmp_path.iterdir()) == []
    finally:
        drop_database(embedded_server, name)
