"""Erasing beside what lives: what another case still refers to stays, and what is in the way of one hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.erasure import DataErased
from evenroll.enrollment.form import FormField
from evenroll.enrollment.moving_commands import AddVehicle
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import CaseNumber, RateKey
from tests.territory import NOW, Territory, days
from tests.territory_books import Premise
from tests.worker.forwarding import forward
from tests.worker.test_change_program import LATER, active, change, new_of, program
from tests.worker.test_erasing import draft, erase, erased_events, kept_rows, opens, subjects


def test_what_another_case_refers_to_stays_until_that_one_goes(territory: Territory, ready: Premise) -> None:
    """A vehicle that was added later comes along to another program: its VIN is in the answers of both cases."""
    first, calm = program(territory, "FIRST"), program(territory, "CALM", rate=RateKey("LE-R"))
    number = active(territory, ready, first)
    added = AddVehicle(drivetrain=Drivetrain.BEV)
    vin = {FormField.VIN: "5YJSA1E27HF000337"}
    how = {"role": Role.CUSTOMER, "now": LATER}
    territory.taken(territory.give(territory.utility, CommandName.ADD_VEHICLE, number, added, answers=vin, **how))
    territory.taken(change(territory, number, calm))
    territory.run(LATER)
    new = new_of(territory, number)
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, new.number, **how))
    territory.run_through(LATER + days(70), since=LATER)
    old, new = territory.case(territory.utility, number), territory.case(territory.utility, new.number)
    assert new.status is State.WITHDRAWN and old.status is State.ACTIVE
    shared = old.vehicles[1].answers
    assert shared and shared == new.vehicles[1].answers
    later = LATER + days(366 * 2 + 72)
    done = erase(territory, subjects(territory, new.number)[-1], now=later)
    assert isinstance(done, DataErased), done
    assert not opens(territory, new.answers)
    assert opens(territory, old.answers)
    assert opens(territory, shared), "the live enrollment has lost its second vehicle"


def left_draft(territory: Territory, premise: Premise, *, after: int = 0) -> CaseNumber:
    number = draft(territory, dict(premise.answers()))
    how = {"role": Role.CUSTOMER, "now": NOW + days(after)}
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), **how))
    return number


def on_its_way(territory: Territory, numbers: list[CaseNumber]) -> None:
    """A message with answers of each waits, parked, for somebody to deliver it or put it away."""
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        pen.execute(
            "INSERT INTO outbox_message (organization_id, receiver, message_id, conversation, number, in_reply_to, "
            "kind, version, body, sealed, parked_why, written_at, attempts) SELECT %s, %s, 'x/' || key || '/1', key, "
            "1, '', 'case_forwarded', 1, '{}', 'x', 'away', now(), 10 FROM unnest(%s::text[]) AS key",
            (opened.id, territory.esco, numbers),
        )


def test_what_cannot_be_erased_hides_no_other_and_lets_the_worker_rest(territory: Territory, ready: Premise) -> None:
    """`territory.run` says that the run came to its end: a worker that never does looks again at once, for ever."""
    from evenroll.worker.driver import BATCH

    first = [left_draft(territory, ready) for _ in range(BATCH)]
    last = left_draft(territory, ready, after=1)
    on_its_way(territory, first)
    territory.run(NOW + days(62))
    assert set(kept_rows(territory)) == set(first)
    assert erased_events(territory, last) == ["time_over"]


def test_a_list_that_cannot_be_written_is_tried_once_a_run(
    territory: Territory, ready: Premise, tmp_path: Path
) -> None:
    from evenroll.records.erasure_list import erasure_list_path, use_erasure_list

    numbers = {left_draft(territory, ready) for _ in range(3)}
    usual, broken = erasure_list_path(), tmp_path / "erased.jsonl"
    broken.write_text("not a line of it")
    use_erasure_list(broken)
    try:
        assert territory.run(NOW + days(62)).failed == 1
        assert set(kept_rows(territory)) == numbers
    finally:
        use_erasure_list(usual)
    assert territory.run(NOW + days(62)).failed == 0
    assert kept_rows(territory) == {}


@pytest.mark.parametrize("after", [0, 32])
def test_a_case_that_comes_back_is_kept_as_what_it_is_now(territory: Territory, after: int) -> None:
    """Handed over, it would go in thirty days; it came back, before or after that, and goes as every other draft."""
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply, consents_hand_over=True)
    territory.run()
    copy = territory.case(territory.utility, number).answers
    territory.run(NOW + days(after))
    assert opens(territory, copy) is (after == 0)
    # The customer has changed the provider again.
    forward(territory, number, sender=territory.esco, receiver=territory.utility, agreed=False)
    territory.run(NOW + days(after))
    case = territory.case(territory.utility, number)
    assert case.status is not State.HANDED_OVER and kept_rows(territory) == {}
    # Nothing of its first stay is left over beside what it has now.
    assert (case.answers == copy) is (after == 0)
    assert opens(territory, case.answers)
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    assert kept_rows(territory) == {number: "rejected"}
    done = erase(territory, subjects(territory, number)[-1], now=NOW + days(366 * 2 + after + 2))
    assert isinstance(done, DataErased), done
    assert not opens(territory, case.answers)


def test_of_what_is_kept_those_that_fall_due_first_are_listed(territory: Territory, ready: Premise) -> None:
    from evenroll.records.erasing import kept
    from evenroll.records.organizations import open_organization

    numbers = [left_draft(territory, ready, after=after) for after in (3, 0, 2, 1)]
    in_order = [numbers[1], numbers[3], numbers[2], numbers[0]]
    with open_organization(territory.utility) as opened:
        listed = kept(limit=10)
        assert [each.number for each in listed] == in_order
        assert [each.number for each in kept(limit=2)] == in_order[:2]
        assert [each.number for each in kept(due_on=listed[2].until_on, limit=10)] == in_order[:3]
        today = opened.calendar.business_date(NOW)
    assert [(each.kept_as.value, each.ended_on, each.by_worker, each.held) for each in listed] == [
        ("draft_left", today + days(after), True, False) for after in range(4)
    ]
