"""A timeline as it is told: programs by their names, other organizations by theirs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.timeline_words import told_actor, told_entry
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from evenroll.records.entries import Entry
from evenroll.records.streams import StreamId, StreamKind

HOME, PEER = OrganizationKey("home-electric"), OrganizationKey("peer-power")
AT = datetime(2027, 3, 1, 15, tzinfo=UTC)


def entry(event: str, *, role: Role, **data: str) -> Entry:
    return Entry(
        organization=HOME,
        stream=StreamId(kind=StreamKind.CASE, key="EV-1"),
        number=1,
        row="5",
        actor_key=ActorKey("org/peer-power"),
        actor_role=role,
        actor_organization=PEER if role is Role.PEER else HOME,
        event=event,
        version=1,
        data=json.dumps(data),
        business_at=AT,
        business_on=AT.date(),
        recorded_at=AT,
        idempotency_key="once",
        previous_hash="",
    )


@pytest.mark.parametrize("language", Language)
def test_a_program_is_told_by_its_name_where_that_is_known_and_by_its_key_elsewhere(language: Language) -> None:
    listed = entry("waitlisted", role=Role.SYSTEM, program="RB-FIRST-FOUR")
    assert "RB-FIRST-FOUR" in told_entry(listed, language=language).sentence
    named = told_entry(listed, language=language, programs={ProgramKey("RB-FIRST-FOUR"): "First Four"})
    assert "First Four" in named.sentence
    assert "RB-FIRST-FOUR" not in named.sentence


@pytest.mark.parametrize("language", Language)
def test_another_organization_is_told_by_its_name_and_everybody_else_by_the_role(language: Language) -> None:
    names = {HOME: "Home Electric", PEER: "Peer Power"}
    peer = told_entry(entry("case_opened", role=Role.PEER), language=language)
    own = told_entry(entry("case_opened", role=Role.SYSTEM), language=language)
    assert told_actor(peer, names=names, language=language) == "Peer Power"
    assert told_actor(peer, names={}, language=language) not in ("", "Peer Power")
    assert told_actor(own, names=names, language=language) != "Home Electric"
