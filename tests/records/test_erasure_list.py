"""The list of erasures: each line names the one before it, and a line is there whole or not at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evenroll.records.erasure_list import (
    Erasure,
    ErasureListBroken,
    erasure_list_path,
    note,
    read_list,
    use_erasure_list,
)


@pytest.fixture
def path(django_ready: object, tmp_path: Path) -> Iterator[Path]:
    usual = erasure_list_path()
    use_erasure_list(tmp_path / "keys" / "erased.jsonl")
    yield erasure_list_path()
    use_erasure_list(usual)


def erasure(number: int, *, cases: int = 1) -> Erasure:
    return Erasure(
        organization="lakeland",
        subject=f"customer/{number}",
        keys=(number,),
        records=(),
        cases=tuple(f"EV-{each:05d}-AAAAA-AAAA" for each in range(cases)),
        at="2026-11-02T16:00:00+00:00",
    )


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """As on a full disk: what is written up to here is there, and no byte more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_lines_follow_each_other_however_long_they_are(path: Path) -> None:
    noted = [erasure(1), erasure(2, cases=900), erasure(3), erasure(4, cases=2000)]
    for each in noted:
        note(each)
    found = read_list(path)
    assert found.erasures == tuple(noted)
    assert found.goes_on_from(2, head=found.heads[1]) and not found.goes_on_from(2, head=found.heads[0])


def test_half_a_line_on_a_full_disk_is_taken_away_again(path: Path) -> None:
    note(erasure(1))
    with no_file_over(path.stat().st_size + 40), pytest.raises(OSError):
        note(erasure(2))
    assert read_list(path).erasures == (erasure(1),)
    note(erasure(3))
    assert read_list(path).erasures == (erasure(1), erasure(3))


@pytest.mark.parametrize("cut", [1, 30])
def test_nothing_is_added_to_a_list_whose_end_was_cut(path: Path, cut: int) -> None:
    note(erasure(1))
    note(erasure(2))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ErasureListBroken, match="the last line"):
        note(erasure(3))


def test_a_line_that_was_changed_is_found_by_who_reads_them_all(path: Path) -> None:
    for number in (1, 2, 3):
        note(erasure(number))
    path.write_text(path.read_text().replace("customer/1", "customer/9"))
    with pytest.raises(ErasureListBroken, match=r"\(line 2\)"):
        read_list(path)
