"""Messages and deadlines: written with their cause, claimed once, delivered again after a failure, applied once."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import CancelAsked
from evenroll.ports.delivery import DropReason
from evenroll.quantities.identifiers import ActorKey
from evenroll.records import deadlines, inbox, outbox
from evenroll.records.envelope import Envelope
from evenroll.records.inbox import NotTheReceiver
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.streams import case_stream
from tests.records.invented import ESCO, NOW, UTILITY, cancel_message, new_case_number, open_case, rows, working


def _sent(count: int = 1) -> list[outbox.Claimed]:
    """Messages of one new case of the ESCO to the utility, claimed."""
    outbox.claim(ESCO, now=NOW + timedelta(days=1), limit=500)
    case = open_case(ESCO)
    with working(ESCO) as uow:
        messages = tuple(cancel_message(case.number, to=UTILITY) for _ in range(count))
        uow.record_case(case.number, Decided(messages=messages), expected=uow.case(case.number))
    return [each for each in outbox.claim(ESCO, now=NOW, limit=500) if each.envelope.conversation == case.number]


def test_a_message_goes_out_with_its_cause_or_not_at_all() -> None:
    case = open_case(ESCO)
    with pytest.raises(RuntimeError, match="on purpose"), working(ESCO) as uow:
        decided = Decided(messages=(cancel_message(case.number),))
        uow.record_case(case.number, decided, expected=uow.case(case.number))
        raise RuntimeError("on purpose")
    count = "SELECT count(*) FROM outbox_message WHERE conversation = %s"
    assert rows(count, case.number, organization=ESCO) == [(0,)]


def test_messages_of_a_conversation_are_numbered_and_come_in_order() -> None:
    (first,) = claimed = _sent(3)
    while len(claimed) < 3:
        outbox.mark_delivered(ESCO, ids=[claimed[-1].id], now=NOW)
        mine = outbox.claim(ESCO, now=NOW, limit=500)
        claimed += [each for each in mine if each.envelope.conversation == first.envelope.conversation]
    assert [each.envelope.number for each in claimed] == [1, 2, 3]
    assert len({each.envelope.message_id for each in claimed}) == 3
    assert isinstance(first.envelope.decoded(), CancelAsked)


def test_what_waits_for_an_earlier_message_is_in_nobodys_way() -> None:
    (first,) = _sent(40)
    outbox.mark_failed(ESCO, claimed=first, why="away", now=NOW)
    case = open_case(ESCO)
    with working(ESCO) as uow:
        decided = Decided(messages=(cancel_message(case.number, to=UTILITY),))
        uow.record_case(case.number, decided, expected=uow.case(case.number))
    (claimed,) = outbox.claim(ESCO, now=NOW, limit=1)
    assert claimed.envelope.conversation == case.number


_NESTED_LOOPS: LiteralString = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashagg = off; "
    "SET LOCAL enable_sort = off; SET LOCAL enable_material = off; SET LOCAL enable_indexscan = off; "
    "SET LOCAL enable_bitmapscan = off"
)
"""The plan that a database may choose on its own when it knows a table badly."""


def test_a_claim_takes_no_more_than_it_asks_for_in_any_plan() -> None:
    outbox.claim(ESCO, now=NOW + timedelta(days=1), limit=5000)
    for _ in range(20):
        case = open_case(ESCO)
        with working(ESCO) as uow:
            decided = Decided(messages=(cancel_message(case.number, to=UTILITY),))
            uow.record_case(case.number, decided, expected=uow.case(case.number))
    late = NOW + timedelta(days=900)
    with open_organization(ESCO), cursor() as pen:
        pen.execute(_NESTED_LOOPS)
        assert len(outbox.claim(ESCO, now=NOW, limit=5)) == 5
        assert len(deadlines.due(ESCO, now=late, limit=5)) == 5


def test_a_parked_message_is_taken_or_dismissed_once() -> None:
    taken, dismissed = _sent()[0].envelope, _sent()[0].envelope
    with open_organization(UTILITY):
        for envelope in (taken, dismissed):
            inbox.park(envelope, why="case_unknown", at=NOW)
        assert inbox.why_parked(taken) == "case_unknown"
        assert [inbox.take_parked(taken) for _ in range(2)] == [True, False]
        told = [
            inbox.dismiss_parked(dismissed, by=ActorKey("desk-1"), reason=DropReason.OBSOLETE, at=NOW) for _ in range(2)
        ]
        assert told == [True, False]
        assert not [each for each, _ in inbox.parked() if each in (taken, dismissed)]
        assert inbox.was_applied(dismissed, at=NOW)


@pytest.mark.on_16
def test_a_claimed_message_is_left_alone_until_its_lease_is_over() -> None:
    (first,) = _sent()
    assert first not in outbox.claim(ESCO, now=NOW, limit=500)
    again = outbox.claim(ESCO, now=NOW + outbox.LEASE, limit=500)
    assert [each.attempts for each in again if each.id == first.id] == [2]
    outbox.mark_delivered(ESCO, ids=[first.id], now=NOW)
    later = outbox.claim(ESCO, now=NOW + timedelta(days=9), limit=500)
    assert first.id not in {each.id for each in later}


def test_a_message_that_cannot_be_delivered_waits_longer_and_is_parked_in_sight() -> None:
    (message,) = _sent()
    now, pauses = NOW, list[timedelta]()
    for _ in range(outbox.ATTEMPTS_MAX):
        outbox.mark_failed(ESCO, claimed=message, why="away", now=now)
        due = rows("SELECT due_at FROM outbox_message WHERE id = %s", message.id, organization=ESCO)[0][0]
        if due is None:
            break
        pauses.append(due - now)
        now = due
        (message,) = [each for each in outbox.claim(ESCO, now=now, limit=500) if each.id == message.id]
    found = rows("SELECT parked_why, due_at FROM outbox_message WHERE id = %s", message.id, organization=ESCO)
    assert found == [("away", None)]
    assert pauses == sorted(pauses) and pauses[0] == outbox.PAUSE_FIRST and pauses[-1] <= outbox.PAUSE_LAST
    assert len(pauses) == outbox.ATTEMPTS_MAX - 1
    assert outbox.undelivered(ESCO)[1] >= 1


@pytest.mark.on_16
def test_a_message_takes_effect_once() -> None:
    envelope = _sent()[0].envelope
    effects = 0
    for _ in range(3):
        with working(UTILITY) as uow:
            if not uow.applied(envelope):
                effects += 1
    assert effects == 1


def test_an_effect_that_failed_may_come_again() -> None:
    envelope = _sent()[0].envelope
    with pytest.raises(RuntimeError), working(UTILITY) as uow:
        assert not uow.applied(envelope)
        raise RuntimeError
    with working(UTILITY) as uow:
        assert not uow.applied(envelope)


def test_a_message_for_another_is_not_taken() -> None:
    envelope = _sent()[0].envelope
    with working(ESCO) as uow, pytest.raises(NotTheReceiver, match="Deliver it to its receiver"):
        uow.applied(envelope)


def test_a_parked_message_stays_in_sight() -> None:
    envelope = _sent()[0].envelope
    with open_organization(UTILITY):
        inbox.park(envelope, why="case_unknown", at=NOW)
        inbox.park(envelope, why="order_mismatch", at=NOW)
        found: list[tuple[Envelope, str]] = [each for each in inbox.parked() if each[0] == envelope]
    assert found == [(envelope, "order_mismatch")]


def test_a_message_that_had_its_effect_is_never_parked_afterwards() -> None:
    envelope = _sent()[0].envelope
    with working(UTILITY) as uow:
        assert not uow.applied(envelope)
    with open_organization(UTILITY):
        inbox.park(envelope, why="not_for_sender", at=NOW)
        assert inbox.why_parked(envelope) == ""
        assert not inbox.take_parked(envelope)


@pytest.mark.on_16
def test_lapsed_waits_are_claimed_once_with_what_takes_them() -> None:
    case = open_case()
    at = case.course.due_at
    assert at is not None
    mine = case_stream(case.number)
    early = deadlines.due(UTILITY, now=at - timedelta(seconds=1), limit=500)
    assert mine not in {each.stream for each in early}
    found = [each for each in deadlines.due(UTILITY, now=at, limit=500) if each.stream == mine]
    assert [(each.track_key, each.on_lapse) for each in found] == [("case", CommandName.EXPIRE)]
    assert mine not in {each.stream for each in deadlines.due(UTILITY, now=at, limit=500)}


def test_the_next_wait_is_known() -> None:
    early = NOW - timedelta(days=4000)
    with working(UTILITY, now=early):
        pass
    case = open_case(UTILITY, now=early)
    assert deadlines.next_due_at(UTILITY) == case.course.due_at
    later = deadlines.next_due_at(UTILITY, after=case.course.due_at)
    assert later is None or (case.course.due_at is not None and later > case.course.due_at)
    assert new_case_number() != case.number
