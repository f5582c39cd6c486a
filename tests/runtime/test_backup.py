"""A backup brings everything back but what was erased, shows nobody, and is refused aloud where it is not whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from evenroll.runtime.backup_programs import programs_for
from evenroll.runtime.database import DatabaseUrls
from evenroll.runtime.embedded_cluster import APPLICATION, AUDITOR, OWNER
from evenroll.runtime.embedded_server import Server, drop_database, ensure_database
from evenroll.runtime.wiring import erasure_list_of
from tests.runtime.backed_up import Place, databases, major, other_keys, write_whole
from tests.runtime.line import line
from tests.safety.canaries import canaries_in
from tests.territory import new_territory


def test_walls_triggers_and_rights_are_restored_to_the_letter(place: Place) -> None:
    def schema(urls: DatabaseUrls) -> list[str]:
        programs = programs_for(urls.owner, home=place.home, major=major(urls), environ={})
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
    programs = programs_for(place.urls.owner, home=place.home, major=major(place.urls), environ={})
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


def test_a_log_that_is_shorter_than_its_checkpoint_says_how_much_is_missing(place: Place, tmp_path: Path) -> None:
    head, territory = tmp_path / "head.txt", new_territory()
    territory.apply(territory.premise())
    made = line(place.urls, place.home, "journal", "checkpoint", "--out", str(head), folder=tmp_path)
    assert made.code == 0, made.err
    verify = ("journal", "verify", "--against", str(head))
    told = line(place.restored, place.home, *verify, "--json", folder=tmp_path)
    found = json.loads(told.out.splitlines()[0])
    missing = int(head.read_text().splitlines()[1]) - found["size"]
    assert (told.code, found["missing"]) == (1, missing) and missing > 0
    people = line(place.restored, place.home, *verify, folder=tmp_path)
    assert f"{missing} entries are missing" in people.err and "restore the newest one" in people.err
    assert "Every entry" not in people.out and "who changed it" not in people.err


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
    assert databases(place.urls, "evenroll_never") == 0


def test_keys_that_are_cut_open_or_of_another_installation_are_refused(place: Place, tmp_path: Path) -> None:
    cut, seen, other = tmp_path / "cut", tmp_path / "seen", tmp_path / "other"
    whole = place.keys.read_bytes().splitlines(keepends=True)
    for path, lines in ((cut, whole[:-2]), (seen, whole)):
        path.write_bytes(b"".join(lines))
        path.chmod(0o600)
    seen.chmod(0o644)
    assert "no whole file of keys" in place.restore(place.backup, "--into", "evenroll_never", keys=cut).err
    assert "can be read by other accounts" in place.restore(place.backup, "--into", "evenroll_never", keys=seen).err
    other_keys(other)
    assert "of another installation" in place.restore(place.backup, "--into", "evenroll_never", keys=other).err
    missing = place.restore(place.backup, "--into", "evenroll_never", keys=tmp_path / "none")
    assert missing.code == 1
    assert "cannot be read" in missing.err


def test_keys_older_than_the_backup_are_refused_and_nothing_is_left(place: Place, tmp_path: Path) -> None:
    older = tmp_path / "older"
    head, *rows = place.keys.read_bytes().splitlines(keepends=True)[:-1]
    kept = next(each for each in reversed(rows) if b"\\N" not in each)
    write_whole(older, [head, *(each for each in rows if each != kept)])
    said = place.restore(place.backup, "--into", "evenroll_never", keys=older)
    assert said.code == 1
    assert "lacks 1 customer keys" in said.err
    assert databases(place.urls, "evenroll_never") == 0


def test_a_restore_that_is_refused_has_changed_nothing_at_home_either(
    place: Place, embedded_server: Server, tmp_path: Path
) -> None:
    name, home = f"{urlsplit(place.urls.app).path.strip('/')}_bare", tmp_path / "home"
    older, programs = (
        tmp_path / "older",
        programs_for(place.urls.owner, home=place.home, major=major(place.urls), environ={}),
    )
    head, *rows = place.keys.read_bytes().splitlines(keepends=True)[:-1]
    write_whole(older, [head, *rows[:-1]])
    roles = (("DATABASE_URL", APPLICATION), ("DATABASE_OWNER_URL", OWNER), ("DATABASE_AUDITOR_URL", AUDITOR))
    more = {variable: embedded_server.url(role=role, database=name) for variable, role in roles}
    more |= {"EVENROLL_POSTGRES_BIN": str(programs.folder), "EVENROLL_ERASURE_LIST": str(home / "erased.jsonl")}
    drop_database(embedded_server, name)
    ensure_database(embedded_server, name)
    told = ("restore", str(place.backup), "--erased", str(erasure_list_of(place.home)), "--keys")
    try:
        said = line(place.urls, home, *told, str(older), folder=tmp_path, more=more)
        assert (said.code, "Nothing was changed" in said.err) == (1, True), said.err
        assert [each for each in home.rglob("*") if each.is_file()] == []
        done = line(place.urls, home, *told, str(place.keys), folder=tmp_path, more=more)
        assert done.code == 0, done.err
        assert (home / "keys" / "master.key").exists() and (home / "erased.jsonl").exists()
    finally:
        drop_database(embedded_server, name)


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
                # What a worker had in hand is free after a restore: whoever had it is gone.
                rows = SQL(
                    "SELECT md5(string_agg(told, chr(10) ORDER BY told)) "
                    "FROM (SELECT (to_jsonb(t) - 'claimed_until')::text AS told FROM public.{} AS t) AS rows"
                )
                row = owner.execute(rows.format(Identifier(table))).fetchone()
                if row is not None and row[0]:
                    found[key, table] = row[0]
    return found
