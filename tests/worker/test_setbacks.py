"""Journeys that go wrong on the real database: proofs that fail, missed visits, withdrawals, a lost supplier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.case_commands import GiveEvidence, SettleMatch, SubmitForm
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.form import FormField, VinState
from evenroll.enrollment.messages import CancelResult
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import VisitResult
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import Drivetrain, Outcome
from tests.meter_work import at, book_visit, complete_back_office, record_visit, the_exchange
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.territory_books import Premise

VISIT_ON = date(2026, 11, 10)


def test_everything_that_is_missing_is_told_at_once(territory: Territory, ready: Premise) -> None:
    few = {FormField.SERVICE_ADDRESS: ready.address, FormField.POSTAL_CODE: "60999"}
    number = territory.apply(ready, answers=few, drivetrain=None, signed_on=None)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.COMPLETING and case.course.owner is Role.CUSTOMER
    completed = SubmitForm(form=territory.form())
    given = territory.give(
        territory.utility, CommandName.COMPLETE_ANSWERS, number, completed, role=Role.CUSTOMER, answers=ready.answers()
    )
    territory.taken(given)
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.ENROLLED
    assert case.form is not None and case.form.vin_state is VinState.GIVEN


def test_a_proof_that_fails_three_times_goes_to_a_person(territory: Territory, ready: Premise) -> None:
    wrong = {**ready.answers(), FormField.NAME: "Somebody Else", FormField.LAST_BILL_AMOUNT: "1.00"}
    number = territory.apply(ready, answers=wrong)
    territory.run()
    for _ in range(2):
        more = GiveEvidence(answers=0, fields=frozenset())
        evidence = {FormField.LAST_BILL_AMOUNT: "2.00"}
        territory.taken(
            territory.give(
                territory.utility, CommandName.GIVE_EVIDENCE, number, more, role=Role.CUSTOMER, answers=evidence
            )
        )
        territory.run()
    case = territory.case(territory.utility, number)
    assert case.proof.attempts == 3 and case.proof.proved_at is None
    assert case.course.owner is Role.ENROLLMENT_DESK
    settled = SettleMatch(account=ready.account)
    refused = territory.give(territory.utility, CommandName.SETTLE_MATCH, number, settled, role=Role.CUSTOMER)
    assert territory.refused(refused).code is RefusalCode.NOT_ALLOWED
    territory.taken(territory.give(territory.utility, CommandName.SETTLE_MATCH, number, settled))
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.proof.by_staff and case.status is State.ENROLLED


def test_two_strangers_at_one_address_are_told_the_same(territory: Territory, ready: Premise) -> None:
    number = territory.apply(ready)
    territory.run()
    assert territory.case(territory.utility, number).status is State.ENROLLED
    told = []
    for name in ("First Stranger", "Second Stranger"):
        answers = {**ready.answers(), FormField.NAME: name, FormField.LAST_BILL_AMOUNT: "1.00"}
        other = territory.apply(ready, answers=answers)
        territory.run()
        case = territory.case(territory.utility, other)
        assert case.proof.customer is None and case.proof.account is None
        told.append((case.status, case.course.owner, case.proof, territory.events(territory.utility, other)))
    assert told[0] == told[1]


def test_who_is_not_eligible_gets_every_finding(territory: Territory) -> None:
    behind = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS, good_standing=False)
    number = territory.apply(behind, drivetrain=Drivetrain.NOT_PLUG_IN, documents=frozenset())
    territory.run()
    case = territory.case(territory.utility, number)
    assert case.status is State.NEEDS_ANSWER
    found = decision_of(territory, number)
    assert {each.rule for each in found if each.outcome is Outcome.CURABLE} == {
        "standing",
        "drivetrain",
        "registration",
    }
    assert len(found) == len(territory.night.rules)


def test_a_second_enrollment_of_a_usage_point_is_not_eligible(territory: Territory, ready: Premise) -> None:
    first, second = territory.apply(ready), territory.apply(ready)
    territory.run()
    states = sorted(territory.case(territory.utility, each).status.value for each in (first, second))
    assert states == ["enrolled", "needs_answer"]


def test_a_customer_who_missed_the_visit_is_reminded_and_rebooked(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    book_visit(territory, order.number, on=VISIT_ON)
    missed = record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.MISSED_BY_CUSTOMER)
    territory.taken(missed)
    territory.run_through(at(VISIT_ON) + days(12), since=at(VISIT_ON))
    order = territory.order(order.number)
    assert order.meter.state is State.MISSED_BY_CUSTOMER and order.meter.times == 1
    assert territory.case(territory.utility, number).tracks[f"meter/{premise.pod}"].state is State.MISSED_BY_CUSTOMER


def test_a_withdrawal_that_comes_before_the_crew_stops_the_order(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    book_visit(territory, order.number, on=VISIT_ON)
    territory.run()
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER))
    assert territory.case(territory.utility, number).status is State.WITHDRAWING
    territory.run()
    case, order = territory.case(territory.utility, number), territory.order(order.number)
    assert case.status is State.WITHDRAWN and case.place is not None and not case.place.live
    assert order.cancelled is CancelResult.CANCELLED and not order.is_open


def test_a_withdrawal_that_comes_after_the_crew_leaves_the_meter(territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    book_visit(territory, order.number, on=VISIT_ON)
    territory.run()
    exchange = the_exchange(territory, premise, on=VISIT_ON, registers=NIGHT_RATE)
    # Both happen before either has heard of the other.
    now = at(VISIT_ON)
    territory.taken(territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, now=now))
    done = record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.EXCHANGED, exchange=exchange)
    territory.taken(done)
    territory.run(now)
    complete_back_office(territory, order.number, now=now)
    territory.run_through(now + days(60), since=now)
    case, order = territory.case(territory.utility, number), territory.order(order.number)
    assert case.status is State.WITHDRAWN
    assert order.cancelled is CancelResult.METER_STAYS and order.switch is None
    meter = territory.point(premise.pod).meter
    assert meter is not None and meter.serial == exchange.new_serial


def test_a_meter_that_hangs_elsewhere_or_cannot_do_the_work_is_not_recorded(territory: Territory) -> None:
    elsewhere, premise = territory.premise(), territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number)
    book_visit(territory, order.number, on=VISIT_ON)
    total = the_exchange(
        territory, premise, on=VISIT_ON, registers=("total",), capability=MeterCapability.TOTAL_REGISTER
    )
    good = the_exchange(territory, premise, on=VISIT_ON, registers=NIGHT_RATE)
    wrong = {
        RefusalCode.METER_ELSEWHERE: replace(good, new_serial=elsewhere.serial),
        RefusalCode.METER_UNFIT: total,
    }
    for code, each in wrong.items():
        said = record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.EXCHANGED, exchange=each)
        assert territory.refused(said).code is code
    nameless = replace(total, capability=MeterCapability.PERIOD_REGISTERS)
    said = record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.EXCHANGED, exchange=nameless)
    assert territory.refused(said).parameters["registers"] == ", ".join(NIGHT_RATE)
    done = record_visit(territory, order.number, on=VISIT_ON, result=VisitResult.EXCHANGED, exchange=good)
    territory.taken(done)


def test_a_supplier_drop_stops_the_case_and_its_order(territory: Territory) -> None:
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.records.unit_of_work import unit_of_work

    premise = territory.premise(supplier=territory.esco)
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    territory.run_through(NOW + days(5))
    order = territory.order_of(territory.esco, number)
    assert order.meter.state is State.TO_SCHEDULE
    now = NOW + days(5)
    actor = territory.actor(territory.registry, Role.REGISTRY_OPERATOR)
    with unit_of_work(territory.registry, actor=actor, now=now) as work:
        territory.taken(drop_supply(work, pod=premise.pod, lost_on=now.date()))
    territory.run(now)
    case, order = territory.case(territory.esco, number), territory.order(order.number)
    assert case.status is State.ENDED and case.ended_because is EndReason.SUPPLIER
    assert case.place is not None and not case.place.live
    assert order.cancelled is CancelResult.CANCELLED and not order.is_open
    agreement = territory.point(premise.pod).agreement_on(now.date())
    assert agreement is not None and agreement.supplier == territory.utility


def test_the_same_key_gives_the_same_answer(territory: Territory, ready: Premise) -> None:
    number = territory.apply(ready)
    first = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, key="w-1")
    again = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, key="w-1")
    assert territory.taken(first) == again
    assert territory.events(territory.utility, number).count("withdrawn") == 1
    late = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, key="w-2")
    kept = territory.give(territory.utility, CommandName.WITHDRAW, number, role=Role.CUSTOMER, key="w-2")
    assert territory.refused(late) == kept
    other = territory.apply(ready)
    reused = territory.give(territory.utility, CommandName.WITHDRAW, other, role=Role.CUSTOMER, key="w-1")
    assert territory.refused(reused).code is RefusalCode.KEY_REUSED


def decision_of(territory: Territory, number: str):
    from evenroll.records.folds import read_event
    from evenroll.records.models import JournalEntry
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind

    with open_organization(territory.utility):
        entry = JournalEntry.objects.filter(stream_key=number, event="decision_made").latest("number")
    event = read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)
    return event.findings
