"""The driver on a real database: many at once, commands that fail, messages that come twice, late or forged."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.messages import CancelAnswered, CancelResult, Message, SupplyLost
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.ports.delivery import DeliveryOutcome
from evenroll.programs.program import MeterCapability
from evenroll.quantities.codec import encode
from evenroll.quantities.identifiers import AccountId, PodId
from tests.territory import NIGHT_RATE, NOW, Territory, days


def test_several_workers_do_everything_once(territory: Territory) -> None:
    from evenroll.worker.driver import run_until_idle

    premises = [territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(6)]
    numbers = [territory.apply(premise) for premise in premises for _ in range(2)]
    installation, errors = territory.installation, []

    def work() -> None:
        from django.db import connections

        try:
            progress = run_until_idle(installation, now=NOW)
            assert progress.failed == progress.refused == progress.parked == 0, progress
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors
    territory.run()
    states = [territory.case(territory.utility, number).status for number in numbers]
    assert states.count(State.ENROLLED) == len(premises)
    assert states.count(State.NEEDS_ANSWER) == len(premises)
    for number in numbers:
        events = territory.events(territory.utility, number)
        assert events.count("meter_asked") == events.count("enrolled") <= 1


class BrokenRegister:
    """A register that fails in a way nobody expects, and quotes a person while it does."""

    def match(self, evidence: object) -> object:
        raise RuntimeError("canary-person-4711")

    def account(self, account: AccountId) -> object:
        raise RuntimeError("canary-person-4711")

    def account_facts(self, account: AccountId, *, pod: PodId) -> object:
        raise RuntimeError("canary-person-4711")


def test_what_fails_again_and_again_becomes_a_persons_task(
    territory: Territory, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    from evenroll.worker.driver import run_until_idle

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    broken = replace(territory.installation, registers={territory.utility: BrokenRegister()})
    failed = 0
    for _ in range(6):
        failed += run_until_idle(broken, now=NOW).failed
        free_claims(territory)
    case = territory.case(territory.utility, number)
    assert failed == 5
    assert case.status is State.PROVING and case.course.owner is Role.SUPERVISOR
    told = [record.getMessage().split()[0] for record in caplog.records]
    assert told == [*["failed"] * 5, "wait_set_aside"] and number in caplog.text
    assert "canary" not in caplog.text
    territory.run_through(NOW + days(6))
    assert territory.case(territory.utility, number).status is State.ENROLLED


def test_a_message_that_comes_twice_has_its_effect_once(territory: Territory) -> None:
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization
    from evenroll.worker.receiving import receive

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run()
    before = territory.events(territory.utility, number)
    with open_organization(territory.utility):
        ids = list(OutboxMessage.objects.values_list("id", flat=True))
    for envelope in envelopes(territory, ids):
        assert receive(envelope, NOW).outcome is DeliveryOutcome.TAKEN_BEFORE
    assert territory.events(territory.utility, number) == before


def test_news_about_an_order_from_a_stranger_is_parked(territory: Territory) -> None:
    from evenroll.records.inbox import parked
    from evenroll.records.organizations import open_organization

    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    send(territory, CancelAnswered(order=order.number, result=CancelResult.CANCELLED), conversation=number)
    lost = SupplyLost(pod=premise.pod, lost_on=date(2026, 11, 2))
    send(territory, lost, conversation=premise.pod)
    assert territory.run().parked == 2
    with open_organization(territory.utility):
        reasons = {why for _, why in parked()}
    assert reasons == {"not_for_sender"}
    assert territory.case(territory.utility, number).status is State.ENROLLED


def test_news_about_an_unknown_case_is_parked(territory: Territory) -> None:
    from evenroll.records.inbox import parked
    from evenroll.records.organizations import open_organization

    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    body = CancelAnswered(order=order.number, result=CancelResult.CANCELLED)
    send(territory, body, conversation="EV-UNKNOWN")
    territory.run()
    with open_organization(territory.utility):
        assert [why for _, why in parked()] == ["case_unknown"]


def test_a_wait_that_was_answered_meanwhile_is_left_alone(territory: Territory) -> None:
    from evenroll.enrollment.case_commands import NoPayload
    from evenroll.records.asked import Asked
    from evenroll.worker.giving import give

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    course = territory.case(territory.utility, number).course
    assert course.on_lapse is CommandName.ASK_PROVIDER and course.due_at is not None
    actor = territory.actor(territory.utility, Role.SYSTEM)
    lapsed = Asked(number=number, command=NoPayload(), lapsed=("case", course.due_at))
    told = {"actor": actor, "name": CommandName.ASK_PROVIDER, "asked": lapsed, "now": NOW + days(1)}
    territory.taken(give(territory.installation, **told))
    assert territory.refused(give(territory.installation, **told)).code == "not_yet_due"


def test_a_later_message_waits_for_the_one_before_it(territory: Territory) -> None:
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    first, second = (CancelAnswered(order=f"SO-{each}", result=CancelResult.CANCELLED) for each in (1, 2))
    send(territory, first, conversation="EV-UNKNOWN")
    with open_organization(territory.esco):
        # As if another worker had it in hand.
        OutboxMessage.objects.update(due_at=NOW + days(1), attempts=1)
    send(territory, second, conversation="EV-UNKNOWN")
    assert territory.run().messages == 0
    assert territory.run(NOW + days(2)).messages == 2
    with open_organization(territory.esco):
        rows = OutboxMessage.objects.order_by("number").values_list("attempts", "delivered_at")
        assert [(attempts, at is not None) for attempts, at in rows] == [(2, True), (1, True)]


def free_claims(territory: Territory) -> None:
    """As if the pause on the wall clock were over."""
    from evenroll.records.models import TrackRecord
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        TrackRecord.objects.update(claimed_until=None)


def envelopes(territory: Territory, ids: list[int]):
    import json

    from evenroll.records.envelope import Envelope
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = list(OutboxMessage.objects.filter(id__in=ids).order_by("id"))
    assert rows
    return [
        Envelope(
            sender=territory.utility,
            receiver=row.receiver,
            message_id=row.message_id,
            conversation=row.conversation,
            number=row.number,
            kind=row.kind,
            version=row.version,
            body=json.loads(row.body),
        )
        for row in rows
    ]


def send(territory: Territory, body: object, *, conversation: str) -> None:
    """The ESCO writes to the utility what is not its to say."""
    from evenroll.enrollment.decided import Decided
    from evenroll.records.unit_of_work import unit_of_work

    assert encode(body)
    actor = territory.actor(territory.esco, Role.SYSTEM)
    message = Message(to=territory.utility, conversation=conversation, body=body)
    with unit_of_work(territory.esco, actor=actor, now=NOW) as work:
        work.record_point(PodId(f"P-{territory.tag}"), Decided(messages=(message,)), expected=None)
