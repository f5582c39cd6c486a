"""Whole journeys on the real database: applications through every row, for a utility and for an ESCO."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.case_commands import ChooseUsagePoint, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import BillKind
from evenroll.programs.program import MeterCapability, MeterNeedKind
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.quantities.periods import DatePeriod
from tests.meter_work import assert_bills_tie, at, exchange_meter
from tests.territory import NIGHT_RATE, NIGHT_SUPPLY, NOW, Territory, days
from tests.worker.forwarding import forward


def test_a_utility_customer_whose_meter_is_there_already(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.ENROLLED, territory.events(territory.utility, number)
    assert case.order is not None and case.order.need is MeterNeedKind.ALREADY_THERE
    territory.run_through(NOW + days(90))
    case = territory.case(territory.utility, number)
    order = territory.order_of(territory.utility, number)
    assert case.status is State.ACTIVE, (case, order)
    assert order.service.state is State.BILLED
    assert [bill.kind for bill in case.order.bills] == [BillKind.CLOSING, BillKind.FIRST]


def test_a_utility_customer_whose_meter_is_exchanged(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    assert order.meter.state is State.TO_SCHEDULE, territory.events(territory.utility, number)
    exchange_meter(territory, premise, order.number, registers=NIGHT_RATE, on=date(2026, 11, 10))
    territory.run_through(NOW + days(100), since=at(date(2026, 11, 10)))
    case, order = territory.case(territory.utility, number), territory.order(order.number)
    assert case.status is State.ACTIVE, (case.tracks, order.tracks)
    assert_bills_tie(territory, premise, order)


def test_an_esco_customer_waits_out_rescission_and_gets_an_interval_meter(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run()
    case = territory.case(territory.esco, number)
    assert case.status is State.IN_RESCISSION, territory.events(territory.esco, number)
    assert case.order is None and case.agreement is not None
    ends_on = case.agreement.rescission_ends_on
    territory.run(at(ends_on))
    order = territory.order_of(territory.esco, number)
    assert order.requester == territory.esco
    visit_on = date(2026, 11, 12)
    exchange_meter(
        territory, premise, order.number, registers=NIGHT_SUPPLY, on=visit_on, capability=MeterCapability.INTERVAL
    )
    territory.run_through(NOW + days(120), since=at(visit_on))
    case, order = territory.case(territory.esco, number), territory.order(order.number)
    assert case.status is State.ACTIVE, (case.tracks, order.tracks)
    assert case.price_since is not None and case.price_since >= ends_on
    assert case.order is not None and len(case.order.bills) == 2
    assert_bills_tie(territory, premise, order)


def test_a_customer_at_the_wrong_door_is_handed_over_with_everything(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply, consents_hand_over=True)
    territory.run()
    assert territory.case(territory.utility, number).status is State.HANDED_OVER
    here = territory.case(territory.esco, number)
    assert here.opening.received_from == territory.utility
    assert here.form is not None and here.form.received_at == NOW
    assert here.status is State.IN_RESCISSION, territory.events(territory.esco, number)
    assert here.proof.customer == premise.customer


def test_a_case_whose_number_ended_here_goes_on_under_one_of_its_own(territory: Territory) -> None:
    """Handed over, rescinded, and forwarded once more: the story that ended stays, and nobody has to mend a message."""
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply, consents_hand_over=True)
    territory.run()
    territory.taken(territory.give(territory.esco, CommandName.RESCIND, number, role=Role.CUSTOMER))
    territory.run()
    ended = territory.events(territory.esco, number)
    forward(territory, number, sender=territory.utility, receiver=territory.esco, agreed=True)
    progress = territory.run()
    assert (progress.parked, progress.failed) == (0, 0)
    assert territory.events(territory.esco, number) == ended
    own = [each for each in cases_of(territory.esco) if each != number]
    case = territory.case(territory.esco, own[0])
    assert len(own) == 1 and case.opening.received_as == number
    assert case.status is State.IN_RESCISSION, territory.events(territory.esco, own[0])


def cases_of(organization: OrganizationKey) -> list[CaseNumber]:
    from evenroll.records import queries

    return list(queries.cases(queries.Viewer(organization=organization, role=Role.ENROLLMENT_DESK)))


def test_an_unasked_hand_over_waits_for_consent(territory: Territory) -> None:
    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.utility, program=territory.supply)
    territory.run()
    assert territory.case(territory.utility, number).status is State.CHOOSING
    agreed = territory.give(territory.utility, CommandName.AGREE_HAND_OVER, number, role=Role.CUSTOMER)
    territory.taken(agreed)
    territory.run()
    assert territory.case(territory.esco, number).status is State.IN_RESCISSION


def test_a_clearinghouse_that_is_away_makes_the_case_wait(territory: Territory) -> None:
    from evenroll.partners.registry_clearinghouse import RegistryClearinghouse, away_on

    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    behind = RegistryClearinghouse(organization=territory.registry)
    away = DatePeriod(start_on=NOW.date(), end_on=NOW.date() + days(2))
    territory.clearinghouse = away_on(behind, periods=[away])
    number = territory.apply(premise)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.FINDING_PROVIDER
    assert case.course.owner is Role.REGISTRY_OPERATOR and case.provider is None
    territory.run_through(NOW + days(3))
    events = territory.events(territory.utility, number)
    assert events.count("provider_unreachable") > 5
    assert territory.case(territory.utility, number).status is State.ENROLLED


def test_a_usage_point_that_is_not_found_is_asked_for_again(territory: Territory) -> None:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    wrong = {**premise.answers(), FormField.SERVICE_ADDRESS: "1 Nowhere Lane"}
    number = territory.apply(premise, answers=wrong)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.NEEDS_ANSWER and case.course.owner is Role.CUSTOMER
    cure = SubmitForm(form=territory.form())
    given = territory.give(
        territory.utility, CommandName.GIVE_CURE, number, cure, role=Role.CUSTOMER, answers=premise.answers()
    )
    territory.taken(given)
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED


def test_of_two_usage_points_the_customer_names_one(territory: Territory) -> None:
    first = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    second = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS, address=first.address)
    number = territory.apply(second)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.NEEDS_ANSWER and case.provider is not None
    assert set(case.provider.points) == {first.pod, second.pod}
    chosen = ChooseUsagePoint(pod=second.pod)
    territory.taken(
        territory.give(territory.utility, CommandName.CHOOSE_USAGE_POINT, number, chosen, role=Role.CUSTOMER)
    )
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.ENROLLED and case.pod == second.pod
