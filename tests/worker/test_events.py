"""Row 10's events on the real database: called within what was promised, told to all enrolled, settled, cancelled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from evenroll.enrollment.case_commands import RecordUse
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.ledger import EventResult
from evenroll.enrollment.life_events import UseKind
from evenroll.enrollment.money_commands import CallEvent, CancelEvent, SettleEvent
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.programs.program_terms import EventLimit, EventTerms, Grid, Incentive, IncentivePer
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.meter_work import at
from tests.territory import NIGHT_RATE, NOW, Territory, days

TERMS = EventTerms(
    limits=(EventLimit(events_max=2, per=Grid.MONTH), EventLimit(events_max=3, per=Grid.YEAR)),
    months=(1, 12),
    from_hour=14,
    to_hour=20,
    weekdays_only=True,
    hours_max=4,
    notice_hours_min=20,
    opt_outs_max=1,
)
PER_EVENT = Incentive(code="event_credit", usd=Decimal("4.00"), per=IncentivePer.EVENT)
DECEMBER = date(2026, 12, 1)


def with_events(territory: Territory, **terms: object) -> ProgramVersion:
    from evenroll.records.published import publish

    changed = {"events": TERMS, "incentives": (PER_EVENT,), **terms}
    program = replace(territory.night, key=ProgramKey(f"PEAK-{territory.tag}"), **changed)
    publish(program)
    return program


def enrolled(territory: Territory, program: ProgramVersion, *, count: int) -> list[CaseNumber]:
    """Customers whose meter is there already, active since the middle of November."""
    numbers = [
        territory.apply(
            territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS), program=program
        )
        for _ in range(count)
    ]
    territory.run_through(at(DECEMBER))
    for number in numbers:
        assert territory.case(territory.utility, number).status is State.ACTIVE
    return numbers


def call(territory: Territory, program: ProgramVersion, *, on: date, hour: int = 16, hours: int = 2, **how: object):
    starts_at = local(on, hour)
    given = {"role": Role.PROGRAM_MANAGER, "now": at(DECEMBER), **how}
    command = CallEvent(starts_at=starts_at, hours=hours)
    return territory.give(territory.utility, CommandName.CALL_EVENT, program.key, command, **given)


def local(on: date, hour: int) -> datetime:
    from evenroll.quantities.calendars import calendar

    return calendar("US-LAKELAND").start_of_day(on) + timedelta(hours=hour)


def notices(territory: Territory, number: str) -> list[str]:
    from evenroll.records.models import Notice
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = Notice.objects.filter(stream_key=number).order_by("id")
        return list(rows.values_list("code", flat=True))


def test_everyone_enrolled_is_told_of_an_event_and_has_a_notice(territory: Territory) -> None:
    program = with_events(territory)
    numbers = enrolled(territory, program, count=3)
    stranger = enrolled(territory, territory.night, count=1)[0]
    called = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    assert called.events == ("event_called",)
    territory.run(at(DECEMBER))
    for number in numbers:
        case = territory.case(territory.utility, number)
        assert [each.number for each in case.ledger.events] == [called.number]
        assert notices(territory, number).count("event_noticed") == 1
    assert territory.case(territory.utility, stranger).ledger.events == ()


@pytest.mark.parametrize(
    ("on", "hour", "hours", "why"),
    [
        (date(2026, 12, 3), 16, 5, RefusalCode.EVENT_LENGTH),
        (date(2026, 12, 3), 16, 0, RefusalCode.EVENT_LENGTH),
        (date(2026, 12, 3), 16, 10**14, RefusalCode.EVENT_LENGTH),
        (date(2026, 12, 3), 16, -(10**14), RefusalCode.EVENT_LENGTH),
        (date(2028, 12, 3), 16, 2, RefusalCode.DATE_WRONG),
        (date(9999, 12, 31), 14, 4, RefusalCode.DATE_WRONG),
        (date(2026, 12, 1), 14, 2, RefusalCode.EVENT_NOTICE),
        (date(2027, 2, 3), 16, 2, RefusalCode.EVENT_MONTH),
        (date(2026, 12, 5), 16, 2, RefusalCode.EVENT_DAY),
        (date(2026, 12, 25), 16, 2, RefusalCode.EVENT_DAY),
        (date(2026, 12, 3), 13, 2, RefusalCode.EVENT_HOURS),
        (date(2026, 12, 3), 19, 2, RefusalCode.EVENT_HOURS),
    ],
)
def test_an_event_beyond_what_was_promised_is_refused_by_name(
    territory: Territory, on: date, hour: int, hours: int, why: RefusalCode
) -> None:
    program = with_events(territory)
    refused = territory.refused(call(territory, program, on=on, hour=hour, hours=hours))
    assert refused.code is why


def test_the_limits_of_month_and_year_are_told_and_a_cancelled_event_does_not_count(territory: Territory) -> None:
    program = with_events(territory)
    first = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    overlap = territory.refused(call(territory, program, on=date(2026, 12, 3), hour=17))
    assert overlap.code is RefusalCode.EVENT_OVERLAPS
    territory.taken(call(territory, program, on=date(2026, 12, 4)))
    over = territory.refused(call(territory, program, on=date(2026, 12, 7)))
    assert over.code is RefusalCode.EVENT_LIMIT and dict(over.parameters) == {"limit": "2", "per": "month"}
    how = {"role": Role.PROGRAM_MANAGER, "now": at(DECEMBER)}
    cancel = (territory.utility, CommandName.CANCEL_EVENT, first.number, CancelEvent(reason="cool_day"))
    assert territory.taken(territory.give(*cancel, **how)).events == ("event_called_off",)
    assert territory.taken(territory.give(*cancel, **how)).events == ()
    again = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    assert again.number == f"{first.number}-2"


def test_a_version_that_a_customer_was_offered_binds_also_when_a_later_one_allows_more(territory: Territory) -> None:
    from evenroll.records.published import publish

    program = with_events(territory)
    enrolled(territory, program, count=1)
    publish(replace(program, version=2, events=replace(TERMS, hours_max=6)))
    refused = territory.refused(call(territory, program, on=date(2026, 12, 3), hour=14, hours=6))
    assert refused.code is RefusalCode.EVENT_LENGTH


def test_operators_at_once_call_no_event_over_the_limit(territory: Territory) -> None:
    program = with_events(territory)

    def one(day: int) -> object:
        from django.db import connections

        try:
            return call(territory, program, on=date(2026, 12, day), by=f"operator-{day}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = list(pool.map(one, (2, 3, 4, 7, 8, 9)))
    taken = [each for each in answers if getattr(each, "events", ())]
    assert len(taken) == 2, answers
    assert {getattr(each, "code", None) for each in answers if each not in taken} == {RefusalCode.EVENT_LIMIT}


def test_an_event_is_settled_by_opt_outs_and_credits_those_who_joined(territory: Territory) -> None:
    program = with_events(territory)
    joins, leaves = enrolled(territory, program, count=2)
    called = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    territory.run(at(DECEMBER))
    use = RecordUse(kind=UseKind.OPT_OUT, on=date(2026, 12, 3), reason="trip")
    how = {"role": Role.CUSTOMER, "now": at(DECEMBER)}
    territory.taken(territory.give(territory.utility, CommandName.RECORD_USE, leaves, use, **how))
    territory.run_through(at(date(2026, 12, 10)), since=at(DECEMBER))
    told = {number: territory.case(territory.utility, number).ledger for number in (joins, leaves)}
    assert told[joins].events[0].result is EventResult.JOINED
    assert told[leaves].events[0].result is EventResult.OPTED_OUT
    assert [(each.code, each.span) for each in told[joins].credits] == [("event_credit", called.number)]
    assert told[leaves].credits == ()


def test_an_opt_out_over_the_limit_is_refused_with_the_day_it_is_free_again(territory: Territory) -> None:
    program = with_events(territory)
    number = enrolled(territory, program, count=1)[0]
    for day in (3, 4):
        territory.taken(call(territory, program, on=date(2026, 12, day)))
    territory.run(at(DECEMBER))
    how = {"role": Role.CUSTOMER, "now": at(DECEMBER)}
    use = RecordUse(kind=UseKind.OPT_OUT, on=date(2026, 12, 3), reason="trip")
    territory.taken(territory.give(territory.utility, CommandName.RECORD_USE, number, use, **how))
    second = replace(use, on=date(2026, 12, 4))
    refused = territory.refused(territory.give(territory.utility, CommandName.RECORD_USE, number, second, **how))
    assert refused.code is RefusalCode.OPT_OUTS_USED
    assert refused.parameters["again_on"] == "2027-12-03"


def test_what_was_measured_is_told_to_the_cases_and_a_cancelled_event_reaches_them(territory: Territory) -> None:
    program = with_events(territory)
    one, other = enrolled(territory, program, count=2)
    first = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    second = territory.taken(call(territory, program, on=date(2026, 12, 4)))
    territory.run(at(DECEMBER))
    how = {"role": Role.PROGRAM_MANAGER, "now": at(date(2026, 12, 2))}
    territory.taken(territory.give(territory.utility, CommandName.CANCEL_EVENT, second.number, CancelEvent(), **how))
    territory.run(at(date(2026, 12, 2)))
    results = SettleEvent(results={one: EventResult.NOT_REACHED})
    early = territory.give(territory.utility, CommandName.SETTLE_EVENT, first.number, results, **how)
    assert territory.refused(early).code is RefusalCode.EVENT_NOT_OVER
    how["now"] = at(date(2026, 12, 5))
    territory.taken(territory.give(territory.utility, CommandName.SETTLE_EVENT, first.number, results, **how))
    stranger = SettleEvent(results={"EV-NOBODY": EventResult.JOINED})
    unknown = territory.give(territory.utility, CommandName.SETTLE_EVENT, first.number, stranger, **how)
    assert territory.refused(unknown).code is RefusalCode.CASE_UNKNOWN
    territory.run_through(at(date(2026, 12, 9)), since=at(date(2026, 12, 5)))
    told = {number: territory.case(territory.utility, number).ledger for number in (one, other)}
    assert [each.result for each in told[one].events] == [EventResult.NOT_REACHED, None]
    assert [each.result for each in told[other].events] == [EventResult.JOINED, None]
    assert [each.is_cancelled for each in told[other].events] == [False, True]
    assert notices(territory, one).count("event_cancelled") == 1
    assert told[one].credits == () and len(told[other].credits) == 1


def test_what_is_told_anew_takes_a_credit_back_and_gives_it_back(territory: Territory) -> None:
    from evenroll.records.models import IncentiveEntry
    from evenroll.records.organizations import open_organization
    from evenroll.records.replay import replay

    program = with_events(territory)
    [number] = enrolled(territory, program, count=1)
    event = territory.taken(call(territory, program, on=date(2026, 12, 3)))
    territory.run_through(at(date(2026, 12, 9)), since=at(DECEMBER))
    for result, state in ((EventResult.NOT_REACHED, "reversed"), (EventResult.JOINED, "earned")):
        how = {"role": Role.PROGRAM_MANAGER, "now": at(date(2026, 12, 10))}
        told = SettleEvent(results={number: result})
        territory.taken(territory.give(territory.utility, CommandName.SETTLE_EVENT, event.number, told, **how))
        territory.run(at(date(2026, 12, 10)))
        with open_organization(territory.utility):
            assert [each.state for each in IncentiveEntry.objects.all()] == [state]
    assert notices(territory, number).count("incentive_restored") == 1
    result = replay(f"replayed_{territory.tag}", organizations=(territory.utility,))
    assert result.equal, result.differences


def test_only_the_provider_calls_events_of_its_own_programs(territory: Territory) -> None:
    program = with_events(territory)
    desk = territory.refused(call(territory, program, on=date(2026, 12, 3), role=Role.ENROLLMENT_DESK))
    assert desk.code is RefusalCode.NOT_ALLOWED
    command = CallEvent(starts_at=local(date(2026, 12, 3), 16), hours=2)
    how = {"role": Role.PROGRAM_MANAGER, "now": at(DECEMBER)}
    foreign = territory.give(territory.esco, CommandName.CALL_EVENT, program.key, command, **how)
    assert territory.refused(foreign).code is RefusalCode.EVENTS_NONE
    none = territory.give(territory.utility, CommandName.CALL_EVENT, territory.night.key, command, **how)
    assert territory.refused(none).code is RefusalCode.EVENTS_NONE


def test_replay_gives_the_same_events_and_credits(territory: Territory) -> None:
    from evenroll.records.replay import replay

    program = with_events(territory)
    enrolled(territory, program, count=1)
    territory.taken(call(territory, program, on=date(2026, 12, 3)))
    territory.run_through(at(date(2026, 12, 10)), since=at(DECEMBER))
    result = replay(f"replayed_{territory.tag}", organizations=(territory.utility,))
    assert result.equal, result.differences


assert NOW < at(DECEMBER) < NOW + days(60)
