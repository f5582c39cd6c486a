"""Many waits and messages in one transaction: fewer commits, nobody waited for, and what is wrong stops no other."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.synchronize import Event

import pytest

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Cap
from evenroll.quantities.identifiers import CaseNumber, OrderNumber
from evenroll.runtime.database import DatabaseUrls
from tests.races.applicants import Share
from tests.statements import counted_traffic
from tests.territory import NOW, Territory, capped_program, days, new_territory

LATER = NOW + timedelta(days=3)
"""When the order of every case that came through on the first day has a wait that lapsed; a person takes it."""

KILLED_AT_WORK = 5


def test_many_waits_share_a_transaction(territory: Territory) -> None:
    from evenroll.worker.driver import run_until_idle

    numbers = ordered(territory, 12)
    installation = territory.installation
    with counted_traffic() as traffic:
        progress = run_until_idle(installation, now=LATER)
    assert progress.commands == len(numbers)
    # To claim and to take them; the rest are looks.
    assert traffic.commits <= 6
    assert traffic.statements < 4 * len(numbers)
    assert escalations(territory, numbers) == dict.fromkeys(numbers, 1)


def test_many_messages_share_a_transaction(territory: Territory) -> None:
    from evenroll.records import outbox
    from evenroll.worker.receiving_together import receive_together

    numbers = [territory.apply(territory.premise()) for _ in range(8)]
    claimed = until_asked(territory)
    assert len(claimed) == len(numbers)
    with counted_traffic() as traffic:
        told = receive_together([each.envelope for each in claimed], NOW)
        again = receive_together([each.envelope for each in claimed], NOW)
    assert [each.outcome for each in told if each] == ["taken"] * len(numbers)
    # A second time they have no effect here: by themselves they are found taken.
    assert list(again) == [None] * len(numbers)
    assert traffic.commits <= 2
    outbox.mark_delivered(territory.utility, ids=[each.id for each in claimed], now=NOW)
    territory.run()
    assert {territory.order_of(territory.utility, number).request.case for number in numbers} == set(numbers)


def test_what_another_holds_is_left_and_comes_again(territory: Territory) -> None:
    from evenroll.records.streams import order_stream
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.worker.driver import run_until_idle

    first, *others = ordered(territory, 4)
    installation, actor = territory.installation, territory.actor(territory.utility, Role.SYSTEM)
    seen = []

    def elsewhere() -> None:
        from django.db import connections

        try:
            seen.append(run_until_idle(installation, now=LATER))
        finally:
            connections.close_all()

    import threading

    with unit_of_work(territory.utility, actor=actor, now=LATER) as work:
        work.lock(order_stream(first))
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join(timeout=20)
        assert not other.is_alive(), "it waited for a lock"
    assert (seen[0].commands, seen[0].failed) == (len(others), 0) and seen[0].busy >= 1
    assert escalations(territory, [first, *others]) == {first: 0, **dict.fromkeys(others, 1)}
    assert run_until_idle(installation, now=LATER).commands == 1
    assert escalations(territory, [first]) == {first: 1}


def test_one_that_is_broken_stops_no_other_and_is_kept_in_sight(
    territory: Territory, caplog: pytest.LogCaptureFixture
) -> None:
    from evenroll.records.models import ServiceOrderRecord
    from evenroll.records.organizations import open_organization

    broken, *others = ordered(territory, 6)
    with open_organization(territory.utility):
        row = ServiceOrderRecord.objects.filter(number=broken)
        stood = row.get().state
        # As a disk, or a hand, might leave it.
        row.update(state="{}")
    progress = territory.run(LATER)
    assert (progress.commands, progress.failed) == (len(others), 1)
    assert broken in caplog.text and not any(number in caplog.text for number in others)
    assert escalations(territory, others) == dict.fromkeys(others, 1)
    with open_organization(territory.utility):
        row.update(state=stood)


def test_what_the_database_refuses_together_is_taken_one_by_one(territory: Territory) -> None:
    from django.db.models import F

    from evenroll.records.models import StreamHead
    from evenroll.records.organizations import open_organization

    refused, *others = ordered(territory, 5)
    with open_organization(territory.utility):
        head = StreamHead.objects.filter(stream_kind="service_order", stream_key=refused)
        # The next entry is to stand where one stands already: only the database can know of it.
        head.update(number=F("number") - 1)
    progress = territory.run(LATER)
    assert (progress.commands, progress.failed) == (len(others), 1)
    assert escalations(territory, [refused, *others]) == {refused: 0, **dict.fromkeys(others, 1)}
    with open_organization(territory.utility):
        head.update(number=F("number") + 1)


def test_workers_killed_in_the_middle_lose_nothing_and_do_nothing_twice(
    django_ready: DatabaseUrls, embedded_home, territory: Territory
) -> None:
    undisturbed = new_territory()
    expected = Counter(history(undisturbed, number) for number in applied_and_driven(undisturbed, 24))
    numbers = [territory.apply(territory.premise()) for _ in range(24)]
    share = Share(territory=territory, premises=(), urls=django_ready, home=embedded_home)
    chance, killed_at_work = random.Random(20261123), 0
    for _ in range(60):
        before = entries(territory)
        ended = killed(share, after_seconds=chance.uniform(0.01, 0.2))
        killed_at_work += not ended and entries(territory) > before
        free_leases(territory)
        if ended or killed_at_work == KILLED_AT_WORK:
            break
    assert killed_at_work >= 2, "no worker was killed while it worked"
    territory.run()
    assert Counter(history(territory, number) for number in numbers) == expected


def test_messages_that_each_give_back_a_place_are_all_taken(territory: Territory) -> None:
    """Each is written in a transaction of its own then; none may be marked as heard by that of another one."""
    program = capped_program(territory, Cap(places=6))
    numbers = [territory.apply(territory.premise(), program=program) for _ in range(6)]
    territory.run_through(LATER)
    for number in numbers:
        given = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, now=LATER)
        territory.taken(given)
    assert {territory.case(territory.utility, number).status for number in numbers} == {State.WITHDRAWING}
    territory.run(LATER)
    assert {territory.case(territory.utility, number).status for number in numbers} == {State.WITHDRAWN}


def ordered(territory: Territory, count: int) -> list[OrderNumber]:
    """The service orders of so many cases that came through on the first day; each waits for its crew."""
    numbers = applied_and_driven(territory, count)
    return [territory.order_of(territory.utility, number).number for number in numbers]


def applied_and_driven(territory: Territory, count: int) -> list[CaseNumber]:
    numbers = [territory.apply(territory.premise()) for _ in range(count)]
    territory.run()
    return numbers


def escalations(territory: Territory, numbers: list[OrderNumber]) -> dict[OrderNumber, int]:
    return {number: territory.events(territory.utility, number).count("order_escalated") for number in numbers}


def history(territory: Territory, number: CaseNumber) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was journaled of a case and of its order."""
    order = territory.case(territory.utility, number).order
    of_order = territory.events(territory.utility, order.number) if order else ()
    return tuple(territory.events(territory.utility, number)), tuple(of_order)


def until_asked(territory: Territory):
    """Drive the waits until the messages to the utility's meter office wait in the outbox; claim those."""
    from evenroll.records import deadlines, outbox
    from evenroll.worker.bringing import bring_messages
    from evenroll.worker.progress import Progress
    from evenroll.worker.waits import Clock, take_waits

    clock = Clock(
        installation=territory.installation,
        organization=territory.utility,
        progress=Progress(),
        tried=set(),
        now=NOW,
    )
    while True:
        while waits := deadlines.due(territory.utility, now=NOW, limit=100):
            take_waits(clock, waits)
        claimed = outbox.claim(territory.utility, now=NOW, limit=100)
        if not claimed or claimed[0].envelope.kind == "meter_requested":
            return claimed
        bring_messages(clock, claimed)


def entries(territory: Territory) -> int:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return JournalEntry.objects.count()


def free_leases(territory: Territory) -> None:
    """As if the leases of those who died were over."""
    from evenroll.records.models import OutboxMessage, TrackRecord
    from evenroll.records.organizations import open_organization

    for organization in territory.organizations:
        with open_organization(organization):
            TrackRecord.objects.filter(claimed_until__gt=NOW).update(claimed_until=None)
            OutboxMessage.objects.filter(due_at__gt=NOW, due_at__lt=NOW + days(1)).update(due_at=NOW)


def killed(share: Share, *, after_seconds: float) -> bool:
    """Whether a worker of its own had come to its end before it was killed, so long after it began."""
    context = multiprocessing.get_context("forkserver")
    begun, ended = context.Event(), context.Event()
    process = context.Process(target=drive, args=(share, begun, ended))
    process.start()
    assert begun.wait(timeout=60)
    time.sleep(after_seconds)
    process.kill()
    process.join()
    return ended.is_set()


def drive(share: Share, begun: Event, ended: Event) -> None:
    from evenroll.runtime import wiring
    from evenroll.worker.driver import run_until_idle

    wiring.configure(share.urls, home=share.home)
    installation = share.territory.installation
    begun.set()
    run_until_idle(installation, now=NOW)
    ended.set()
