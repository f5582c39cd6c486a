"""The hash of an entry: over the canonical text of all its columns, each of which changes it."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.enrollment.roles import Role
from evenroll.quantities.codec import canonical
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.quantities.json_text import CodecRefused
from evenroll.records.entries import Entry, entry_hash, hashed_parts
from evenroll.records.streams import StreamId, StreamKind

TEXTS = st.text(max_size=20)
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),
    datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=9, minutes=30))]),
)
ENTRIES = st.builds(
    Entry,
    organization=TEXTS.map(OrganizationKey),
    stream=st.builds(StreamId, kind=st.sampled_from(StreamKind), key=TEXTS),
    number=st.integers(1, 2**31 - 1),
    row=TEXTS,
    actor_key=TEXTS.map(ActorKey),
    actor_role=st.sampled_from(Role),
    actor_organization=TEXTS.map(OrganizationKey),
    event=TEXTS,
    version=st.integers(1, 99),
    data=TEXTS,
    business_at=INSTANTS,
    business_on=st.dates(date(1970, 1, 1), date(2200, 1, 1)),
    recorded_at=INSTANTS,
    idempotency_key=TEXTS,
    previous_hash=TEXTS,
)


@given(ENTRIES)
def test_it_is_taken_over_the_canonical_text(entry: Entry) -> None:
    assert entry_hash(entry) == hashlib.sha256(canonical(hashed_parts(entry)).encode()).hexdigest()


@given(ENTRIES, ENTRIES)
def test_every_field_changes_it(one: Entry, other: Entry) -> None:
    for field in fields(Entry):
        if field.name == "hash" or getattr(one, field.name) == getattr(other, field.name):
            continue
        assert entry_hash(replace(one, **{field.name: getattr(other, field.name)})) != entry_hash(one), field.name


@given(ENTRIES)
def test_half_a_surrogate_pair_is_refused(entry: Entry) -> None:
    with pytest.raises(CodecRefused, match="UTF-8"):
        entry_hash(replace(entry, data="\ud800"))
