"""Leaving a program on the real database: service goes back, periods tile, the place is free, the lock-out holds."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.leaving_commands import CloseProgram, Unenroll
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.programs.program_terms import StayOf
from evenroll.quantities.identifiers import CaseNumber, ProgramKey, RateKey
from evenroll.quantities.periods import check_tiling
from tests.territory import NIGHT_RATE, NOW, Territory, days, new_territory
from tests.territory_books import Premise

HARDSHIP = Unenroll(reason=LeaveReason.HARDSHIP)
NOT_SAVING = Unenroll(reason=LeaveReason.NOT_SAVING)


def enrolled(territory: Territory, premise: Premise, *, until: datetime) -> CaseNumber:
    """An application that is active by then, its first bill issued."""
    number = territory.apply(premise)
    territory.run_through(until)
    assert territory.case(territory.utility, number).status is State.ACTIVE
    return number


def leave(territory: Territory, number: str, command: Unenroll = HARDSHIP, **how: object) -> object:
    return territory.give(territory.utility, CommandName.UNENROLL, number, command, **how)


def test_service_goes_back_and_the_enrollment_ends_on_the_day_of_the_switch(
    territory: Territory, ready: Premise
) -> None:
    """Rules 9 and 17: a closing bill of the program's rate, a first one of the standard rate, one line of periods."""
    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    territory.taken(leave(territory, number, now=at))
    assert territory.case(territory.utility, number).status is State.LEAVING
    territory.run_through(at + days(100), since=at)
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and case.ended_because is EndReason.CUSTOMER and not case.live_places
    assert case.leaving is not None
    back = territory.order(case.leaving.number)
    assert back.request.returning and back.switch is not None
    assert case.ended_on == back.switch.switch_on == case.leaving.switch_on
    assert (back.switch.old_rate, back.switch.new_rate) == (RateKey("LE-EV-TOU"), RateKey("LE-R"))
    assert back.closing_bill is not None and back.first_bill is not None
    point = territory.point(ready.pod)
    assert check_tiling(each.period for each in point.agreements) == []
    assert [each.rate for each in point.agreements[-2:]] == ["LE-EV-TOU", "LE-R"]
    assert case.lockout_ends_on == case.ended_on + timedelta(days=territory.night.lockout_days)


def test_the_lock_out_refuses_by_its_date_and_is_over_on_it(territory: Territory, ready: Premise) -> None:
    """Rule 17: the journaled date decides at row 5, not the day on which the case happened to end."""
    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    territory.taken(leave(territory, number, now=at))
    territory.run_through(at + days(60), since=at)
    until_on = territory.case(territory.utility, number).lockout_ends_on
    assert until_on is not None
    from evenroll.records.organizations import open_organization
    from evenroll.records.past_enrollments import lockout_ends_on

    with open_organization(territory.utility):
        assert lockout_ends_on(ready.customer, program=territory.night.key) == until_on
        assert lockout_ends_on(ready.customer, program=ProgramKey("ANOTHER")) is None
    again = territory.apply(ready)
    territory.run(at + days(61))
    assert territory.case(territory.utility, again).status is State.REFUSED


def test_the_minimum_stay_is_refused_by_its_date_and_the_desk_may_pass_it_for_a_reason(
    territory: Territory, ready: Premise
) -> None:
    """Rule 17: the customer may leave from the day on, or earlier where a move, a death or hardship ends it."""
    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    stay_on = NOW.date() + timedelta(days=territory.night.minimum_stay_days)
    refused = territory.refused(leave(territory, number, NOT_SAVING, now=at, role=Role.CUSTOMER))
    assert refused.code is RefusalCode.MINIMUM_STAY and refused.parameters["ends_on"] == stay_on.isoformat()
    by_customer = territory.refused(leave(territory, number, now=at, role=Role.CUSTOMER))
    assert by_customer.code is RefusalCode.MINIMUM_STAY
    death = Unenroll(reason=LeaveReason.DEATH)
    assert (
        territory.refused(leave(territory, number, death, now=at, role=Role.CUSTOMER)).code
        is RefusalCode.REASON_FOR_DESK
    )
    later = Unenroll(reason=LeaveReason.NOT_SAVING, on=stay_on)
    territory.taken(leave(territory, number, later, now=at, role=Role.CUSTOMER))
    case = territory.case(territory.utility, number)
    assert case.leave is not None and case.leave.not_before_on == stay_on


def test_the_stay_differs_by_supply_status(django_ready: object) -> None:
    """Rule 17: full-service customers are bound to a year, others not."""
    from evenroll.records.published import publish

    territory = new_territory()
    short = replace(
        territory.night,
        key=ProgramKey(f"{territory.night.key}-S"),
        stays=(StayOf(supply="utility", days=30), StayOf(supply="esco", days=0)),
    )
    publish(short)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=short)
    territory.run()
    agreement = territory.case(territory.utility, number).agreement
    assert agreement is not None and agreement.minimum_stay_ends_on == NOW.date() + timedelta(days=30)


def test_two_who_unenroll_at_once_leave_one_story(territory: Territory, ready: Premise) -> None:
    """A doubled command is harmless: one leave, one order, one end."""
    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    barrier, answers = threading.Barrier(2), []

    def give(by: str) -> None:
        from django.db import connections

        barrier.wait()
        answers.append(leave(territory, number, now=at, by=by))
        connections.close_all()

    threads = [threading.Thread(target=give, args=(by,)) for by in ("desk-1", "desk-2")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([territory.taken(each) for each in answers]) == 2
    territory.run_through(at + days(60), since=at)
    told = territory.events(territory.utility, number)
    assert [told.count(kind) for kind in ("leave_asked", "return_asked", "return_made", "ended")] == [1, 1, 1, 1]


def test_who_stays_after_all_goes_on_where_they_were(territory: Territory, ready: Premise) -> None:
    """The order to go back is stopped first; the utility has the last word."""
    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    before = territory.case(territory.utility, number)
    territory.taken(leave(territory, number, now=at))
    territory.run(at)
    assert territory.case(territory.utility, number).leaving is not None
    territory.taken(territory.give(territory.utility, CommandName.STAY_ENROLLED, number, now=at, role=Role.CUSTOMER))
    territory.run(at)
    after = territory.case(territory.utility, number)
    assert after.status is State.ACTIVE and after.leave is None and after.live_places
    assert after.course.due_at == before.course.due_at
    assert territory.point(ready.pod).agreements[-1].rate == "LE-EV-TOU"


def test_cases_whose_program_cannot_be_closed_hide_no_other_and_let_the_worker_rest(
    territory: Territory, ready: Premise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`territory.run` says that the run came to its end: a worker that never does looks again at once, for ever."""
    from evenroll.actions.end_program import end_program
    from evenroll.records.organizations import cursor, open_organization
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.worker import driver

    monkeypatch.setattr(driver, "BATCH", 3)
    numbers = sorted(territory.apply(ready, signed_on=None) for _ in range(4))
    territory.run()
    manager = territory.actor(territory.utility, Role.PROGRAM_MANAGER)
    with unit_of_work(territory.utility, actor=manager, now=NOW) as work:
        territory.taken(end_program(work, program=territory.night.key, ends_on=(NOW + days(10)).date()))
    *broken, last = numbers

    def rename(before: str, after: str) -> None:
        with open_organization(territory.utility) as opened, cursor() as pen:
            pen.execute(
                "UPDATE case_record SET state = replace(state, %s, %s) WHERE organization_id = %s AND number = ANY(%s)",
                (before, after, opened.id, broken),
            )

    rename('"number"', '"nummer"')
    assert territory.run().failed == len(broken)
    assert territory.case(territory.utility, last).closes_on == (NOW + days(10)).date()
    rename('"nummer"', '"number"')


def test_a_program_that_ends_tells_everybody_and_leads_them_out(territory: Territory, ready: Premise) -> None:
    """Every live case ends, every open application too, none is lost, and again is harmless."""
    from evenroll.actions.end_program import end_program
    from evenroll.records.unit_of_work import unit_of_work

    at, ends_on = NOW + days(80), (NOW + days(90)).date()
    number = enrolled(territory, ready, until=at)
    other = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    open_number = territory.apply(other, signed_on=None)
    territory.run(at)
    assert territory.case(territory.utility, open_number).status is State.COMPLETING
    manager = territory.actor(territory.utility, Role.PROGRAM_MANAGER)
    for _ in range(2):
        with unit_of_work(territory.utility, actor=manager, now=at) as work:
            territory.taken(end_program(work, program=territory.night.key, ends_on=ends_on))
    territory.run(at)
    assert territory.case(territory.utility, number).closes_on == ends_on
    told = territory.events(territory.utility, number).count("program_close_told")
    territory.run_through(at + days(11), since=at)
    case = territory.case(territory.utility, open_number)
    assert (case.status, case.ended_because, case.ended_on) == (State.ENDED, EndReason.PROGRAM_CLOSED, ends_on)
    territory.run_through(at + days(80), since=at + days(11))
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and case.ended_because is EndReason.PROGRAM_CLOSED
    assert case.ended_on is not None and case.ended_on >= ends_on and case.lockout_ends_on is None
    assert told == territory.events(territory.utility, number).count("program_close_told") == 1
    assert territory.point(ready.pod).agreements[-1].rate == "LE-R"
    late = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    after = territory.apply(late)
    territory.run(at + days(81))
    assert territory.case(territory.utility, after).status is not State.ENROLLED


def test_only_the_program_manager_ends_a_program_and_not_in_the_past(territory: Territory) -> None:
    from evenroll.actions.end_program import end_program
    from evenroll.records.unit_of_work import unit_of_work

    def asked(role: Role, ends_on: date) -> object:
        with unit_of_work(territory.utility, actor=territory.actor(territory.utility, role), now=NOW) as work:
            return end_program(work, program=territory.night.key, ends_on=ends_on)

    future = NOW.date() + timedelta(days=3)
    assert territory.refused(asked(Role.ENROLLMENT_DESK, future)).code is RefusalCode.NOT_ALLOWED
    for wrong in (NOW.date() - timedelta(days=1), date(9999, 12, 31)):
        assert territory.refused(asked(Role.PROGRAM_MANAGER, wrong)).code is RefusalCode.DATE_WRONG


def test_a_case_of_another_program_is_not_closed(territory: Territory, ready: Premise) -> None:
    number = territory.apply(ready)
    territory.run()
    command = CloseProgram(program=territory.supply.key, closes_on=NOW.date())
    refused = territory.give(territory.utility, CommandName.CLOSE_PROGRAM, number, command, role=Role.SYSTEM)
    assert territory.refused(refused).code is RefusalCode.PROGRAM_NOT_OFFERED


def test_an_escos_product_goes_back_to_its_standard_one(territory: Territory) -> None:
    """The utility hears it as an order; the supply itself stays with the ESCO."""
    premise = territory.premise(
        supplier=territory.esco, capability=MeterCapability.INTERVAL, registers=("night", "day")
    )
    number = territory.apply(premise, at=territory.esco, program=territory.supply)
    at = NOW + days(90)
    territory.run_through(at)
    assert territory.case(territory.esco, number).status is State.ACTIVE
    given = territory.give(territory.esco, CommandName.UNENROLL, number, NOT_SAVING, now=at, role=Role.CUSTOMER)
    territory.taken(given)
    territory.run_through(at + days(80), since=at)
    case = territory.case(territory.esco, number)
    assert case.status is State.ENDED
    last = territory.point(premise.pod).agreements[-1]
    assert (last.supplier, last.supply_rate) == (territory.esco, "BW-STD")


def test_changes_of_rate_are_counted_from_the_agreements(territory: Territory, ready: Premise) -> None:
    """Rule 17: the change count is a fact of the usage point, within the days that the program counts."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.past_enrollments import rate_changes

    at = NOW + days(80)
    number = enrolled(territory, ready, until=at)
    point = territory.point(ready.pod)
    with open_organization(territory.utility):
        asked = {"on": at.date(), "but": CaseNumber("EV-0")}
        assert rate_changes(ready.pod, point=point, since_on=asked["on"] - timedelta(days=365), **asked) == 1
        assert rate_changes(ready.pod, point=None, since_on=asked["on"] - timedelta(days=365), **asked) == 1
        assert rate_changes(ready.pod, point=point, since_on=asked["on"] - timedelta(days=1), **asked) == 0
        mine = {"on": at.date(), "but": number}
        assert rate_changes(ready.pod, point=None, since_on=asked["on"] - timedelta(days=365), **mine) == 0
