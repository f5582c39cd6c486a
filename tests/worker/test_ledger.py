"""Row 10's money on the real database: earned by the clock, once per device, on its way to the bill, and protected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError

from evenroll.enrollment.case_commands import RecordDeviceTest, RegisterDevice
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.leaving_commands import Unenroll
from evenroll.enrollment.ledger import CreditState, MissReason, ReverseReason, counted_usd
from evenroll.enrollment.money_commands import (
    NameCredit,
    RecordCharging,
    RecordPayment,
    ReverseCredit,
    SettleProtection,
    UsageGiven,
)
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.programs.program_terms import Incentive, IncentiveIf, IncentivePer, Protection, ProtectionKind
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.meter_work import at
from tests.territory import NIGHT_RATE, Territory

DECEMBER = date(2026, 12, 1)
BONUS = Incentive(code="bonus", usd=Decimal("100"), per=IncentivePer.ENROLLMENT, after_days=30, once_per_device=True)


def with_terms(territory: Territory, **terms: Any) -> ProgramVersion:
    from evenroll.records.published import publish

    program = replace(territory.night, key=ProgramKey(f"MONEY-{territory.tag}"), events=None, **terms)
    publish(program)
    return program


def enrolled(territory: Territory, program: ProgramVersion, *, until: date = DECEMBER) -> CaseNumber:
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=program)
    territory.run_through(at(until))
    case = territory.case(territory.utility, number)
    assert case.status is State.ACTIVE and case.price_since == date(2026, 11, 12)
    return number


def entries(territory: Territory) -> list[tuple[str, str, Decimal, str]]:
    from evenroll.records.models import IncentiveEntry
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        rows = IncentiveEntry.objects.order_by("case_number", "code", "span")
        return [(each.code, each.span, each.amount_usd, each.state) for each in rows]


def say(territory: Territory, name: CommandName, number: str, command: object, **how: Any):
    return territory.give(territory.utility, name, number, command, **how)


def test_the_clock_earns_each_whole_month_once_and_the_table_shows_it(territory: Territory) -> None:
    monthly = Incentive(code="monthly", usd=Decimal("8.50"), per=IncentivePer.MONTH)
    number = enrolled(territory, with_terms(territory, incentives=(monthly,)))
    territory.run_through(at(date(2027, 3, 2)), since=at(DECEMBER))
    territory.run(at(date(2027, 3, 2)))
    spans = ["2026-12", "2027-01", "2027-02"]
    assert entries(territory) == [("monthly", span, Decimal("8.50"), "earned") for span in spans]
    assert queued(territory) == [(number, "to_approve", 3, Decimal("25.50"))]
    how = {"now": at(date(2027, 3, 2))}
    approve = NameCredit(code="monthly", span="2026-12")
    territory.taken(say(territory, CommandName.APPROVE_CREDIT, number, approve, role=Role.PROGRAM_MANAGER, **how))
    territory.taken(say(territory, CommandName.SEND_CREDIT, number, approve, role=Role.BILLING, **how))
    paid = RecordPayment(code="monthly", span="2026-12", paid_on=date(2027, 3, 1), reference="B-77")
    territory.taken(say(territory, CommandName.RECORD_PAYMENT, number, paid, role=Role.BILLING, **how))
    back = ReverseCredit(code="monthly", span="2027-01", reason=ReverseReason.ERROR)
    territory.taken(say(territory, CommandName.REVERSE_CREDIT, number, back, role=Role.SUPERVISOR, **how))
    assert [each[3] for each in entries(territory)] == ["paid", "reversed", "earned"]
    assert counted_usd(territory.case(territory.utility, number).ledger) == Decimal("17.00")
    claw = ReverseCredit(code="monthly", span="2026-12", reason=ReverseReason.CLAWBACK)
    territory.taken(say(territory, CommandName.REVERSE_CREDIT, number, claw, role=Role.SUPERVISOR, **how))
    owed, left = (number, "owed_back", 1, Decimal("8.50")), (number, "to_approve", 1, Decimal("8.50"))
    assert queued(territory) == [left, owed]
    territory.taken(say(territory, CommandName.RECORD_PAYMENT, number, paid, role=Role.BILLING, **how))
    assert queued(territory) == [left]


def queued(territory: Territory) -> list[tuple[str, str, int, Decimal]]:
    from evenroll.records.credit_queue import waiting_credits
    from evenroll.records.organizations import open_organization

    with open_organization(territory.utility):
        return [(case, each.duty.value, each.count, each.usd) for case, each in waiting_credits()]


def test_rule_18_a_device_earns_once_for_life_also_under_another_program_of_the_family(territory: Territory) -> None:
    from evenroll.records.published import publish

    first = with_terms(territory, incentives=(BONUS,))
    second = replace(first, key=ProgramKey(f"MONEY-2-{territory.tag}"))
    publish(second)
    numbers = [enrolled(territory, program) for program in (first, second)]
    for number, name in zip(numbers, ("W-77231", "w 77231"), strict=True):
        device = RegisterDevice(device=name.replace(" ", ""), kind="evse")
        how = {"role": Role.CUSTOMER, "now": at(DECEMBER)}
        territory.taken(say(territory, CommandName.REGISTER_DEVICE, number, device, **how))
    territory.run_through(at(date(2026, 12, 20)), since=at(DECEMBER))
    ledgers = [territory.case(territory.utility, number).ledger for number in numbers]
    assert sorted(len(each.credits) for each in ledgers) == [0, 1]
    missed = next(each for each in ledgers if not each.credits).missed
    assert [each.why for each in missed] == [MissReason.DEVICE_EARNED_BEFORE]


def test_rule_18_each_of_several_devices_earns_once_and_never_again_in_another_case(territory: Territory) -> None:
    program = with_terms(territory, incentives=(BONUS,))
    number = enrolled(territory, program)

    def live(case: CaseNumber, device: str, on: date) -> None:
        how = {"role": Role.CUSTOMER, "now": at(on)}
        named = RegisterDevice(device=device, kind="evse")
        territory.taken(say(territory, CommandName.REGISTER_DEVICE, case, named, **how))
        how["role"] = Role.SYSTEM
        territory.taken(say(territory, CommandName.RECORD_DEVICE_TEST, case, RecordDeviceTest(device=device), **how))
        territory.run(at(on))

    live(number, "W-1", DECEMBER)
    territory.run_through(at(date(2026, 12, 20)), since=at(DECEMBER))
    assert earned_devices(territory, number) == {"enrollment": "w1"}
    assert territory.case(territory.utility, number).tracks["ledger"].state is State.QUIET
    live(number, "W-2", date(2026, 12, 21))
    assert earned_devices(territory, number) == {"enrollment": "w1", "enrollment/w2": "w2"}
    # Another customer with the second device, and one of its own.
    other = enrolled(territory, program)
    live(other, "w 2".replace(" ", ""), date(2026, 12, 21))
    live(other, "W-3", date(2026, 12, 21))
    territory.run_through(at(date(2027, 2, 1)), since=at(date(2026, 12, 21)))
    assert earned_devices(territory, other) == {"enrollment/w3": "w3"}
    missed = territory.case(territory.utility, other).ledger.missed
    assert [(each.device, each.why) for each in missed] == [("w2", MissReason.DEVICE_EARNED_BEFORE)]


def earned_devices(territory: Territory, number: CaseNumber) -> dict[str, str]:
    return {each.span: each.device for each in territory.case(territory.utility, number).ledger.credits}


def test_two_workers_at_once_earn_a_device_s_bonus_once(territory: Territory) -> None:
    program = with_terms(territory, incentives=(BONUS,))
    numbers = [enrolled(territory, program) for _ in range(4)]
    how = {"role": Role.CUSTOMER, "now": at(DECEMBER)}
    for number in numbers:
        device = RegisterDevice(device="W-9", kind="evse")
        territory.taken(say(territory, CommandName.REGISTER_DEVICE, number, device, **how))

    def work(_: int) -> None:
        from django.db import connections

        try:
            territory.run(at(date(2026, 12, 13)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(work, range(3)))
    territory.run(at(date(2026, 12, 13)))
    assert [each[3] for each in entries(territory)] == ["earned"]


def test_the_database_itself_refuses_a_second_credit_for_a_device(territory: Territory) -> None:
    from evenroll.records.models import IncentiveEntry
    from evenroll.records.organizations import open_organization

    same = {"family": "energy_price", "device": "w9", "code": "bonus", "span": "enrollment", "at": at(DECEMBER)}
    with pytest.raises(IntegrityError, match="incentive_once_per_device"), open_organization(territory.utility) as org:
        for case in ("EV-1", "EV-2"):
            values = {**same, "organization_id": org.id, "case_number": case, "amount_usd": 1, "state": "earned"}
            IncentiveEntry.objects.create(**values)


def test_measured_charging_waits_on_billing_and_is_paid_by_the_kwh(territory: Territory) -> None:
    window = Incentive(code="night", usd=Decimal("0.10"), per=IncentivePer.KWH, condition=IncentiveIf.CHARGED_IN_WINDOW)
    number = enrolled(territory, with_terms(territory, incentives=(window,), minimum_stay_days=0))
    territory.run_through(at(date(2027, 1, 4)), since=at(DECEMBER))
    track = territory.case(territory.utility, number).tracks["ledger"]
    assert (track.state, track.owner) == (State.COUNTING, Role.BILLING)
    said = RecordCharging(month="2026-12", charged_kwh=Decimal("200"), window_kwh=Decimal("181.5"))
    how = {"role": Role.BILLING, "now": at(date(2027, 1, 4))}
    territory.taken(say(territory, CommandName.RECORD_CHARGING, number, said, **how))
    assert entries(territory) == [("night", "2026-12", Decimal("18.15"), "earned")]
    # Who leaves before January is measured does not lose it, and the days after the last whole month count for nothing.
    territory.run_through(at(date(2027, 2, 9)), since=at(date(2027, 1, 4)))
    leave = {"role": Role.CUSTOMER, "now": at(date(2027, 2, 9))}
    territory.taken(say(territory, CommandName.UNENROLL, number, Unenroll(reason=LeaveReason.OTHER), **leave))
    territory.run_through(at(date(2027, 4, 20)), since=at(date(2027, 2, 9)))
    case = territory.case(territory.utility, number)
    track = case.tracks["ledger"]
    assert case.status is State.ENDED and case.ended_on == date(2027, 2, 12)
    assert (track.state, track.owner) == (State.COUNTING, Role.BILLING)
    how = {"role": Role.BILLING, "now": at(date(2027, 4, 20))}
    cut = replace(said, month="2027-02")
    answer = say(territory, CommandName.RECORD_CHARGING, number, cut, **how)
    assert territory.refused(answer).code is RefusalCode.MEASURE_WRONG
    late = replace(said, month="2027-01")
    territory.taken(say(territory, CommandName.RECORD_CHARGING, number, late, **how))
    assert [each[1] for each in entries(territory)] == ["2026-12", "2027-01"]
    assert territory.case(territory.utility, number).tracks["ledger"].state is State.QUIET


GUARANTEE = Protection(kind=ProtectionKind.PRICE_GUARANTEE, months=12)


def settled(territory: Territory, number: CaseNumber) -> Any:
    from evenroll.enrollment.money_events import ProtectionSettled
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(territory.utility):
        entry = next(each for each in read_stream(case_stream(number)) if each.event == "protection_settled")
    event = read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)
    assert isinstance(event, ProtectionSettled)
    return event


def test_a_price_guarantee_compares_the_year_on_both_rates_from_the_meter_s_reads(territory: Territory) -> None:
    number = enrolled(territory, with_terms(territory, protection=GUARANTEE))
    until = territory.case(territory.utility, number).tracks["ledger/protection"].due_at
    assert until is not None and until.date() == date(2027, 11, 12)
    territory.run_through(at(date(2027, 12, 20)), since=at(DECEMBER))
    told = settled(territory, number)
    spans = told.spans
    assert spans[0].start_on == date(2026, 11, 12) and spans[-1].end_on >= date(2027, 11, 12)
    assert all(one.end_on == then.start_on for one, then in pairwise(spans))
    # The first bill is taken as it was issued, the others are computed from the reads.
    assert [each.source.value for each in spans] == ["bill", *["reads"] * (len(spans) - 1)]
    assert told.paid == sum(each.paid for each in spans) and told.shadow == sum(each.shadow for each in spans)
    assert told.credit == told.paid - told.shadow > 0
    credit = territory.case(territory.utility, number).ledger.credits[0]
    assert (credit.code, credit.usd, credit.state) == ("price_guarantee", told.credit, CreditState.EARNED)
    june = next(each for each in spans if each.start_on.month == 6)
    assert june.paid > june.shadow


def test_season_months_alone_are_protected_where_the_program_says_so(territory: Territory) -> None:
    summer = Protection(kind=ProtectionKind.BILL_PROTECTION, months=12, season_months=(6, 7, 8, 9))
    number = enrolled(territory, with_terms(territory, protection=summer))
    territory.run_through(at(date(2027, 12, 20)), since=at(DECEMBER))
    assert {each.start_on.month for each in settled(territory, number).spans} == {6, 7, 8, 9}


def test_reads_that_cannot_be_had_make_it_billing_s_and_billing_gives_the_usage(territory: Territory) -> None:
    number = enrolled(territory, with_terms(territory, protection=GUARANTEE))
    territory.run_through(at(date(2027, 11, 1)), since=at(DECEMBER))
    serial = next(iter(territory.reads.meters))
    known = territory.reads.meters.pop(serial)
    territory.run_through(at(date(2027, 12, 16)), since=at(date(2027, 11, 1)))
    track = territory.case(territory.utility, number).tracks["ledger/protection"]
    assert (track.state, track.owner) == (State.USAGE_MISSING, Role.BILLING)
    assert entries(territory) == []
    half = date(2027, 5, 12)
    registers: dict[str, int] = dict.fromkeys(NIGHT_RATE, 3_000_000)
    first = UsageGiven(start_on=date(2026, 11, 12), end_on=half, wh=registers, paid=Decimal("900.00"))
    second = UsageGiven(start_on=half, end_on=date(2027, 11, 12), wh=registers, is_estimated=True)
    how = {"role": Role.BILLING, "now": at(date(2027, 12, 16))}
    gap = SettleProtection(usage=(first, replace(second, start_on=date(2027, 5, 13))))
    wrong = territory.refused(say(territory, CommandName.SETTLE_PROTECTION, number, gap, **how))
    assert wrong.code is RefusalCode.USAGE_WRONG
    whole = SettleProtection(usage=(second, first))
    territory.taken(say(territory, CommandName.SETTLE_PROTECTION, number, whole, **how))
    told = settled(territory, number)
    assert [each.source.value for each in told.spans] == ["given", "reads"] and told.is_estimated
    territory.reads.meters[serial] = known


def test_a_rate_without_a_price_is_billing_s_to_settle_and_nothing_is_invented(territory: Territory) -> None:
    program = with_terms(territory, protection=GUARANTEE)
    number = enrolled(territory, program)
    how = {"role": Role.BILLING, "now": at(date(2027, 12, 16))}
    # What the meter calls its registers the rate does not know.
    strange = UsageGiven(start_on=date(2026, 11, 12), end_on=date(2027, 11, 12), wh={"total": 9_000_000})
    territory.taken(say(territory, CommandName.SETTLE_PROTECTION, number, SettleProtection(usage=(strange,)), **how))
    case = territory.case(territory.utility, number)
    assert case.tracks["ledger/protection"].state is State.USAGE_MISSING and case.ledger.credits == ()


def test_replay_gives_the_same_credits(territory: Territory) -> None:
    from evenroll.records.replay import replay

    monthly = Incentive(code="monthly", usd=Decimal("8.50"), per=IncentivePer.MONTH)
    number = enrolled(territory, with_terms(territory, incentives=(monthly, BONUS), protection=GUARANTEE))
    territory.run_through(at(date(2027, 12, 20)), since=at(DECEMBER))
    how = {"role": Role.PROGRAM_MANAGER, "now": at(date(2027, 12, 20))}
    waiting = sum((each.usd for each in territory.case(territory.utility, number).ledger.credits), Decimal(0))
    territory.taken(say(territory, CommandName.APPROVE_CREDIT, number, NameCredit(all_usd=waiting), **how))
    result = replay(f"replayed_{territory.tag}", organizations=(territory.utility,))
    assert result.equal, result.differences
