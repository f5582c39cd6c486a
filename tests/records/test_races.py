"""Races on a real database: one live place per unit, one effect per key, whole streams; nothing hangs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import OpenCase
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import PodId
from evenroll.records.answers import Answer
from evenroll.records.journal import verify_organization
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.retries import TRIES_MAX, with_retries
from evenroll.records.stream_writer import PlaceConflict
from evenroll.records.unit_of_work import StateStale
from tests.records.invented import (
    UTILITY,
    new_case_number,
    new_pod,
    open_case,
    opened,
    reserved,
    rows,
    vehicle_recorded,
    working,
)
from tests.territory import NOW, new_territory

THREADS = 8
OPENING = Opening(opened_at=NOW, channel=Channel.WEB, language=Language.EN, postal_code="60999")


def _at_once(work: Callable[[int], str], times: int) -> list[str]:
    """The work, `times` times from THREADS threads, each with its own connection, begun together."""
    from django.db import connections

    gate = threading.Barrier(THREADS)

    def share(first: int) -> list[str]:
        gate.wait(timeout=20)
        try:
            return [work(number) for number in range(first, times, THREADS)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [told for part in pool.map(share, range(THREADS), timeout=60) for told in part]


@pytest.mark.on_16
def test_of_many_applications_on_one_unit_exactly_one_lives() -> None:
    pods = [new_pod() for _ in range(6)]
    cases = [open_case() for _ in range(48)]

    def apply(number: int) -> str:
        case, pod = cases[number], pods[number % len(pods)]

        def once() -> str:
            with working() as uow:
                try:
                    uow.record_case(case.number, Decided(events=(reserved(pod),)), expected=uow.case(case.number))
                except PlaceConflict:
                    return "taken"
                return "enrolled"

        return with_retries(once)

    assert Counter(_at_once(apply, len(cases))) == {"enrolled": len(pods), "taken": len(cases) - len(pods)}
    live = rows("SELECT unit_id, count(*) FROM place WHERE live AND unit_id = ANY(%s) GROUP BY 1", pods)
    assert sorted(live) == sorted((pod, 1) for pod in pods)


def test_one_key_from_many_has_one_effect_and_one_answer() -> None:
    key = new_case_number()

    def give(number: int) -> str:
        with working() as uow:
            kept = uow.answered(key, {"same": True})
            if kept is None:
                kept = Answer(body=f"first was {number}")
                uow.keep_answer(key, {"same": True}, kept)
            return str(kept.body)

    assert len(set(_at_once(give, 24))) == 1


def test_a_case_that_many_open_at_once_is_opened_once(django_ready: object) -> None:
    """The same application sent again before the first answer: nothing is there yet that could be locked."""
    from evenroll.records.asked import Taken

    territory = new_territory()

    def open_one(number: int) -> str:
        case = cases[number % len(cases)]
        command = OpenCase(number=case, organization=territory.utility, opening=OPENING)
        given = territory.give(
            territory.utility, CommandName.OPEN_CASE, case, command, role=Role.CUSTOMER, by=f"door-{number}"
        )
        return "opened" if isinstance(given, Taken) else given.code.value

    cases = [new_case_number() for _ in range(4)]
    assert Counter(_at_once(open_one, 48)) == {"opened": len(cases), "case_exists": 48 - len(cases)}
    with open_organization(territory.utility), cursor() as pen:
        told = pen.execute(
            "SELECT stream_key, array_agg(event) FROM journal_entry WHERE stream_key = ANY(%s) GROUP BY 1", (cases,)
        ).fetchall()
    assert sorted(told) == sorted((case, ["case_opened"]) for case in cases)
    assert verify_organization(territory.utility).holds


def test_a_state_that_another_began_meanwhile_is_not_written_over() -> None:
    """Whoever found nothing and writes the first entry all the same is told, whatever it decided from."""
    number, looked, began = new_case_number(), threading.Event(), threading.Event()

    def begins() -> None:
        from django.db import connections

        assert looked.wait(20)
        with working() as uow:
            uow.record_case(number, Decided(events=(opened(number),)), expected=None)
        began.set()
        connections.close_all()

    other = threading.Thread(target=begins)
    other.start()
    with pytest.raises(StateStale), working() as uow:
        assert uow.case(number) is None
        looked.set()
        assert began.wait(20)
        uow.record_case(number, Decided(events=(opened(number),)), expected=None)
    other.join()
    assert rows("SELECT number, event FROM journal_entry WHERE stream_key = %s AND number = 1", number)


def test_many_writers_of_one_stream_leave_it_whole() -> None:
    case = open_case()

    def add(_number: int) -> str:
        with working() as uow:
            uow.record_case(case.number, Decided(events=(vehicle_recorded(),)), expected=uow.case(case.number))
        return "added"

    _at_once(add, 24)
    numbers = rows("SELECT number FROM journal_entry WHERE stream_key = %s ORDER BY number", case.number)
    assert [row[0] for row in numbers] == list(range(1, 28))
    assert verify_organization(UTILITY).holds


def test_a_deadlock_is_tried_again_and_then_raised() -> None:
    tries = 0

    def work() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise psycopg.errors.DeadlockDetected("planted")
        return "done"

    assert with_retries(work) == "done"

    def hopeless() -> PodId:
        nonlocal tries
        tries += 1
        raise psycopg.errors.SerializationFailure("planted")

    tries = 0
    with pytest.raises(psycopg.errors.SerializationFailure):
        with_retries(hopeless)
    assert tries == TRIES_MAX


def test_what_is_no_race_is_not_tried_again() -> None:
    tries = 0

    def broken() -> str:
        nonlocal tries
        tries += 1
        raise psycopg.errors.UniqueViolation("planted")

    with pytest.raises(psycopg.errors.UniqueViolation):
        with_retries(broken)
    assert tries == 1
