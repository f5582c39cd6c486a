"""An enrollment that rests, on the real database: suspended with a day, resumed in the same case, else ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.case_commands import RecordDeviceTest, RegisterDevice
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.leaving_codes import SuspensionCause
from evenroll.enrollment.leaving_commands import LoseDevice, Resume, Suspend
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Activation, Coverage, ProgramVersion, ServiceChange, Track
from evenroll.programs.rules import RuleKind
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.territory import NOW, Territory, days

LOST = LoseDevice(cause="silent")
_METERED = frozenset({RuleKind.METER_REACHABLE, RuleKind.CURRENT_RATE_IN})


def credit(territory: Territory) -> ProgramVersion:
    """A program that pays for control: no meter, no rate; it rests when the device does."""
    from evenroll.records.published import publish

    night = territory.night
    program = replace(
        night,
        key=ProgramKey(f"CREDIT-{territory.tag}"),
        family="credit",
        excluded_families=(),
        rules=tuple(rule for rule in night.rules if rule.kind not in _METERED),
        service_change=ServiceChange.CREDIT_ONLY,
        coverage=Coverage.NONE,
        activation=Activation.CONTROL,
        meter_capability=None,
        rate=None,
        replaces_rates=(),
        device_needed=True,
        prerequisites=(),
        suspension_days=20,
    )
    publish(program)
    return program


def active(territory: Territory) -> CaseNumber:
    number = territory.apply(territory.premise(), program=credit(territory))
    territory.run()
    tell(territory, number, CommandName.REGISTER_DEVICE, RegisterDevice(device="D-1", kind="evse"))
    tell(territory, number, CommandName.RECORD_DEVICE_TEST, RecordDeviceTest(device="D-1"))
    assert territory.case(territory.utility, number).status is State.ACTIVE
    return number


def tell(territory: Territory, number: str, name: CommandName, command: object = None, **how: object) -> None:
    territory.taken(territory.give(territory.utility, name, number, command, **how))


def test_a_silent_device_suspends_and_is_resumed_without_a_new_case(territory: Territory) -> None:
    """Rule 13: reason and cure time are told, and the same case goes on."""
    number = active(territory)
    tell(territory, number, CommandName.LOSE_DEVICE, LOST, role=Role.SYSTEM)
    case = territory.case(territory.utility, number)
    assert case.status is State.SUSPENDED and case.suspension is not None
    assert case.suspension.ends_on == NOW.date() + timedelta(days=20)
    assert case.state_of(Track.DEVICE) is State.OFFLINE
    tell(territory, number, CommandName.RESUME, Resume(), now=NOW + days(3))
    case = territory.case(territory.utility, number)
    assert case.status is State.ACTIVE and case.suspension is None and case.live_places
    assert territory.events(territory.utility, number).count("resumed") == 1


def test_what_is_not_cured_in_time_ends_and_frees_the_place(territory: Territory) -> None:
    """Rule 13: else ended, with the reason, and the lock-out that follows from it."""
    number = active(territory)
    tell(territory, number, CommandName.END_CONSENT, role=Role.CUSTOMER)
    territory.run_through(NOW + days(30))
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and case.ended_because is EndReason.CONSENT_ENDED
    assert not case.live_places and case.lockout_ends_on is not None


def test_a_price_goes_on_without_its_device(territory: Territory) -> None:
    """Rule 1: where only a price is at stake a lost device is a matter of set-up."""
    number = territory.apply(territory.premise())
    territory.run()
    tell(territory, number, CommandName.REGISTER_DEVICE, RegisterDevice(device="D-1", kind="evse"))
    tell(territory, number, CommandName.RECORD_DEVICE_TEST, RecordDeviceTest(device="D-1"))
    before = territory.case(territory.utility, number).status
    tell(territory, number, CommandName.LOSE_DEVICE, LOST)
    case = territory.case(territory.utility, number)
    assert case.status is before and case.state_of(Track.DEVICE) is State.OFFLINE and case.suspension is None


def test_the_second_breach_ends_it_and_a_doubled_command_is_none(territory: Territory) -> None:
    """Two strikes; a command that is given twice is one."""
    number = active(territory)
    strike = Suspend(cause=SuspensionCause.COMPLIANCE)
    for _ in range(2):
        tell(territory, number, CommandName.SUSPEND, strike)
    assert territory.case(territory.utility, number).strikes == 1
    by_clock = territory.give(territory.utility, CommandName.RESUME, number, Resume(), role=Role.SYSTEM)
    assert territory.refused(by_clock).code is RefusalCode.NOT_IN_STATE
    tell(territory, number, CommandName.RESUME, Resume())
    tell(territory, number, CommandName.SUSPEND, strike, role=Role.SUPERVISOR)
    case = territory.case(territory.utility, number)
    assert case.status is State.ENDED and case.ended_because is EndReason.COMPLIANCE


def test_the_desk_suspends_for_what_a_person_finds_and_nothing_else(territory: Territory) -> None:
    number = active(territory)
    wrong = territory.give(territory.utility, CommandName.SUSPEND, number, Suspend(cause=SuspensionCause.OFFLINE))
    assert territory.refused(wrong).code is RefusalCode.SELECTION_WRONG
