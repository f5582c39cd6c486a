"""The unit of work: streams, locks, stale states, places, rollback, idempotency, messages."""

from __future__ import annotations

import pytest

from evenroll.enrollment.decided import Decided, OfCase
from evenroll.quantities.identifiers import PodId
from evenroll.records.answers import Answer, KeyReused
from evenroll.records.folds import StreamForeign
from evenroll.records.locks import LockBackwards
from evenroll.records.stream_writer import PlaceConflict
from evenroll.records.streams import case_stream, point_stream
from evenroll.records.unit_of_work import StateStale
from tests.records.invented import (
    ESCO,
    NOW,
    new_case_number,
    open_case,
    opened,
    released,
    reserved,
    rows,
    vehicle_recorded,
    working,
)


@pytest.mark.on_16
def test_a_recorded_case_is_loaded_again_as_it_was() -> None:
    case = open_case()
    with working() as uow:
        assert uow.case(case.number) == case
    found = rows("SELECT status, owner, program FROM case_record WHERE number = %s", case.number)
    assert found == [("draft", "customer", "night-saver")]
    found = rows("SELECT state, on_lapse, due_at FROM track WHERE stream_key = %s", case.number)
    assert found == [("draft", "expire", case.course.due_at)]
    found = rows("SELECT number FROM journal_entry WHERE stream_key = %s ORDER BY number", case.number)
    assert found == [(1,), (2,), (3,)]


def test_an_exception_leaves_nothing_behind() -> None:
    number = new_case_number()
    with pytest.raises(RuntimeError, match="on purpose"), working() as uow:
        uow.record_case(number, Decided(events=(opened(number),)), expected=None)
        raise RuntimeError("on purpose")
    with working() as uow:
        assert uow.case(number) is None


@pytest.mark.on_16
def test_another_organization_does_not_have_the_case() -> None:
    case = open_case()
    with working(ESCO) as uow:
        assert uow.case(case.number) is None


def test_the_same_number_stands_in_two_organizations() -> None:
    case = open_case()
    with working(ESCO) as uow:
        uow.record_case(case.number, Decided(events=(opened(case.number, organization=ESCO),)), expected=None)
    with working() as uow:
        assert uow.case(case.number) == case


@pytest.mark.on_16
def test_a_decision_from_another_state_is_refused() -> None:
    case = open_case()
    with working() as uow, pytest.raises(StateStale, match="decide again"):
        uow.record_case(case.number, Decided(events=(vehicle_recorded(),)), expected=case)
    with working() as uow, pytest.raises(StateStale, match="decide again"):
        uow.record_case(case.number, Decided(events=(opened(case.number),)), expected=None)


def test_events_of_another_case_are_refused_and_leave_nothing() -> None:
    case, other = open_case(), new_case_number()
    with working() as uow:
        with pytest.raises(StreamForeign, match="Give the number"):
            uow.record_case(other, Decided(events=(opened(case.number),)), expected=None)
    assert rows("SELECT count(*) FROM journal_entry WHERE stream_key = %s", other) == [(0,)]
    with working() as uow:
        assert uow.case(case.number) == case


def test_locks_go_one_way() -> None:
    case = open_case()
    with working() as uow:
        uow.case(case.number)
        with pytest.raises(LockBackwards, match="usage point, case, service order, place"):
            uow.usage_point(PodId("LP-1"))
    with working() as uow:
        uow.lock(case_stream(case.number), point_stream(PodId("LP-1")))
        assert uow.usage_point(PodId("LP-1")) is None
        assert uow.case(case.number) == case


@pytest.mark.on_16
def test_a_taken_place_is_named_and_the_unit_of_work_goes_on() -> None:
    pod = PodId(f"LP-{new_case_number()}")
    holder, second = open_case(), open_case()
    with working() as uow:
        uow.record_case(holder.number, Decided(events=(reserved(pod),)), expected=uow.case(holder.number))
    with working() as uow:
        case = uow.case(second.number)
        with pytest.raises(PlaceConflict, match="taken in family tou already") as caught:
            uow.record_case(second.number, Decided(events=(reserved(pod),)), expected=case)
        assert caught.value.taken.holder == holder.number
        uow.record_case(second.number, Decided(events=(vehicle_recorded(),)), expected=case)
    with working() as uow:
        kept = uow.case(second.number)
        assert kept is not None and kept.vehicle is not None and kept.place is None


def test_a_taken_place_of_a_case_beside_is_told_where_the_command_stands_alone() -> None:
    pod = PodId(f"LP-{new_case_number()}")
    holder, own, other = open_case(), open_case(), open_case()
    with working() as uow:
        uow.record_case(holder.number, Decided(events=(reserved(pod),)), expected=uow.case(holder.number))
    beside = OfCase(number=other.number, events=(reserved(pod),))
    with working() as uow:
        uow.may_begin_anew = True
        uow.lock(case_stream(own.number), case_stream(other.number))
        decided = Decided(events=(vehicle_recorded(),), others=(beside,))
        with pytest.raises(PlaceConflict, match="taken in family tou already"):
            uow.record_case(own.number, decided, expected=uow.case(own.number))
        uow.begin_anew()


@pytest.mark.on_16
def test_a_released_place_is_free_again() -> None:
    pod = PodId(f"LP-{new_case_number()}")
    first, second = open_case(), open_case()
    for case in (first, second):
        with working() as uow:
            after = uow.record_case(case.number, Decided(events=(reserved(pod),)), expected=uow.case(case.number))
            if case is first:
                uow.record_case(case.number, Decided(events=(released(),)), expected=after)
    assert rows("SELECT case_number FROM place WHERE unit_id = %s AND live", pod) == [(second.number,)]


def test_a_case_may_take_its_own_place_again() -> None:
    pod = PodId(f"LP-{new_case_number()}")
    case = open_case()
    with working() as uow:
        events = (reserved(pod), released(), reserved(pod))
        after = uow.record_case(case.number, Decided(events=events), expected=uow.case(case.number))
    assert after.place is not None and after.place.live


@pytest.mark.on_16
def test_the_same_key_gives_the_same_answer_and_refusals_are_kept() -> None:
    key = new_case_number()
    with working() as uow:
        assert uow.answered(key, {"name": "x"}) is None
        uow.keep_answer(key, {"name": "x"}, Answer(body={"refused": "not_in_state"}))
    with working() as uow:
        assert uow.answered(key, {"name": "x"}) == Answer(body={"refused": "not_in_state"})
        with pytest.raises(KeyReused, match="was used before with other content"):
            uow.answered(key, {"name": "y"})
    assert rows("SELECT count(*) FROM command_answer WHERE key = %s", key) == [(1,)]


def test_entries_carry_the_key_of_their_command() -> None:
    case = open_case()
    with working() as uow:
        uow.answered(f"key-{case.number}", {})
        uow.record_case(case.number, Decided(events=(vehicle_recorded(),)), expected=uow.case(case.number))
    found = rows(
        "SELECT idempotency_key, business_at FROM journal_entry WHERE stream_key = %s AND number = 4", case.number
    )
    assert found == [(f"key-{case.number}", NOW)]


def test_a_decision_without_events_changes_nothing() -> None:
    case = open_case()
    with working() as uow:
        same = uow.case(case.number)
        assert uow.record_case(case.number, Decided(), expected=same) is same
