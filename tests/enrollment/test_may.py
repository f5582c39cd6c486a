"""Who may: role by command by kind of organization, generated from the table; what is not said is denied."""

from __future__ import annotations

import pytest

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decide import CASE_DECIDERS
from evenroll.enrollment.messages import HEARD_BY
from evenroll.enrollment.order_decide import ORDER_DECIDERS
from evenroll.enrollment.roles import METER_STAFF, ROLES_OF, OrganizationKind, Role
from evenroll.enrollment.rows import Row

ON_TRACK = {C.REMIND, C.ESCALATE, C.END_CONDITION}


def test_every_command_stands_in_the_table_and_no_other() -> None:
    assert set(COMMANDS) == set(C)


def test_every_command_has_the_one_decider_of_its_record() -> None:
    cases = {name for name, rule in COMMANDS.items() if rule.record is Record.CASE}
    orders = {name for name, rule in COMMANDS.items() if rule.record is Record.SERVICE_ORDER}
    # A place of a program is offered to a case, and that is what is decided.
    assert set(CASE_DECIDERS) == cases | {C.ADMIT_NEXT}
    assert set(ORDER_DECIDERS) | {C.RECEIVE_REQUEST} == orders | ON_TRACK


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("command", list(C))
def test_what_the_table_does_not_say_is_denied(role: Role, command: C) -> None:
    assert may(role, command=command) == (role in COMMANDS[command].roles)


@pytest.mark.parametrize("command", list(C))
def test_the_auditor_changes_nothing(command: C) -> None:
    assert not may(Role.AUDITOR, command=command)


def test_what_a_peer_says_is_taken_from_a_message_and_from_nobody_else() -> None:
    heard = {name for name, rule in COMMANDS.items() if Role.PEER in rule.roles}
    assert heard == set(HEARD_BY.values())
    assert all(COMMANDS[name].roles == {Role.PEER} for name in heard)


def test_the_driver_alone_does_what_no_person_may() -> None:
    """Nobody proves, decides or ends a window by hand: those rest on facts that the step looks up."""
    alone = {C.FIND_PROVIDER, C.CHECK_FORM, C.PROVE_IDENTITY, C.DECIDE, C.END_RESCISSION, C.EXPIRE, C.CLOSE_REFUSAL}
    assert all(COMMANDS[name].roles == {Role.SYSTEM} for name in alone | ON_TRACK)


@pytest.mark.parametrize("kind", list(OrganizationKind))
def test_staff_has_only_what_exists_in_its_organization(kind: OrganizationKind) -> None:
    """The matrix: a role of an organization reaches no command that its organization's books do not have."""
    for command, rule in COMMANDS.items():
        reach = {role for role in ROLES_OF[kind] if may(role, command=command) and kind in rule.organizations}
        if rule.record is Record.SERVICE_ORDER and kind is not OrganizationKind.UTILITY:
            assert reach == set(), command
        if kind is OrganizationKind.CLEARINGHOUSE:
            assert not reach or rule.record is Record.SUPPLY_REQUEST, command
        if reach & METER_STAFF:
            assert rule.row in {Row.R5B, Row.R5C}, command


def test_a_customer_reaches_no_back_office() -> None:
    mine = {name for name, rule in COMMANDS.items() if Role.CUSTOMER in rule.roles}
    orders = {name for name in mine if COMMANDS[name].record is not Record.CASE}
    assert orders == {C.REBOOK_VISIT, C.SHOW_PERMIT}
    assert mine.isdisjoint({C.SETTLE_MATCH, C.SETTLE_APPEAL, C.STAMP_MAIL, C.KEY_FORM, C.RECORD_DEVICE_TEST})
