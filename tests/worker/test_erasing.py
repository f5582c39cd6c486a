"""Erasing on the real database: refused by name while something holds, and then dead for good, with the proof kept."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime
from typing import Any

import pytest

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import NoPayload, OpenCase, SaveAnswers
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.erasure import (
    DataErased,
    ErasureCause,
    ErasureRefusalCode,
    ErasureRefused,
    HoldCause,
    Wish,
    kept_as,
)
from evenroll.enrollment.form import Channel, FormField, Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.retention import RetentionClass, retention_table
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, case_number
from tests.safety.canaries import canaries_in, canary_answers, canary_premise, every_cell
from tests.territory import NOW, POSTAL_CODE, Territory, days
from tests.territory_books import Premise
from tests.worker.test_leaving import HARDSHIP, leave

ASKED = Wish(cause=ErasureCause.ASKED)
R = ErasureRefusalCode


def subjects(territory: Territory, number: CaseNumber, *, of: OrganizationKey | None = None) -> tuple[Any, ...]:
    from evenroll.records.erasing import subjects_of
    from evenroll.records.organizations import open_organization

    with open_organization(of or territory.utility):
        return subjects_of(number)


def erase(
    territory: Territory, subject: Any, *, now: datetime, of: OrganizationKey | None = None
) -> DataErased | ErasureRefused:
    from evenroll.actions.erase import erase as act
    from evenroll.records.unit_of_work import unit_of_work

    organization = of or territory.utility
    actor = territory.actor(organization, Role.SUPERVISOR)
    with unit_of_work(organization, actor=actor, now=now, command="") as work:
        return act(work, subject=subject, wish=ASKED)


def hold(territory: Territory, subject: Any, *, sets: bool, now: datetime = NOW) -> ErasureRefused | None:
    from evenroll.actions.erase import lift_hold, set_hold
    from evenroll.records.unit_of_work import unit_of_work

    actor = territory.actor(territory.utility, Role.SUPERVISOR)
    with unit_of_work(territory.utility, actor=actor, now=now, command="") as work:
        return (set_hold if sets else lift_hold)(work, subject=subject, cause=HoldCause.LITIGATION)


def refused(answer: DataErased | ErasureRefused | None) -> ErasureRefusalCode:
    assert isinstance(answer, ErasureRefused), answer
    return answer.code


def close_account(territory: Territory, premise: Premise, *, on: date) -> None:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility), cursor() as pen:
        pen.execute("UPDATE customer_account SET closed_on = %s WHERE id = %s", (on, premise.account))


def draft(territory: Territory, answers: dict[FormField, str]) -> CaseNumber:
    number = case_number(secrets.token_bytes(16))
    opening = Opening(opened_at=NOW, channel=Channel.WEB, language=Language.EN, postal_code=POSTAL_CODE)
    command = OpenCase(number=number, organization=territory.utility, opening=opening)
    some = {FormField.NAME: answers[FormField.NAME], FormField.VIN: answers[FormField.VIN]}
    for name, each in (
        (CommandName.OPEN_CASE, command),
        (CommandName.SAVE_ANSWERS, SaveAnswers(answers=0, fields=frozenset())),
    ):
        territory.taken(territory.give(territory.utility, name, number, each, role=Role.CUSTOMER, answers=some))
    return number


def kept_rows(territory: Territory) -> dict[str, str]:
    from evenroll.records.models import CaseKept
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return dict(CaseKept.objects.values_list("case_number", "kept_as"))


def opens(territory: Territory, ref: int, *, of: OrganizationKey | None = None) -> bool:
    from evenroll.records import vault
    from evenroll.records.organizations import open_organization
    from evenroll.records.personal_ref import PersonalRef

    with open_organization(of or territory.utility):
        try:
            vault.read(PersonalRef(ref))
        except vault.PersonalErased:
            return False
    return True


def replays(territory: Territory) -> bool:
    from evenroll.records.replay import replay

    found = replay(f"replay_{secrets.token_hex(4)}", organizations=territory.organizations)
    assert found.equal and found.holds, found
    return True


def test_a_customer_is_erased_when_nothing_holds_and_not_before(territory: Territory) -> None:
    premise = canary_premise(territory, supplier=None)
    answers = canary_answers(premise)
    at = NOW + days(80)
    number = territory.apply(premise, answers=answers)
    territory.run_through(at)
    customer, _ = subjects(territory, number)
    answer = erase(territory, customer, now=at)
    assert refused(answer) is R.ENROLLMENT_LIVES
    territory.taken(leave(territory, number, HARDSHIP, now=at))
    end = at + days(400)
    territory.run_through(end, since=at)
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and kept_as(case) is RetentionClass.ACCEPTED
    assert kept_rows(territory)[number] == "accepted"
    answer = erase(territory, customer, now=end)
    assert refused(answer) is R.RETAINED
    ended_on = case.course.since.date()
    later = end + days(366 * 7)
    assert isinstance(answer, ErasureRefused)
    assert answer.parameters["until_on"] == ended_on.replace(year=ended_on.year + 7).isoformat()
    assert refused(erase(territory, customer, now=later)) is R.ACCOUNT_OPEN
    close_account(territory, premise, on=end.date())
    assert hold(territory, customer, sets=True) is None
    assert refused(hold(territory, customer, sets=True)) is R.HOLD_STANDS
    assert refused(erase(territory, customer, now=later)) is R.LEGAL_HOLD
    assert hold(territory, customer, sets=False) is None
    assert refused(hold(territory, customer, sets=False)) is R.HOLD_NONE
    assert opens(territory, case.answers)
    done = erase(territory, customer, now=later)
    assert isinstance(done, DataErased) and done.keys >= 1 and done.cases == (number,)
    assert not opens(territory, case.answers)
    assert number not in kept_rows(territory)
    assert refused(erase(territory, customer, now=later)) is R.ALREADY_ERASED
    assert refused(hold(territory, customer, sets=True)) is R.ALREADY_ERASED
    assert replays(territory)
    # The hash under which the customer was found is gone; nobody is found by name, number or VIN.
    assert tokens_of(territory, premise) == 0
    assert not any(canaries_in(text, answers=answers) for _, text in every_cell(territory))


def tokens_of(territory: Territory, premise: Premise) -> int:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        row = pen.execute(
            "SELECT count(*) FROM search_token t JOIN customer c ON c.key_id = t.key_id "
            "WHERE t.organization_id = %s AND c.id = %s",
            (opened.id, premise.customer),
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_decision_is_computed_again_after_an_erasure_on_the_facts_kept(territory: Territory, ready: Premise) -> None:
    from evenroll.records.decisions import decisions_of
    from evenroll.records.organizations import open_organization

    number = territory.apply(ready, answers={**ready.answers(), FormField.VIN: ""})
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.is_ended
    _, alone = subjects(territory, number)
    later = NOW + days(366 * 2 + 2)
    assert isinstance(erase(territory, alone, now=later), DataErased)
    assert not opens(territory, case.answers)
    # The customer of the books is not touched by the erasure of one case.
    assert tokens_of(territory, ready) > 0
    with open_organization(territory.utility):
        found = decisions_of(number)
    assert found
    assert replays(territory)


def test_a_draft_is_erased_by_the_worker_when_its_sixty_days_are_over(territory: Territory, ready: Premise) -> None:
    number = draft(territory, dict(ready.answers()))
    ref = territory.case(territory.utility, number).answers
    territory.run_through(NOW + days(59))
    assert opens(territory, ref)
    territory.run_through(NOW + days(62), since=NOW + days(59))
    case = territory.case(territory.utility, number)
    assert case.status is State.EXPIRED
    assert not opens(territory, ref)
    assert kept_rows(territory) == {}
    assert erased_events(territory, number) == ["time_over"]
    assert replays(territory)


def test_a_draft_on_hold_stays_until_the_hold_is_lifted(territory: Territory, ready: Premise) -> None:
    number = draft(territory, dict(ready.answers()))
    ref = territory.case(territory.utility, number).answers
    (alone,) = subjects(territory, number)
    assert refused(erase(territory, alone, now=NOW)) is R.APPLICATION_OPEN
    assert hold(territory, alone, sets=True) is None
    territory.run_through(NOW + days(100))
    assert territory.case(territory.utility, number).status is State.EXPIRED
    assert opens(territory, ref)
    assert hold(territory, alone, sets=False, now=NOW + days(100)) is None
    territory.run(NOW + days(101))
    assert not opens(territory, ref)


def test_a_draft_that_was_left_goes_at_once_on_a_wish_and_else_in_sixty_days(
    territory: Territory, ready: Premise
) -> None:
    numbers = [draft(territory, dict(ready.answers())) for _ in range(2)]
    for number in numbers:
        territory.taken(
            territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER)
        )
    first, second = (territory.case(territory.utility, each) for each in numbers)
    assert set(kept_rows(territory).values()) == {"draft_left"}
    assert isinstance(erase(territory, subjects(territory, first.number)[0], now=NOW), DataErased)
    territory.run(NOW + days(59))
    assert (opens(territory, first.answers), opens(territory, second.answers)) == (False, True)
    territory.run(NOW + days(61))
    assert not opens(territory, second.answers)


def test_the_copy_of_who_handed_a_case_over_goes_by_itself_within_the_laws_days(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply, consents_hand_over=True)
    territory.run()
    sender, receiver = (territory.case(each, number) for each in (territory.utility, territory.esco))
    assert sender.status is State.HANDED_OVER
    assert sender.answers and sender.answers != receiver.answers
    assert kept_rows(territory) == {number: "handed_over"}
    within = retention_table().erase_within_days
    territory.run_through(NOW + days(within - 1))
    assert opens(territory, sender.answers)
    territory.run_through(NOW + days(within + 1), since=NOW + days(within - 1))
    assert not opens(territory, sender.answers)
    assert opens(territory, receiver.answers, of=territory.esco)


def test_the_list_knows_every_erasure_before_it_is_committed(territory: Territory, ready: Premise) -> None:
    from evenroll.actions.erase import erase as act
    from evenroll.records.erasure_list import erasure_list_path, read_list
    from evenroll.records.unit_of_work import unit_of_work

    number = draft(territory, dict(ready.answers()))
    ref = territory.case(territory.utility, number).answers
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, NoPayload(), role=Role.CUSTOMER))
    actor = territory.actor(territory.utility, Role.SUPERVISOR)
    with (
        pytest.raises(KeyboardInterrupt),
        unit_of_work(territory.utility, actor=actor, now=NOW, command="") as work,
    ):
        act(work, subject=subjects_in(number), wish=ASKED)
        raise KeyboardInterrupt
    # Nothing was committed, and the list has it: a restore would do it.
    assert opens(territory, ref)
    last = read_list(erasure_list_path()).erasures[-1]
    assert last.subject == f"case/{number}" and last.cases == (number,) and len(last.keys) == 1
    assert isinstance(erase(territory, subjects(territory, number)[0], now=NOW), DataErased)


def subjects_in(number: CaseNumber) -> Any:
    from evenroll.records.erasing import Subject

    return Subject(case=number)


def erased_events(territory: Territory, number: CaseNumber) -> list[str]:
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = JournalEntry.objects.filter(stream_kind="erasure", stream_key=f"case/{number}").order_by("number")
        return [json.loads(each.data)["cause"] for each in rows]
