"""Loads under attack: two at once, broken off, huge cells, hostile names, and books that are bigger than a batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_file import Loaded
from evenroll.intake.load_source import opened, source_of
from evenroll.records.load_terms import LoadKind
from evenroll.runtime.database import DatabaseUrls
from tests.intake.loaded import POINTS, PREMISES, Loader, assert_true_to_journal, books, counts, lines
from tests.runtime.line import started


@pytest.fixture
def loader(tmp_path: Path, django_ready: object) -> Loader:
    return Loader(folder=tmp_path)


def many(count: int, *, cycle: str = "7") -> str:
    rows = (f"LKL-{number:06d},P-{number % 2 + 1},,{cycle},no\n" for number in range(count))
    return "usage_point,premise,account,read_cycle,net_metering\n" + "".join(rows)


def test_more_rows_than_a_batch_are_all_loaded_and_replay_equally(loader: Loader) -> None:
    loader.load(LoadKind.PREMISES, PREMISES)
    assert counts(loader.load(LoadKind.USAGE_POINTS, many(5_500)))["new"] == 5_500
    rates = "usage_point,rate,from_on\n" + "".join(f"LKL-{number:06d},STD,2020-05-01\n" for number in range(5_500))
    assert counts(loader.load(LoadKind.RATES, rates))["new"] == 5_500
    assert counts(loader.load(LoadKind.RATES, rates))["unchanged"] == 5_500
    assert loader.rows("SELECT count(*), min(number), max(number) FROM stream_head") == [(5_500, 2, 2)]
    assert assert_true_to_journal(loader) == 11_000


def test_two_loads_at_once_wait_for_each_other(loader: Loader) -> None:
    loader.load(LoadKind.PREMISES, PREMISES)
    done: list[Loaded] = []
    failed: list[BaseException] = []

    def one(name: str) -> None:
        from django.db import connections

        folder = loader.folder / name
        folder.mkdir()
        try:
            other = Loader(folder=folder, organization=loader.organization)
            done.append(other.load(LoadKind.USAGE_POINTS, many(2_000)))
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(counts(each)["new"] for each in done) == [0, 2_000]
    assert loader.rows("SELECT count(*) FROM journal_entry") == [(2_000,)]


def test_a_load_that_is_killed_leaves_nothing(loader: Loader, django_ready: DatabaseUrls, embedded_home: Path) -> None:
    loader.load(LoadKind.PREMISES, PREMISES)
    (loader.folder / "points.csv").write_text(many(60_000), encoding="utf-8")
    given = ("load", "usage_points", "points.csv", "--organization", loader.organization)
    process = started(django_ready, embedded_home, *given, folder=loader.folder)
    locked = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 5001025 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    while loader.rows(locked) == [(0,)]:
        assert process.poll() is None, process.communicate()
    time.sleep(1.0)
    assert process.poll() is None
    process.kill()
    process.communicate()
    while loader.rows(locked) != [(0,)]:
        time.sleep(0.05)
    left = "SELECT (SELECT count(*) FROM usage_point), (SELECT count(*) FROM journal_entry)"
    assert loader.rows(left) == [(0, 0)]
    assert counts(loader.load(LoadKind.USAGE_POINTS, many(100)))["new"] == 100


def test_hostile_cells_are_values_or_refused(loader: Loader) -> None:
    for _ in books(loader):
        pass
    hostile = ["'; DROP TABLE meter; --", "\\N", "%s", "{0}", "=cmd|' /C calc'!A0", "a,b", "LKL\u202e1", "\uff2c\uff2b"]
    text = "usage_point,premise,read_cycle\n" + "".join(
        '"{}",P-1,7\n'.format(each.replace('"', '""')) for each in hostile
    )
    loader.load(LoadKind.USAGE_POINTS, text)
    assert len(loader.faults) == len(hostile), loader.said()
    assert {each.code.value for each in loader.faults} <= {"not_a_number_given", "control_character"}
    address = lines("premise,address,postal_code", 'P-9,"\\N = %s {0} \'; DROP --",60999')
    assert counts(loader.load(LoadKind.PREMISES, address))["new"] == 1
    assert counts(loader.load(LoadKind.PREMISES, address))["unchanged"] == 1


def test_a_cell_longer_than_any_record_is_refused_and_not_held(loader: Loader) -> None:
    loader.load(LoadKind.PREMISES, lines("premise,address,postal_code", f"P-1,{'x' * 301},60999"))
    assert loader.said() == [(2, "address", "too_long")]
    with pytest.raises(FileRefused, match="longer than any record"):
        loader.load(LoadKind.PREMISES, lines("premise,address,postal_code", f"P-1,{'x' * 200_000},60999"))


def test_a_byte_that_breaks_the_encoding_far_down_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"premise,address,postal_code\n" + b"P-1,a,60999\n" * 200_000 + b"P-2,Pe\xf1a,60999\n")
    source = source_of(path)
    assert (source.encoding, source.guessed) == ("cp1252", True)

    def last() -> Iterator[str]:
        with opened(source) as (_, rows):
            yield [row.cells[1] for row in rows][-1]

    assert list(last()) == ["Peña"]


def test_what_the_header_lacks_is_refused_before_anything_is_read(loader: Loader) -> None:
    with pytest.raises(FileRefused, match=r"authenticated is not known.*premise is missing"):
        loader.load(LoadKind.USAGE_POINTS, POINTS.replace("premise,account", "authenticated,account"))
    with pytest.raises(FileRefused, match="has no header"):
        loader.load(LoadKind.USAGE_POINTS, ",,,\n,,\n")
