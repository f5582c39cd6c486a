"""A backup brings everything back but what was erased, shows nobody, and is refused aloud where it is not whole."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from evenroll.records.erasure_list import Erasure, erasure_list_path, note, use_erasure_list
from evenroll.runtime.backup_programs import Programs, programs_for
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database
from tests.runtime.line import Said, line
from tests.safety.canaries import canaries_in, canary_answers, canary_premise
from tests.territory import new_territory


@dataclass(frozen=True, kw_only=True)
class Place:
    """A filled database, a backup of it, and where it was restored."""

    folder: Path
    urls: DatabaseUrls
    home: Path
    restored: DatabaseUrls
    answers: dict[object, str]

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    @property
    def keys(self) -> Path:
        return self.folder / "apart" / "keys"

    def said(self, *arguments: str) -> Said:
        return line(self.urls, self.home, *arguments, folder=self.folder)

    def restore(self, backup: Path, *more: str, keys: Path | None = None) -> Said:
        return self.said("restore", str(backup), "--keys", str(keys or self.keys), *more)


@pytest.fixture(scope="module")
def place(
    django_ready: DatabaseUrls,
    embedded_server: Server,
    embedded_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    territory = new_territory()
    premise = canary_premise(territory, supplier=None)
    answers = canary_answers(premise)
    territory.apply(premise, answers=answers)
    territory.run()
    name = f"{urlsplit(django_ready.app).path.strip('/')}_again"
    found = Place(
        folder=tmp_path_factory.mktemp("backup"),
        urls=django_ready,
        home=embedded_home,
        restored=DatabaseUrls(
            app=embedded_server.url(role=APPLICATION, database=name),
            owner=embedded_server.url(role=OWNER, database=name),
            auditor=embedded_server.url(role=AUDITOR, database=name),
        ),
        answers=dict(answers),
    )
    made = found.said("backup", "--out", str(found.backup), "--keys", str(found.keys))
    assert made.code == 0, made.err
    done = found.restore(found.backup, "--into", name, "--json")
    assert done.code == 0, done.err
    yield found
    drop_database(embedded_server, name)


def test_walls_triggers_and_rights_are_restored_to_the_letter(place: Place) -> None:
    def schema(urls: DatabaseUrls) -> list[str]:
        programs = programs_for(urls.owner, home=place.home, major=_major(urls), environ={})
        to = place.folder / f"{urlsplit(urls.owner).path.strip('/')}.schema"
        programs.dump("--schema-only", to=to)
        with (
            programs.archive_text(to, section="pre-data") as first,
            programs.archive_text(to, section="post-data") as last,
        ):
            assert first.stdout and last.stdout and first.stderr and last.stderr
            text = (first.stdout.read() + last.stdout.read()).decode()
        lines = [each for each in text.splitlines() if not each.startswith(("\\restrict", "\\unrestrict", "--"))]
        # What is read in again is the same check, written with its casts in another place.
        return [each.split("(ARRAY[")[0].rstrip("(") for each in lines]

    there, here = schema(place.urls), schema(place.restored)
    assert there == here
    assert any("ENABLE ROW LEVEL SECURITY" in each for each in here)
    assert any("ENABLE ALWAYS TRIGGER" in each for each in here)


def test_every_row_of_every_organization_is_restored(place: Place) -> None:
    there, here = _contents(place.urls), _contents(place.restored)
    assert len(there) > 30
    assert {key for key in there if there[key] != here.get(key)} <= {("", "seal_progress")}
    assert there.keys() == here.keys()


def test_the_application_passes_no_wall_after_a_restore(place: Place) -> None:
    with psycopg.connect(place.restored.app) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT count(*) FROM case_record")
        app.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM journal_entry")


def test_a_backup_alone_shows_nobody(place: Place) -> None:
    programs = programs_for(place.urls.owner, home=place.home, major=_major(place.urls), environ={})
    looked_at = 0
    for path in sorted(place.backup.iterdir()):
        text = path.read_bytes()
        if path.suffix == ".dump":
            with programs.archive_text(path, section="data") as reading:
                assert reading.stdout and reading.stderr
                text = reading.stdout.read()
        looked_at += len(text)
        assert canaries_in(text.decode("utf-8", errors="replace"), answers=place.answers) == set(), path.name
    assert looked_at > 100_000
    rows = [each.split(b"\t")[1] for each in place.keys.read_bytes().splitlines()[1:-1]]
    wrapped = [each[3:] for each in rows if each != b"\\N"]
    assert len(wrapped) > 3
    whole = b"".join(path.read_bytes() for path in place.backup.iterdir())
    assert not any(each in whole for each in wrapped)


def test_the_sealed_log_holds_after_a_restore(place: Place) -> None:
    looked = line(place.restored, place.home, "journal", "verify", "--json", folder=place.folder)
    assert looked.code == 0
    assert looked.told["holds"]


def test_keys_stand_apart_and_are_closed(place: Place) -> None:
    assert place.keys.stat().st_mode & 0o777 == 0o600
    assert place.backup.stat().st_mode & 0o777 == 0o700
    within = place.said("backup", "--out", str(place.folder / "b2"), "--keys", str(place.folder / "b2" / "keys"))
    assert within.code == 1
    assert "would lie within the backup" in within.err
    assert not (place.folder / "b2").exists()
    again = place.said("backup", "--out", str(place.backup), "--keys", str(place.keys))
    assert again.code == 1
    assert "never overwritten" in again.err


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("cut", "was cut"),
        ("change", "was changed"),
        ("remove", "is missing"),
        ("manifest", "another one made it"),
        ("nothing", "is no backup"),
        ("newer", "has format 9"),
    ],
)
def test_a_damaged_backup_is_refused_and_changes_nothing(place: Place, tmp_path: Path, harm: str, told: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(place.backup, copy)
    victim, manifest = copy / "shared.dump", copy / "manifest.json"
    match harm:
        case "cut":
            victim.write_bytes(victim.read_bytes()[:-100])
        case "change":
            whole = bytearray(victim.read_bytes())
            whole[len(whole) // 2] ^= 1
            victim.write_bytes(whole)
        case "remove":
            victim.unlink()
        case "manifest":
            manifest.write_text(manifest.read_text().replace('"sealed": ', '"sealed": 1'))
        case "newer":
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 9'))
        case _:
            manifest.unlink()
    said = place.restore(copy, "--into", "evenroll_never")
    assert said.code == 1, said.err
    assert told in said.err
    assert _databases(place.urls, "evenroll_never") == 0


def test_keys_that_are_cut_open_or_of_another_installation_are_refused(place: Place, tmp_path: Path) -> None:
    cut, seen, other = tmp_path / "cut", tmp_path / "seen", tmp_path / "other"
    whole = place.keys.read_bytes().splitlines(keepends=True)
    for path, lines in ((cut, whole[:-2]), (seen, whole)):
        path.write_bytes(b"".join(lines))
        path.chmod(0o600)
    seen.chmod(0o644)
    assert "no whole file of keys" in place.restore(place.backup, "--into", "evenroll_never", keys=cut).err
    assert "can be read by other accounts" in place.restore(place.backup, "--into", "evenroll_never", keys=seen).err
    _other_keys(other)
    assert "of another installation" in place.restore(place.backup, "--into", "evenroll_never", keys=other).err
    missing = place.restore(place.backup, "--into", "evenroll_never", keys=tmp_path / "none")
    assert missing.code == 1
    assert "cannot be read" in missing.err


def test_keys_older_than_the_backup_are_refused_and_nothing_is_left(place: Place, tmp_path: Path) -> None:
    older = tmp_path / "older"
    head, *rows = place.keys.read_bytes().splitlines(keepends=True)[:-1]
    kept = next(each for each in reversed(rows) if b"\\N" not in each)
    _write_whole(older, [head, *(each for each in rows if each != kept)])
    said = place.restore(place.backup, "--into", "evenroll_never", keys=older)
    assert said.code == 1
    assert "lacks 1 customer keys" in said.err
    assert _databases(place.urls, "evenroll_never") == 0


def test_the_keys_are_written_over_nothing_else(place: Place, tmp_path: Path) -> None:
    letter, other, shut = tmp_path / "letter", tmp_path / "other", tmp_path / "shut"
    letter.write_text("to whom it may concern")
    _other_keys(other)
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
    _write_whole(keys, [head, *rows, b"77\t\\\\x01\n", b"78\t\\\\x02\n"])
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


def test_a_database_with_an_installation_is_not_overwritten(place: Place) -> None:
    before = _contents(place.urls)
    said = place.restore(place.backup)
    assert said.code == 1
    assert "--replace" in said.err
    assert _contents(place.urls) == before


def test_a_server_of_ones_own_is_backed_up_and_restored_through_its_owner(
    place: Place, embedded_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{urlsplit(place.urls.app).path.strip('/')}_own"
    drop_database(embedded_server, name)
    ensure_database(embedded_server, name)
    try:
        for variable, role in (
            ("DATABASE_URL", APPLICATION),
            ("DATABASE_OWNER_URL", OWNER),
            ("DATABASE_AUDITOR_URL", AUDITOR),
        ):
            monkeypatch.setenv(variable, embedded_server.url(role=role, database=name))
        done = place.restore(place.backup)
        assert done.code == 0, done.err
        urls = DatabaseUrls(app="", owner=embedded_server.url(role=OWNER, database=name), auditor=None)
        first = _contents(urls)
        assert {key for key, rows in _contents(place.restored).items() if first.get(key) != rows} == set()
        assert "--replace" in place.restore(place.backup).err
        made = place.said("backup", "--out", str(place.folder / "own"), "--keys", str(place.folder / "own.keys"))
        assert made.code == 0, made.err
        again = place.restore(place.folder / "own", "--replace", keys=place.folder / "own.keys")
        assert again.code == 0, again.err
        differ = {table for (key, table), rows in _contents(urls).items() if first.get((key, table)) != rows}
        assert differ <= {"seal_progress", "seal_checkpoint"}
    finally:
        monkeypatch.undo()
        drop_database(embedded_server, name)


def test_a_restore_that_is_killed_halfway_leaves_the_database_as_it_was(place: Place) -> None:
    programs = programs_for(place.urls.owner, home=place.home, major=_major(place.urls), environ={})
    died = get_context("spawn").Process(target=_begin_and_die, args=(programs,))
    died.start()
    died.join(60)
    assert died.exitcode == -signal.SIGKILL
    with psycopg.connect(place.urls.owner, autocommit=True) as owner:
        while _one(owner, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"):
            time.sleep(0.05)
        assert _one(owner, "SELECT to_regclass('public.half_restored')") is None


def _begin_and_die(programs: Programs) -> None:
    with programs.script() as script:
        script.say("CREATE TABLE public.half_restored ();")
        script.to.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def _one(owner: psycopg.Connection, query: LiteralString) -> object:
    row = owner.execute(query).fetchone()
    assert row is not None
    return row[0]


def _other_keys(path: Path) -> None:
    told = {
        "file": "evenroll-keys",
        "made_at": "2026-11-23T10:00:00+00:00",
        "master": base64.b64encode(b"x" * 32).decode(),
    }
    _write_whole(path, [json.dumps(told).encode() + b"\n"])


def _write_whole(path: Path, lines: Sequence[bytes]) -> None:
    """A file of keys with its end."""
    body = b"".join(lines)
    path.write_bytes(body + b"end " + hashlib.sha256(body).hexdigest().encode() + b"\n")
    path.chmod(0o600)


def _major(urls: DatabaseUrls) -> int:
    with psycopg.connect(urls.owner) as owner:
        return owner.info.server_version // 10_000


def _databases(urls: DatabaseUrls, prefix: str) -> int:
    with psycopg.connect(urls.owner) as owner:
        row = owner.execute("SELECT count(*) FROM pg_database WHERE starts_with(datname, %s)", (prefix,)).fetchone()
    return 0 if row is None else row[0]


def _contents(urls: DatabaseUrls) -> dict[tuple[str, str], str]:
    """A hash over the rows of each table, by organization; "" for those that belong to nobody."""
    found: dict[tuple[str, str], str] = {}
    with psycopg.connect(urls.owner) as owner:
        tables = owner.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' ORDER BY relname"
        ).fetchall()
        organizations = owner.execute("SELECT key, id FROM organization").fetchall()
        for table, is_walled in tables:
            for key, number in organizations if is_walled else [("", 0)]:
                owner.execute("SELECT set_config('evenroll.organization', %s, true)", (str(number),))
                rows = SQL("SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM public.{} AS t")
                row = owner.execute(rows.format(Identifier(table))).fetchone()
                if row is not None and row[0]:
                    found[key, table] = row[0]
    return found
