"""The commands of the cast: what each act of the script, or of everybody, says in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import (
    ChooseEquipment,
    ConfirmParameters,
    NoPayload,
    RecordDeviceTest,
    RecordInspection,
    RecordInstallation,
    RegisterDevice,
    SetParameters,
    SettleMatch,
)
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import FormField
from evenroll.enrollment.ledger_track import awaited_months
from evenroll.enrollment.life_events import EquipmentKind, Installer
from evenroll.enrollment.money_commands import RecordCharging
from evenroll.enrollment.order_commands import (
    BookVisit,
    CompleteBackOffice,
    RecordRemoteChange,
    RecordVisit,
    ShowPermit,
)
from evenroll.enrollment.reversal_commands import CorrectRead
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem, ChangeResult, VisitResult
from evenroll.intake.application import Application, Keying
from evenroll.intake.file_rows import RawRow
from evenroll.intake.row_reader import RowRules, read_row
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import ServiceChange
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import AccountId, CaseNumber, OrderNumber, OrganizationKey, ProgramKey
from evenroll.runtime.cli_payload import asked_with
from evenroll.runtime.demo_applications import application_row, program_of, truth
from evenroll.runtime.demo_meters import exchange_at, first_meter_reads, second_meter_at
from evenroll.runtime.demo_mistakes import MISTAKES
from evenroll.runtime.demo_said import TRUTH, Said
from evenroll.runtime.demo_script import Act, Scenario, point_at, point_of
from evenroll.runtime.demo_state import Wait
from evenroll.runtime.territory_plan import TERRITORY

if TYPE_CHECKING:
    from evenroll.records.asked import Asked

VISIT_AFTER_DAYS: Final = 3
_NEIGHBOR: Final = 300
"""So far away is a usage point of which the script tells nothing, so that its meter hangs where it hung."""


def asked_of(
    scenario: Scenario,
    name: C,
    *,
    act: Act,
    wait: Wait,
    numbers: Mapping[str, CaseNumber],
    now: datetime,
) -> Asked:
    """The command of an act. wait: its number is that of the record that it is given to, its organization the books.

    numbers: of all applications.
    """
    from evenroll.records.asked import Asked

    today = calendar(TERRITORY).business_date(now)
    whole = _of_itself(scenario, name, act=act, wait=wait, today=today)
    if whole is not None:
        return Asked(number=wait.number, command=whole)
    case = _case(wait)
    said = Said(scenario=scenario, numbers=numbers, today=today, vehicles=case.vehicles if case else ())
    values = said.of(act.values)
    if name is C.MEET_CONDITION:
        values["rule"] = wait.subject
    form = case.form if case else None
    return asked_with(name, number=wait.number, values=values, form=form, now=now, today=today)


def _of_itself(scenario: Scenario, name: C, *, act: Act, wait: Wait, today: date) -> object | None:
    """The whole command of an act of which the script only says that it is done; absent where it says the words."""
    if name is C.SETTLE_MATCH:
        return _settled(scenario, act, wait.organization)
    if act.mistake:
        return _mistaken(scenario, act, today)
    if act.values:
        return None
    if name in _OF_RECORD:
        return _OF_RECORD[name](scenario, wait, today)
    return _OF_THEMSELVES[name](scenario, today) if name in _OF_THEMSELVES else None


def _charged(_scenario: Scenario, wait: Wait, today: date) -> RecordCharging:
    """What was measured of the first month that is still open."""
    case = _case(wait)
    if case is None or case.chosen is None:
        raise LookupError("There is no enrollment of which charging could be measured.")
    program = load_catalog().program(case.chosen.program)
    month = awaited_months(case.ledger, program=program, today=today)[0]
    return RecordCharging(month=month, charged_kwh=Decimal(240), window_kwh=Decimal(210), peak_kwh=Decimal(0))


def key_again(scenario: Scenario, number: CaseNumber, act: Act, *, now: datetime) -> object:
    """Another clerk keys the paper as it truly is."""
    from evenroll.intake.taking_in import key_in
    from evenroll.records.organizations import open_organization

    row = {**application_row(scenario), "second_account_number": ""}
    rules = RowRules(
        today=calendar(TERRITORY).business_date(now),
        organizations=frozenset({row["organization"]}),
        programs=frozenset({row["program"]}),
    )
    application = read_row(RawRow(number=1, cells=row), rules=rules)
    if not isinstance(application, Application):
        raise LookupError(f"The mailed form of {scenario.key} cannot be read; correct the script.")
    with open_organization(application.organization):
        keying = Keying(by=act.actor, answers=application.answers)
        return key_in(application, number, keying=keying, now=now)


def _book(_scenario: Scenario, today: date) -> BookVisit:
    return BookVisit(visit_on=calendar(TERRITORY).next_business_day(today + timedelta(days=VISIT_AFTER_DAYS)))


def _exchange(scenario: Scenario, today: date) -> RecordVisit:
    program, point = load_catalog().program(ProgramKey(program_of(scenario))), point_of(scenario)
    if program.service_change is ServiceChange.NEW_SEPARATE_SERVICE:
        exchange = second_meter_at(point)
    else:
        exchange = exchange_at(point, on=today, from_afar=False)
    return RecordVisit(result=VisitResult.EXCHANGED, visited_on=today, exchange=exchange)


def _mistaken(scenario: Scenario, act: Act, today: date) -> RecordVisit:
    right = _exchange(scenario, today)
    if right.exchange is None:
        raise LookupError(f"The crew of {scenario.key} hangs no meter, so nothing can be mistaken about one.")
    neighbor = point_at(scenario, scenario.number + _NEIGHBOR)
    return replace(right, exchange=MISTAKES[act.mistake](right.exchange, neighbor))


def _corrected(scenario: Scenario, wait: Wait, _today: date) -> CorrectRead:
    """The reads as they truly were on the day of the work."""
    from evenroll.records import queries

    viewer = queries.Viewer(organization=scenario.territory.utility, role=Role.SYSTEM)
    work = queries.order(viewer, number=OrderNumber(wait.number)).work
    if work is None:
        raise LookupError(f"No work was done at the meter of {scenario.key}, so no read of it can be corrected.")
    closing = first_meter_reads(point_of(scenario), on=work.done_on)
    return CorrectRead(closing_wh=closing, opening_wh=work.exchange.opening_wh)


def _change_from_afar(scenario: Scenario, today: date) -> RecordRemoteChange:
    exchange = exchange_at(point_of(scenario), on=today, from_afar=True)
    return RecordRemoteChange(result=ChangeResult.DONE, changed_on=today, exchange=exchange)


_OF_THEMSELVES: Final[Mapping[C, Callable[[Scenario, date], object]]] = {
    C.BOOK_VISIT: _book,
    C.REBOOK_VISIT: _book,
    C.RECORD_VISIT: _exchange,
    C.RECORD_REMOTE_CHANGE: _change_from_afar,
    C.SHOW_PERMIT: lambda _scenario, today: ShowPermit(seen_on=today),
    C.COMPLETE_BACK_OFFICE: lambda _scenario, _today: CompleteBackOffice(done=frozenset(BackOfficeItem)),
    C.CHOOSE_EQUIPMENT: lambda _scenario, _today: ChooseEquipment(
        kind=EquipmentKind.EVSE, outlet="Lakeland Hardware", model="EV-32"
    ),
    C.RECORD_INSTALLATION: lambda scenario, today: RecordInstallation(
        installer=Installer.CONTRACTOR,
        installed_on=today,
        serial=f"EV32-{scenario.key}",
        permit=f"P-{scenario.key}",
        hard_wired=True,
    ),
    C.RECORD_INSPECTION: lambda _scenario, today: RecordInspection(passed=True, inspected_on=today),
    C.REGISTER_DEVICE: lambda scenario, _today: RegisterDevice(device=f"CD-{scenario.key}", kind="charge_controller"),
    C.RECORD_DEVICE_TEST: lambda scenario, _today: RecordDeviceTest(device=f"CD-{scenario.key}"),
    C.CONFIRM_PARAMETERS: lambda _scenario, _today: ConfirmParameters(),
    C.WITHDRAW: lambda _scenario, _today: NoPayload(),
    C.RESCIND: lambda _scenario, _today: NoPayload(),
    C.OPEN_APPEAL: lambda _scenario, _today: NoPayload(),
}
"""What an act says of which the script only says that it is done."""


def _parameters(_scenario: Scenario, wait: Wait, _today: date) -> SetParameters:
    case = _case(wait)
    if case is None or case.chosen is None:
        raise LookupError(f"Case {wait.number} has no program to set parameters for.")
    return SetParameters(program=case.chosen.program, parameters={"charge_from": "23:00", "charge_until": "06:00"})


_OF_RECORD: Final[Mapping[C, Callable[[Scenario, Wait, date], object]]] = {
    C.SET_PARAMETERS: _parameters,
    C.CORRECT_READ: _corrected,
    C.RECORD_CHARGING: _charged,
}
"""The same of acts whose words depend on the record that they are given to."""


def _settled(scenario: Scenario, act: Act, home: OrganizationKey) -> SettleMatch:
    from evenroll.records.organizations import open_organization
    from evenroll.records.register import ACCOUNT
    from evenroll.records.tokens import TokenKind, find_by_token

    if act.values.get("account") != TRUTH:
        return SettleMatch()
    with open_organization(home):
        found = find_by_token(TokenKind.ACCOUNT_NUMBER, truth(scenario, FormField.ACCOUNT_NUMBER), subject_kind=ACCOUNT)
    return SettleMatch(account=AccountId(found[0]))


def _case(wait: Wait) -> Case | None:
    from evenroll.records import queries

    try:
        return queries.case(
            queries.Viewer(organization=wait.organization, role=Role.SYSTEM), number=CaseNumber(wait.number)
        )
    except queries.NotForViewer:
        return None
