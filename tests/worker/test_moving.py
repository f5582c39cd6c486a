"""Moving out, in, and with the car, on the real database: only meter and wiring stay with the premise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from evenroll.actions.hear_move import hear_move
from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_supply_request import RegistryRow
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import FormField
from evenroll.enrollment.messages import MoveTold
from evenroll.enrollment.moving_commands import MergeCase, MoveIn, MoveOut, MoveWithCar
from evenroll.enrollment.roles import Actor, OrganizationKind, Role
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import VACANT, check_periods
from evenroll.programs.program import ConsentKind, MeterCapability
from evenroll.programs.program_terms import Cap
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey
from evenroll.records import inbox
from evenroll.records.asked import Asked, Taken
from evenroll.records.gathered import open_cases_at
from evenroll.records.organizations import add_organization, open_organization
from evenroll.records.supply_registry import open_request, put_supplier, registry_row
from evenroll.records.unit_of_work import unit_of_work
from tests.territory import NIGHT_RATE, NOW, Territory, capped_program, days
from tests.territory_books import Premise
from tests.worker.test_supply_switch import at_home, new_market

LATER = NOW + days(100)


def a_premise(territory: Territory) -> Premise:
    return territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)


def active(territory: Territory, premise: Premise) -> CaseNumber:
    number = territory.apply(premise)
    territory.run_through(LATER)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    return number


def move_out(territory: Territory, number: CaseNumber, on: date, **how: object):
    given = {"role": Role.CUSTOMER, "now": LATER, **how}
    return territory.give(territory.utility, CommandName.MOVE_OUT, number, MoveOut(moved_on=on), **given)


def test_a_move_that_is_told_ahead_ends_with_its_last_day(territory: Territory) -> None:
    """Rules 9, 10: the enrollment and the service end with the day, vacant begins, meter and wiring stay."""
    premise = a_premise(territory)
    number = active(territory, premise)
    last_on = LATER.date() + timedelta(days=9)
    territory.taken(move_out(territory, number, last_on))
    territory.run_through(LATER + days(9), since=LATER)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    territory.run_through(LATER + days(12), since=LATER + days(9))
    case, point = territory.case(territory.utility, number), territory.point(premise.pod)
    assert case.status is State.ENDED and case.ended_because is EndReason.MOVED and case.ended_on == last_on
    check_periods(point.agreements, pod=premise.pod)
    assert point.agreements[-1].rate == VACANT and point.agreements[-1].start_on == last_on + timedelta(days=1)
    assert not point.agreements[-1].riders and point.agreements[-1].supply_rate is None
    assert point.meter is not None and point.meter.serial == premise.serial
    assert account_at(territory, premise) is None and not case.live_places


def account_at(territory: Territory, premise: Premise) -> int | None:
    from evenroll.records import register

    found = register.point(territory.utility, pod=premise.pod)
    assert found is not None
    return found.account


def test_an_open_order_is_cancelled_when_the_customer_leaves(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    told = move_out(territory, number, NOW.date() - timedelta(days=1), now=NOW)
    territory.taken(told)
    territory.run()
    case, order = territory.case(territory.utility, number), territory.order(order.number)
    assert case.ended_because is EndReason.MOVED and not order.is_open
    assert territory.point(premise.pod).agreements[-1].start_on == NOW.date()


def test_a_day_too_far_off_is_refused(territory: Territory) -> None:
    number = active(territory, a_premise(territory))
    for day in (LATER.date() + timedelta(days=400), NOW.date() - timedelta(days=1)):
        assert territory.refused(move_out(territory, number, day)).code is RefusalCode.DATE_WRONG


def test_the_utility_is_told_by_a_supplier(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run_through(NOW + days(5))
    now = NOW + days(6)
    said = MoveOut(moved_on=now.date() - timedelta(days=1))
    territory.taken(territory.give(territory.esco, CommandName.MOVE_OUT, number, said, role=Role.CUSTOMER, now=now))
    territory.run(now)
    point = territory.point(premise.pod)
    assert territory.case(territory.esco, number).ended_because is EndReason.MOVED
    assert point.agreements[-1].rate == VACANT and point.agreements[-1].start_on == now.date()
    assert not territory.order_of(territory.esco, number).is_open


def registered(territory: Territory, premise: Premise, on: date) -> RegistryRow:
    with open_organization(territory.registry):
        row = registry_row(premise.pod, on=on)
    assert row is not None
    return row


@pytest.mark.parametrize("teller", ["supplier", "nobody"])
def test_the_registry_has_no_supplier_of_who_has_left(territory: Territory, teller: str) -> None:
    """Row 2a for the next occupant: default service, from the day after, whoever told of the move, and told once."""
    premise, other = territory.premise(supplier=territory.esco), a_premise(territory)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run_through(NOW + days(5))
    now, left_on = NOW + days(6), (NOW + days(5)).date()
    if teller == "supplier":
        said = MoveOut(moved_on=left_on)
        told = territory.give(territory.esco, CommandName.MOVE_OUT, number, said, role=Role.CUSTOMER, now=now)
        territory.taken(told)
    else:
        said = MoveIn(moved_on=now.date(), account=other.account)
        territory.taken(territory.give(territory.utility, CommandName.MOVE_IN, premise.pod, said, now=now))
    territory.run(now)
    assert registered(territory, premise, left_on).supplier == territory.esco
    assert registered(territory, premise, now.date()).supplier is None
    assert registered(territory, premise, now.date()).from_on == now.date()
    assert territory.case(territory.esco, number).ended_because is EndReason.MOVED
    with open_organization(territory.registry):
        assert not inbox.parked()


def test_a_registry_hears_of_a_move_from_who_serves_there_only(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    stranger = Actor(key=ActorKey("org/stranger"), role=Role.PEER, organization=OrganizationKey("stranger"))
    told = MoveTold(pod=premise.pod, moved_on=NOW.date())
    with unit_of_work(territory.registry, actor=stranger, now=NOW) as work:
        answer = hear_move(work, asked=Asked(number=premise.pod, command=told))
    assert territory.refused(answer).code is RefusalCode.POINT_NOT_OFFERED
    assert registered(territory, premise, NOW.date()).supplier == territory.esco


def test_a_supplier_who_began_after_the_move_stays(territory: Territory) -> None:
    """Late news of the one before takes nothing from the next occupant."""
    premise = territory.premise(supplier=territory.esco)
    utility = Actor(key=ActorKey("org/utility"), role=Role.PEER, organization=territory.utility)
    row = registered(territory, premise, NOW.date())
    with open_organization(territory.registry):
        put_supplier(row, pod=premise.pod, supplier=territory.esco, from_on=NOW.date())
    told = MoveTold(pod=premise.pod, moved_on=NOW.date() - timedelta(days=1))
    with unit_of_work(territory.registry, actor=utility, now=NOW) as work:
        answer = hear_move(work, asked=Asked(number=premise.pod, command=told))
    assert isinstance(answer, Taken) and answer.state == "unchanged"
    assert registered(territory, premise, NOW.date()).supplier == territory.esco


def test_a_utility_that_keeps_the_registry_itself_hears_for_both(django_ready: object) -> None:
    """A request that is open in its registry ends, and so does what stands there in its own books, by one word."""
    market = new_market()
    territory = market.territory
    both = frozenset({OrganizationKind.UTILITY, OrganizationKind.CLEARINGHOUSE})
    add_organization(territory.utility, name="Both", kinds=both, calendar_key="US-LAKELAND")
    territory.registry = territory.utility
    premise = at_home(market, supplier=market.rival)
    own = territory.apply(premise)
    market.sold(premise)
    now = NOW + days(5)
    territory.run_through(now)
    assert registered(territory, premise, now.date()).supplier == market.rival
    with open_organization(territory.utility):
        assert open_request(premise.pod) is not None and own in open_cases_at(premise.pod)
    supplier = Actor(key=ActorKey("org/supplier"), role=Role.PEER, organization=market.rival)
    told = MoveTold(pod=premise.pod, moved_on=now.date())
    with unit_of_work(territory.utility, actor=supplier, now=now) as work:
        territory.taken(hear_move(work, asked=Asked(number=premise.pod, command=told)))
    with open_organization(territory.utility):
        assert open_request(premise.pod) is None and own not in open_cases_at(premise.pod)
    assert registered(territory, premise, now.date() + timedelta(days=1)).supplier is None


def test_the_next_occupant_begins_on_default_rate_and_supply(territory: Territory) -> None:
    """Rules 3, 10: and a live enrollment of who left without a word is no conflict for them."""
    premise, other = a_premise(territory), a_premise(territory)
    number = active(territory, premise)
    came_on = LATER.date() - timedelta(days=1)
    said = MoveIn(moved_on=came_on, account=other.account)
    territory.taken(territory.give(territory.utility, CommandName.MOVE_IN, premise.pod, said, now=LATER))
    case, point = territory.case(territory.utility, number), territory.point(premise.pod)
    assert case.ended_because is EndReason.MOVED and case.ended_on == came_on - timedelta(days=1)
    check_periods(point.agreements, pod=premise.pod)
    assert point.agreements[-1].rate == "LE-R" and point.agreements[-1].supplier == territory.utility
    assert point.agreements[-1].start_on == came_on and account_at(territory, premise) == other.account
    again = territory.give(territory.utility, CommandName.MOVE_IN, premise.pod, said, now=LATER)
    assert territory.refused(again).code is RefusalCode.STILL_OCCUPIED
    here = {**other.answers(), FormField.SERVICE_ADDRESS: premise.address}
    new = territory.apply(replace(premise, name=other.name), answers=here)
    territory.run(LATER)
    assert territory.case(territory.utility, new).status is State.ENROLLED, territory.events(territory.utility, new)


def with_car(territory: Territory, number: CaseNumber, to: Premise, **changes: object):
    said = MoveWithCar(
        moved_on=LATER.date() + timedelta(days=4),
        signed_on=LATER.date(),
        postal_code="60999",
        consents=frozenset(ConsentKind),
        **changes,
    )
    new = {**to.answers()}
    del new[FormField.VIN], new[FormField.EMAIL]
    return territory.give(
        territory.utility, CommandName.MOVE_WITH_CAR, number, said, role=Role.CUSTOMER, now=LATER, answers=new
    )


def test_with_the_car_the_enrollment_goes_on_at_the_other_premise(territory: Territory) -> None:
    """Vehicle and answers go along; the premise is proved anew; the old one ends on its day, one story on both."""
    old, new = a_premise(territory), a_premise(territory)
    number = active(territory, old)
    territory.taken(with_car(territory, number, new))
    territory.run(LATER)
    before = territory.case(territory.utility, number)
    assert before.followed_by is not None and before.status is State.ACTIVE
    there = territory.case(territory.utility, before.followed_by)
    assert there.status is State.ENROLLED, territory.events(territory.utility, there.number)
    assert there.opening.continues == number and there.pod == new.pod and there.proof.account == new.account
    assert there.vehicles == before.vehicles
    territory.run_through(LATER + days(70), since=LATER)
    before, there = territory.case(territory.utility, number), territory.case(territory.utility, there.number)
    assert before.ended_because is EndReason.MOVED and there.status is State.ACTIVE
    assert territory.point(old.pod).agreements[-1].rate == VACANT
    assert [each.unit_key for each in there.live_places] == [new.pod] and not before.live_places


def test_where_the_new_premise_cannot_be_enrolled_the_old_one_ends_all_the_same(territory: Territory) -> None:
    old = a_premise(territory)
    new = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS, good_standing=False)
    number = active(territory, old)
    territory.taken(with_car(territory, number, new))
    territory.run_through(LATER + days(8), since=LATER)
    before = territory.case(territory.utility, number)
    assert before.followed_by is not None and before.ended_because is EndReason.MOVED
    assert territory.case(territory.utility, before.followed_by).status is State.NEEDS_ANSWER


def test_a_members_place_goes_along_in_a_program_with_a_cap(territory: Territory) -> None:
    old, new = a_premise(territory), a_premise(territory)
    capped = capped_program(territory, Cap(places=1))
    number = territory.apply(old, program=capped)
    territory.run_through(LATER)
    assert territory.case(territory.utility, number).counted == capped.key
    waits = territory.apply(a_premise(territory), program=capped)
    territory.run(LATER)
    assert territory.case(territory.utility, waits).status is State.WAITLISTED
    territory.taken(with_car(territory, number, new))
    territory.run(LATER)
    before = territory.case(territory.utility, number)
    assert before.followed_by is not None
    there = territory.case(territory.utility, before.followed_by)
    assert there.status is State.ENROLLED and there.counted == capped.key and before.counted is None
    territory.run_through(LATER + days(8), since=LATER)
    assert territory.case(territory.utility, waits).status is State.WAITLISTED


def test_two_applications_of_one_customer_become_one(territory: Territory) -> None:
    """Rule 3: only the same proved customer's; the number is shown, and nothing before 4a."""
    premise, stranger = a_premise(territory), a_premise(territory)
    first = territory.apply(premise)
    territory.run()
    newer = {**premise.answers(), FormField.EMAIL: "newer@example.test"}
    second, other = territory.apply(premise, answers=newer), territory.apply(stranger)
    unproved = territory.apply(premise, answers={**premise.answers(), FormField.LAST_BILL_AMOUNT: "1.00"})
    territory.run()
    assert territory.case(territory.utility, second).status is State.NEEDS_ANSWER
    for number in (other, unproved):
        refused = territory.give(territory.utility, CommandName.MERGE_CASE, number, MergeCase(into=first))
        assert territory.refused(refused).parameters["merge"] == "not_proved_same"
    territory.taken(territory.give(territory.utility, CommandName.MERGE_CASE, second, MergeCase(into=first)))
    later, earlier = territory.case(territory.utility, second), territory.case(territory.utility, first)
    assert later.status is State.MERGED and earlier.status is State.ENROLLED
    assert answers_of(territory, earlier.answers)[FormField.EMAIL] == "newer@example.test"
    assert answers_of(territory, earlier.answers)[FormField.NAME] == premise.name


def answers_of(territory: Territory, ref: int) -> dict[FormField, str]:
    from evenroll.records.case_answers import read_answers
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return read_answers(ref)
