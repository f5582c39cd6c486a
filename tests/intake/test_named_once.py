"""Names in a file: the row that had one first is remembered with what it said, and little else of a long file is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.form import Channel
from evenroll.intake.application import Application, BadRow, FaultCode
from evenroll.intake.file_shape import file_shape
from evenroll.intake.named_once import FirstRows, applications_of
from evenroll.intake.row_reader import RowRules

RULES = RowRules(
    today=date(2026, 11, 23),
    organizations=frozenset({"north", "south"}),
    programs=frozenset({"NIGHT"}),
    channel=Channel.WEB,
)


def digest(text: object) -> bytes:
    return blake2b(str(text).encode(), digest_size=16).digest()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3))))
def test_the_first_of_each_name_is_told_as_a_dict_tells_it(told: list[tuple[int, int]]) -> None:
    firsts, plain = FirstRows(), dict[bytes, tuple[int, bytes]]()
    for row, (name, content) in enumerate(told, start=2):
        expected = plain.setdefault(digest(name), (row, digest(content)))
        assert firsts.first(digest(name), digest(content), row=row) == expected


def test_names_that_begin_alike_are_kept_apart_while_the_table_grows() -> None:
    """They lie one behind the other from the same place on, and past the end of the table."""
    alike = [b"\xff" * 14 + number.to_bytes(2, "big") for number in range(1_500)]
    firsts = FirstRows()
    for row, name in enumerate(alike):
        assert firsts.first(name, digest(row), row=row) == (row, digest(row))
    assert [firsts.first(name, b"", row=0) for name in alike[::97]] == [
        (row, digest(row)) for row in range(0, len(alike), 97)
    ]


def file_of(path: Path, rows: int) -> Path:
    lines = (f"bulk-{number},north,NIGHT,Pat Doe {number},{number} Long Street of Lakeland" for number in range(rows))
    path.write_text("\n".join(["application,organization,program,name,service_address", *lines]), encoding="utf-8")
    return path


@contextmanager
def traced() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def test_of_a_long_file_some_fifty_bytes_a_row_are_remembered(tmp_path: Path) -> None:
    rows = applications_of(file_shape(file_of(tmp_path / "long.csv", 12_000)), rules=RULES)
    with traced():
        assert all(isinstance(each, Application) for each in islice(rows, 2_000))
        before, _ = tracemalloc.get_traced_memory()
        assert sum(1 for _ in islice(rows, 9_000)) == 9_000
        after, _ = tracemalloc.get_traced_memory()
    assert (after - before) / 9_000 < 64


def test_a_name_that_comes_again_for_something_else_is_told_with_the_row_that_had_it(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text(
        "application,organization,program,name\nA-1,north,NIGHT,Pat\nA-1,south,NIGHT,Pat\nA-1,north,NIGHT,Pat\n"
        "A-1,north,NIGHT,Sam\n,north,NIGHT,Sam\n",
        encoding="utf-8",
    )
    told = list(applications_of(file_shape(path), rules=RULES))
    assert [type(each) for each in told] == [Application, Application, Application, BadRow, Application]
    bad = told[3]
    assert isinstance(bad, BadRow)
    assert [(each.code, each.choices) for each in bad.faults] == [(FaultCode.APPLICATION_TWICE, ("2",))]
