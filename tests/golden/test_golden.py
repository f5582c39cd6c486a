"""What every release wrote is read by this one, and comes to the same states and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from django.db import connections

from evenroll.enrollment.case_events import CaseOpened
from evenroll.enrollment.event import Event
from evenroll.records.folds import FOLDS, Fold
from evenroll.records.streams import StreamKind
from tests.golden import write
from tests.golden.journal import differing, read_expected, read_journal, releases, rows_of_stream

SIZE_MAX = 1_000_000


@pytest.fixture(autouse=True, scope="module")
def _no_copies_left() -> Iterator[None]:
    """The copies have the names of the tables: whoever used the owner's connection after would read them instead."""
    from evenroll.records.fold_tables import OWNER

    yield
    connections[OWNER].close()


ADVICE = (
    "A journal that a release wrote is read otherwise now. If an event was changed: raise its version and add an "
    "upcaster. If a fold was changed on purpose: raise `Fold.number` where the state has the same fields, then "
    "`make golden-rows`, and read the difference."
)


@pytest.mark.parametrize("name", releases())
def test_the_journal_of_a_release_comes_to_the_same_states(name: str) -> None:
    assert list(differing(name)) == [], ADVICE


@pytest.mark.parametrize("name", releases())
def test_the_journal_of_a_release_makes_the_same_rows(name: str, django_ready: object) -> None:
    from tests.territory import new_territory

    new_territory()
    expected, other = read_expected(name), list[str]()
    for stream in read_journal(name):
        with write.copies_open():
            rows = rows_of_stream(stream)
        told = expected[stream.number].rows
        other += [f"{stream.number}: {table}" for table in {*rows, *told} if rows.get(table) != told.get(table)]
    assert other == [], ADVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpenedAnew(CaseOpened):
    """An event whose meaning changed, and whose version was raised."""

    version = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpenedWithMore(CaseOpened):
    """An event that got a field without a default, and whose version was forgotten."""

    more: str


def _with(event: type[Event]) -> Mapping[StreamKind, Fold]:
    case = FOLDS[StreamKind.CASE]

    def evolve(before: Any, one: Event) -> Any:
        told = {field.name: getattr(one, field.name) for field in fields(CaseOpened)} if type(one) is event else {}
        return case.evolve(before, CaseOpened(**told) if told else one)

    changed = replace(case, evolve=evolve, events={**case.events, "case_opened": event})
    return {**FOLDS, StreamKind.CASE: changed}


@pytest.mark.parametrize(
    ("event", "said"),
    [(CaseOpenedAnew, "nothing lifts version 1 to 2"), (CaseOpenedWithMore, "CaseOpenedWithMore needs more as well")],
)
def test_an_event_that_was_changed_without_an_upcaster_shows(event: type[Event], said: str) -> None:
    found = list(differing(releases()[0], folds=_with(event)))
    assert found and all(said in each for each in found)


def test_with_an_upcaster_it_is_read_again() -> None:
    upcasters = {("case_opened", 1): lambda data: data}
    assert list(differing(releases()[0], folds=_with(CaseOpenedAnew), upcasters=upcasters)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda state: replace(state, vehicles=()),
        lambda state: replace(state, follows="EV-0000-0000-0000"),
    ],
)
def test_a_fold_that_was_changed_shows(change: Callable[[Any], Any]) -> None:
    right = FOLDS[StreamKind.CASE]
    wrong = replace(right, evolve=lambda before, event: change(right.evolve(before, event)))
    found = list(differing(releases()[0], folds={**FOLDS, StreamKind.CASE: wrong}))
    assert len(found) > 9, "nearly every case shows it"


def test_no_journal_is_written_over() -> None:
    with pytest.raises(FileExistsError):
        write.write_journal(releases()[0], [])
    assert write.next_name() not in releases()


def test_they_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in write.FOLDER.glob("*.gz")}
    assert sizes and all(size < SIZE_MAX for size in sizes.values()), sizes
