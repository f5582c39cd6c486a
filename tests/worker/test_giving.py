"""Giving commands: authority before anybody is asked, one key for one command, and a run that hides nothing."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, RefusalCode
from evenroll.enrollment.messages import CancelAsked, CancelReason, Message
from evenroll.enrollment.roles import Role
from evenroll.ports.clearinghouse import ProviderQuestion
from evenroll.quantities.identifiers import OrderNumber, PodId
from tests.territory import NOW, Territory, days

MORE_THAN_A_BATCH = 55


class CountingClearinghouse:
    """A clearinghouse that fails, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, question: ProviderQuestion, *, on: object) -> object:
        self.asked += 1
        raise RuntimeError("out of order")


def test_nobody_outside_is_asked_for_who_may_not_give_the_command(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    clearinghouse = CountingClearinghouse()
    territory.clearinghouse = clearinghouse  # type: ignore[assignment]
    for role in (Role.CUSTOMER, Role.METER_CREW, Role.REGISTRY_OPERATOR):
        answer = territory.give(territory.utility, CommandName.FIND_PROVIDER, number, role=role)
        assert territory.refused(answer).code is RefusalCode.NOT_ALLOWED
    assert clearinghouse.asked == 0


def test_a_key_stands_for_one_command(territory: Territory) -> None:
    number = territory.apply(territory.premise())
    how = {"role": Role.CUSTOMER, "by": "customer-1", "key": "k-1"}
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, **how))
    other = territory.give(territory.utility, CommandName.RESCIND, number, **how)
    assert territory.refused(other).code is RefusalCode.KEY_REUSED


def test_a_run_is_idle_only_when_everything_due_was_tried(territory: Territory) -> None:
    from evenroll.partners.local_delivery import LocalDelivery
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.worker.driver import run_until_idle
    from evenroll.worker.receiving import receive
    from evenroll.worker.receiving_together import receive_together

    body = CancelAsked(order=OrderNumber("SO-1"), reason=CancelReason.WITHDRAWN)
    messages = tuple(
        Message(to=territory.utility, conversation=f"EV-{number}", body=body) for number in range(MORE_THAN_A_BATCH)
    )
    with unit_of_work(territory.esco, actor=territory.actor(territory.esco, Role.SYSTEM), now=NOW) as work:
        work.record_point(PodId(f"P-{territory.tag}"), Decided(messages=messages), expected=None)
    nobody = LocalDelivery(receivers=frozenset(), receive=receive, receive_together=receive_together)
    progress = run_until_idle(replace(territory.installation, delivery=nobody), now=NOW)
    assert (progress.away, progress.handled, progress.idle) == (MORE_THAN_A_BATCH, MORE_THAN_A_BATCH, True)
    late = run_until_idle(territory.installation, now=NOW + days(1), limit=10)
    assert late.handled >= 10 and not late.idle
