"""The journal: hashes tie entries, changes show, nothing is ever changed, old schema versions are lifted."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from psycopg.sql import SQL

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.event import event_kind
from evenroll.quantities.codec import JsonValue
from evenroll.records.entries import Entry
from evenroll.records.folds import read_event
from evenroll.records.journal import (
    FaultKind,
    check_chain,
    read_entries,
    read_stream,
    verify_organization,
    verify_stream,
)
from evenroll.records.locks import Head
from evenroll.records.organizations import open_organization
from evenroll.records.streams import StreamKind, case_stream
from evenroll.records.upcasters import VersionUnknown
from tests.records.invented import UTILITY, Urls, open_case, opened, vehicle_recorded, working

pytestmark = pytest.mark.on_16


def test_a_stream_holds_and_tells_who_did_what() -> None:
    case = open_case()
    with open_organization(UTILITY):
        entries = read_stream(case_stream(case.number))
        assert verify_stream(case_stream(case.number)).holds
    assert [entry.event for entry in entries] == ["case_opened", "offers_presented", "program_chosen"]
    assert [entry.row for entry in entries] == ["2", "2b", "2b"]
    assert {entry.actor_key for entry in entries} == {"desk-1"}
    assert entries[0].previous_hash == "" and entries[1].previous_hash == entries[0].hash
    assert verify_organization(UTILITY).holds


@pytest.mark.parametrize("field", ["data", "row", "actor_key", "business_on", "idempotency_key", "recorded_at"])
def test_a_changed_entry_shows(field: str) -> None:
    from dataclasses import replace
    from datetime import date, timedelta

    case = open_case()
    stream = case_stream(case.number)
    with open_organization(UTILITY):
        first, *rest = read_stream(stream)
    old = getattr(first, field)
    new = old + "x" if isinstance(old, str) else old + timedelta(days=1 if isinstance(old, date) else 0)
    changed: list[Entry] = [replace(first, **{field: new}), *rest]
    head = Head(number=rest[-1].number, hash=rest[-1].hash)
    assert [fault.kind for fault in check_chain(stream, changed, head=head)] == [FaultKind.CONTENT]


def test_a_lost_entry_shows() -> None:
    case = open_case()
    stream = case_stream(case.number)
    with open_organization(UTILITY):
        entries = read_stream(stream)
    head = Head(number=3, hash=entries[-1].hash)
    assert {fault.kind for fault in check_chain(stream, entries[:2], head=head)} == {FaultKind.HEAD}
    assert {fault.kind for fault in check_chain(stream, (entries[0], entries[2]), head=head)} == {
        FaultKind.NUMBER,
        FaultKind.PREVIOUS,
    }


@pytest.mark.parametrize(
    "change", ["UPDATE journal_entry SET row = '5'", "DELETE FROM journal_entry", "TRUNCATE journal_entry"]
)
def test_the_journal_is_append_only_for_application_and_owner(change: LiteralString, django_ready: Urls) -> None:
    open_case()
    find = "SELECT set_config('evenroll.organization', id::text, false) FROM organization WHERE key = %s"
    for url, refusal in ((django_ready.app, InsufficientPrivilege), (django_ready.owner, RestrictViolation)):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(find, (UTILITY,))
            with pytest.raises(refusal):
                connection.execute(SQL(change))
            row = connection.execute("SELECT count(*) FROM journal_entry").fetchone()
    assert row is not None and row[0] > 0


def test_an_old_schema_version_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    event = vehicle_recorded()
    kind = event_kind(event)
    monkeypatch.setattr(type(event), "version", 2)
    old = f'{{"car":"{event.pevid}","drivetrain":"{event.drivetrain.value}","row":"4a","vin_known":true}}'

    def lift(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return {("pevid" if name == "car" else name): value for name, value in data.items()}

    upcasters = {(kind, 1): lift}
    assert read_event(StreamKind.CASE, event=kind, version=1, data=old, upcasters=upcasters) == event
    with pytest.raises(VersionUnknown, match="Add the upcaster"):
        read_event(StreamKind.CASE, event=kind, version=1, data=old)
    with pytest.raises(VersionUnknown, match="newer release"):
        read_event(StreamKind.CASE, event=kind, version=3, data=old)


def test_the_auditor_reads_the_journal_of_all_and_nothing_else(django_ready: Urls) -> None:
    case = open_case()
    assert django_ready.auditor
    with psycopg.connect(django_ready.auditor, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM journal_entry WHERE stream_key = %s", (case.number,)).fetchone()
        assert row == (3,)
        for refused in (
            "SELECT * FROM case_record",
            "SELECT * FROM personal_record",
            "SELECT * FROM customer_key",
            "INSERT INTO stream_head (organization_id, stream_kind, stream_key, number, hash) VALUES (1,'','',0,'')",
            "DELETE FROM journal_entry",
        ):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(refused)  # pyright: ignore[reportArgumentType]


def test_a_case_goes_on_where_its_chain_ended() -> None:
    case = open_case()
    for _ in range(2):
        with working() as uow:
            uow.record_case(case.number, Decided(events=(vehicle_recorded(),)), expected=uow.case(case.number))
    with open_organization(UTILITY):
        verdict = verify_stream(case_stream(case.number))
    assert (verdict.entries, verdict.holds) == (5, True)
    assert opened(case.number).number == case.number


def test_single_entries_are_read_by_their_numbers() -> None:
    stream = case_stream(open_case().number)
    with open_organization(UTILITY):
        whole = read_stream(stream)
        assert read_entries(stream, numbers=[3, 1]) == (whole[0], whole[2])
        assert read_entries(stream, numbers=[4]) == ()
