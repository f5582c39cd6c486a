"""Replay builds every row of the fold again from the journal alone, and a planted change shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import Event
from evenroll.enrollment.point_events import LoadUsagePoint, load_usage_point
from evenroll.records.folds import FOLDS, read_event
from evenroll.records.journal import FaultKind, read_stream
from evenroll.records.organizations import cursor, open_organization, organization_keys
from evenroll.records.replay import replay
from evenroll.records.row_batch import RowBatch
from evenroll.records.stream_writer import project
from evenroll.records.streams import StreamKind, case_stream
from tests.records.invented import (
    UTILITY,
    new_case_number,
    new_pod,
    open_case,
    released,
    reserved,
    usage_point,
    vehicle_recorded,
    working,
)
from tests.territory import PLANTED

pytestmark = pytest.mark.on_16


def _history() -> Case:
    pod = new_pod()
    with working() as uow:
        decided = load_usage_point(uow.usage_point(pod), LoadUsagePoint(point=usage_point(pod)))
        assert isinstance(decided, Decided)
        uow.record_point(pod, decided, expected=None)
    case = open_case()
    with working() as uow:
        events = (vehicle_recorded(), reserved(pod), released(), reserved(new_pod()))
        return uow.record_case(case.number, Decided(events=events), expected=uow.case(case.number))


def test_replay_gives_the_same_rows() -> None:
    _history()
    told = [each for each in organization_keys() if each not in PLANTED]
    result = replay("replay_equal", organizations=told)
    assert result.differences == ()
    assert result.entries > 5 and result.rows > 5


def test_a_planted_change_in_evolve_shows() -> None:
    case = _history()

    def wrong(before: Case | None, event: Event) -> Case:
        after = evolve(before, event)
        return replace(after, vehicles=()) if after.number == case.number else after

    folds = {**FOLDS, StreamKind.CASE: replace(FOLDS[StreamKind.CASE], evolve=wrong)}
    result = replay("replay_wrong_evolve", organizations=(UTILITY,), folds=folds)
    assert not result.equal
    assert {(each.table, each.key, each.where) for each in result.differences} >= {
        ("case_record", case.number, "tables"),
        ("case_record", case.number, "journal"),
    }


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("case_record", "UPDATE case_record SET status = 'active' WHERE number = %s"),
        ("track", "UPDATE track SET owner = 'billing' WHERE stream_key = %s"),
        ("place", "UPDATE place SET live = false WHERE case_number = %s"),
        ("vehicle", "DELETE FROM vehicle WHERE case_number = %s"),
    ],
)
def test_a_planted_change_in_a_row_shows(table: str, change: str) -> None:
    case = _history()

    with open_organization(UTILITY), cursor() as pen:
        pen.execute(change, (case.number,))  # pyright: ignore[reportArgumentType]
    try:
        result = replay(f"replay_wrong_{table}", organizations=(UTILITY,))
        assert table in {each.table for each in result.differences}
    finally:
        _mend(case)
    assert replay(f"replay_mended_{table}", organizations=(UTILITY,)).equal


def test_entries_that_stand_under_another_number_show_and_make_no_rows() -> None:
    """Without this, a copied opening would make the row of the case it was copied from anew, or not, by chance."""
    copied, planted = _history(), new_case_number()
    with open_organization(UTILITY) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO journal_entry (organization_id, stream_kind, stream_key, number, row, actor_key, actor_role, "
            "actor_organization, event, version, data, business_at, business_on, recorded_at, idempotency_key, "
            "previous_hash, hash) SELECT organization_id, stream_kind, %s, number, row, actor_key, actor_role, "
            "actor_organization, event, version, data, business_at, business_on, recorded_at, idempotency_key, "
            "previous_hash, hash FROM journal_entry WHERE organization_id = %s AND stream_key = %s AND number = 1",
            (planted, opened.id, copied.number),
        )
    try:
        result = replay("replay_copied", organizations=(UTILITY,))
    finally:
        _remove_entries(planted)
    assert [(each.table, each.key) for each in result.differences] == [("journal_entry", planted)]
    broken = {(each.number, each.kind) for _, each in result.faults if each.stream.key == planted}
    assert broken == {(1, FaultKind.CONTENT), (1, FaultKind.HEAD)} and not result.holds
    assert not any(each.stream.key == copied.number for _, each in result.faults)


def test_a_stream_that_was_lost_whole_shows_by_its_head() -> None:
    """Nothing of it is left to fold, so that only the head tells of it."""
    lost = new_case_number()
    with open_organization(UTILITY) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) "
            "VALUES (%s, 'case', %s, 3, %s)",
            (opened.id, lost, "0" * 64),
        )
    try:
        result = replay("replay_lost", organizations=(UTILITY,))
    finally:
        _remove_head(lost)
    faults = [(org, each.number, each.kind) for org, each in result.faults if each.stream.key == lost]
    assert result.equal and faults == [(UTILITY, 3, FaultKind.HEAD)]


def _remove_entries(number: str) -> None:
    """What only the owner of the tables can do, and only by taking the lock off first."""
    with open_organization(UTILITY, alias="owner"), cursor() as pen:
        pen.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        pen.execute("DELETE FROM journal_entry WHERE stream_key = %s", (number,))
        pen.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


def _remove_head(number: str) -> None:
    with open_organization(UTILITY, alias="owner"), cursor() as pen:
        pen.execute("DELETE FROM stream_head WHERE stream_key = %s", (number,))


def _mend(case: Case) -> None:
    """Bring the rows of the case back to what its state says."""
    with open_organization(UTILITY) as opened, cursor() as pen:
        events = tuple(
            read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data)
            for each in read_stream(case_stream(case.number))
        )
        # Deleted first: what is made from nothing is put where nothing is.
        pen.execute("DELETE FROM vehicle WHERE organization_id = %s AND case_number = %s", (opened.id, case.number))
        batch = RowBatch(pen, opened.id)
        project(batch, opened.id, before=None, after=case, events=events)
        batch.flush()
