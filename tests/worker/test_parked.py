"""Messages that cannot be taken: parked in sight, told to nobody, and taken once more when a person says so."""

from __future__ import annotations

from evenroll.enrollment.decided import Decided
from evenroll.enrollment.messages import CancelAnswered, CancelResult, Message, MeterTold, VisitTold
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.ports.delivery import DeliveryOutcome
from evenroll.quantities.identifiers import OrganizationKey, PodId
from evenroll.records.envelope import Envelope
from tests.territory import NOW, Territory, days


def parked_at(organization: OrganizationKey) -> list[tuple[Envelope, str]]:
    from evenroll.records.inbox import parked
    from evenroll.records.organizations import open_organization

    with open_organization(organization):
        return list(parked())


def send(territory: Territory, body: object, *, conversation: str, sender: OrganizationKey) -> None:
    from evenroll.records.unit_of_work import unit_of_work

    message = Message(to=territory.utility, conversation=conversation, body=body)  # type: ignore[arg-type]
    pod = PodId(f"P-{territory.tag}-{conversation}")
    with unit_of_work(sender, actor=territory.actor(sender, Role.SYSTEM), now=NOW) as work:
        work.record_point(pod, Decided(messages=(message,)), expected=work.usage_point(pod))


def test_a_message_that_contradicts_what_stands_is_parked_at_once(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    territory.run()
    order = territory.order_of(territory.utility, number)
    told = MeterTold(order=order.number, state=State.LIVE, on=NOW.date())
    send(territory, told, conversation=number, sender=territory.utility)
    progress = territory.run()
    assert (progress.parked, progress.failed) == (1, 0)
    assert [why for _, why in parked_at(territory.utility)] == ["contradictory"]
    assert territory.run(NOW + days(1)).failed == 0


def test_a_stranger_is_told_the_same_of_a_case_and_of_none(territory: Territory) -> None:
    from evenroll.worker.receiving import receive

    number = territory.apply(territory.premise())
    territory.run()
    order = territory.order_of(territory.utility, number)
    body = CancelAnswered(order=order.number, result=CancelResult.CANCELLED)
    for conversation in (number, "EV-UNKNOWN"):
        send(territory, body, conversation=conversation, sender=territory.esco)
    territory.run()
    parked = parked_at(territory.utility)
    assert [why for _, why in parked] == ["not_for_sender", "case_unknown"]
    told = [[receive(envelope, NOW) for _ in range(2)] for envelope, _ in parked]
    assert told[0] == told[1]
    assert {each.outcome for each in told[0]} == {DeliveryOutcome.PARKED}


def test_what_was_parked_takes_effect_when_it_is_taken_once_more(territory: Territory) -> None:
    from evenroll.records import inbox
    from evenroll.records.models import InboxMessage
    from evenroll.records.organizations import open_organization
    from evenroll.worker.parked import Box, retry_parked

    number = territory.apply(territory.premise())
    territory.run()
    events = territory.events(territory.utility, number)
    order = territory.order_of(territory.utility, number)
    told = VisitTold(order=order.number, visit_on=NOW.date(), in_service_on=NOW.date())
    send(territory, told, conversation=number, sender=territory.utility)
    unknown = CancelAnswered(order=order.number, result=CancelResult.CANCELLED)
    send(territory, unknown, conversation="EV-UNKNOWN", sender=territory.esco)
    # As if the receiver had not been able to take it when it came.
    (envelope,) = [each for each in outgoing(territory.utility) if each.kind == "visit_told"]
    with open_organization(territory.utility):
        inbox.park(envelope, why="case_unknown", at=NOW)
    territory.run()
    assert territory.events(territory.utility, number) == events
    retried = list(retry_parked(territory.installation, now=NOW))
    assert [(each.box, each.outcome, each.why) for each in retried] == [
        (Box.INBOX, DeliveryOutcome.TAKEN, ""),
        (Box.INBOX, DeliveryOutcome.PARKED, "case_unknown"),
    ]
    assert territory.events(territory.utility, number) == [*events, "visit_heard"]
    assert [why for _, why in parked_at(territory.utility)] == ["case_unknown"]
    with open_organization(territory.utility):
        assert InboxMessage.objects.filter(message_id=envelope.message_id).count() == 1
    assert [each.why for each in retry_parked(territory.installation, now=NOW)] == ["case_unknown"]


def test_what_could_not_be_delivered_goes_out_when_it_is_taken_once_more(territory: Territory) -> None:
    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization
    from evenroll.worker.parked import Box, retry_parked

    body = CancelAnswered(order="SO-1", result=CancelResult.CANCELLED)  # type: ignore[arg-type]
    send(territory, body, conversation="EV-UNKNOWN", sender=territory.esco)
    with open_organization(territory.esco):
        OutboxMessage.objects.update(due_at=None, attempts=10, parked_why="receiver_not_here")
    assert territory.run().messages == 0
    (told, _) = retry_parked(territory.installation, now=NOW)
    assert (told.box, told.outcome, told.other) == (Box.OUTBOX, DeliveryOutcome.PARKED, territory.utility)
    with open_organization(territory.esco):
        assert OutboxMessage.objects.filter(delivered_at=None).count() == 0


def outgoing(organization: OrganizationKey) -> list[Envelope]:
    import json

    from evenroll.records.models import OutboxMessage
    from evenroll.records.organizations import open_organization

    with open_organization(organization):
        return [
            Envelope(
                sender=organization,
                receiver=OrganizationKey(row.receiver),
                message_id=row.message_id,
                conversation=row.conversation,
                number=row.number,
                kind=row.kind,
                version=row.version,
                body=json.loads(row.body),
            )
            for row in OutboxMessage.objects.filter(due_at__isnull=False)
        ]
