"""The commands of the cast: what each act of the script, or of everybody, says in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import ConfirmParameters, NoPayload, SetParameters, SettleMatch
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import FormField
from evenroll.enrollment.order_commands import (
    BookVisit,
    CompleteBackOffice,
    RecordRemoteChange,
    RecordVisit,
    ShowPermit,
)
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.service_order import BackOfficeItem, ChangeResult, VisitResult
from evenroll.intake.application import Application, Keying
from evenroll.intake.file_rows import RawRow
from evenroll.intake.row_reader import RowRules, read_row
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import AccountId, ActorKey, CaseNumber, OrganizationKey
from evenroll.runtime.cli_payload import asked_with
from evenroll.runtime.demo_applications import application_row, truth
from evenroll.runtime.demo_meters import exchange_at
from evenroll.runtime.demo_script import Act, Scenario, point_of
from evenroll.runtime.demo_state import Wait
from evenroll.runtime.territory_plan import REGISTRY, TERRITORY

if TYPE_CHECKING:
    from evenroll.records.asked import Answer, Asked

TRUTH: Final = "truth"
VISIT_AFTER_DAYS: Final = 3
_PERSONAL: Final = frozenset(each.value for each in FormField)


def asked_of(scenario: Scenario, name: C, *, act: Act, wait: Wait, home: OrganizationKey, now: datetime) -> Asked:
    """The command of an act. wait.number: the record that it is given to; home: in whose books."""
    from evenroll.records.asked import Asked

    today = calendar(TERRITORY).business_date(now)
    if not act.values and name in _OF_THEMSELVES:
        return Asked(number=wait.number, command=_OF_THEMSELVES[name](scenario, today))
    if name is C.SET_PARAMETERS:
        return Asked(number=wait.number, command=_parameters(wait, home))
    if name is C.SETTLE_MATCH:
        return Asked(number=wait.number, command=_settled(scenario, act, home))
    values = _values(scenario, act)
    if name is C.MEET_CONDITION:
        values["rule"] = wait.subject
    case = _case(wait.number, home)
    form = case.form if case else None
    return asked_with(name, number=wait.number, values=values, form=form, now=now, today=today)


def drop_supply_of(scenario: Scenario, *, now: datetime) -> Answer:
    """The registry's operator gives the usage point back to the utility's default service, from today."""
    from evenroll.actions.drop_supply import drop_supply
    from evenroll.records.unit_of_work import unit_of_work

    actor = Actor(key=ActorKey("registry-1"), role=Role.REGISTRY_OPERATOR, organization=REGISTRY)
    with unit_of_work(REGISTRY, actor=actor, now=now) as work:
        return drop_supply(work, pod=point_of(scenario).pod, lost_on=work.business_on)


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
    exchange = exchange_at(point_of(scenario), on=today, from_afar=False)
    return RecordVisit(result=VisitResult.EXCHANGED, visited_on=today, exchange=exchange)


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
    C.CONFIRM_PARAMETERS: lambda _scenario, _today: ConfirmParameters(),
    C.WITHDRAW: lambda _scenario, _today: NoPayload(),
    C.RESCIND: lambda _scenario, _today: NoPayload(),
    C.OPEN_APPEAL: lambda _scenario, _today: NoPayload(),
}
"""What an act says of which the script only says that it is done."""


def _parameters(wait: Wait, home: OrganizationKey) -> SetParameters:
    case = _case(wait.number, home)
    if case is None or case.chosen is None:
        raise LookupError(f"Case {wait.number} has no program to set parameters for.")
    return SetParameters(program=case.chosen.program, parameters={"charge_from": "23:00", "charge_until": "06:00"})


def _settled(scenario: Scenario, act: Act, home: OrganizationKey) -> SettleMatch:
    from evenroll.records.organizations import open_organization
    from evenroll.records.register import ACCOUNT
    from evenroll.records.tokens import TokenKind, find_by_token

    if act.values.get("account") != TRUTH:
        return SettleMatch()
    with open_organization(home):
        found = find_by_token(TokenKind.ACCOUNT_NUMBER, truth(scenario, FormField.ACCOUNT_NUMBER), subject_kind=ACCOUNT)
    return SettleMatch(account=AccountId(found[0]))


def _values(scenario: Scenario, act: Act) -> dict[str, str]:
    return {
        key: truth(scenario, FormField(key)) if value == TRUTH and key in _PERSONAL else value
        for key, value in act.values.items()
    }


def _case(number: str, home: OrganizationKey) -> Case | None:
    from evenroll.records import queries

    try:
        return queries.case(queries.Viewer(organization=home, role=Role.SYSTEM), number=CaseNumber(number))
    except queries.NotForViewer:
        return None
