"""The table of commands: for each its row, the record it is given to, and the roles that may give it.

Deny by default: a role that is not named here may not. The matrix test is generated from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.rows import Row

_CUSTOMER, _DESK, _SUPERVISOR = Role.CUSTOMER, Role.ENROLLMENT_DESK, Role.SUPERVISOR
_OFFICE, _CREW, _BILLING = Role.METER_OFFICE, Role.METER_CREW, Role.BILLING
_SYSTEM, _PEER = Role.SYSTEM, Role.PEER

_ANY = frozenset({OrganizationKind.UTILITY, OrganizationKind.SUPPLIER})
_UTILITY = frozenset({OrganizationKind.UTILITY})


class Record(StrEnum):
    """The record that a command is given to."""

    CASE = "case"
    SERVICE_ORDER = "service_order"
    USAGE_POINT = "usage_point"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandRule:
    """One line of the table. organizations: the kinds of organization in whose books the command exists."""

    row: Row
    record: Record
    roles: frozenset[Role]
    organizations: frozenset[OrganizationKind] = _ANY


def _case(row: Row, *roles: Role) -> CommandRule:
    return CommandRule(row=row, record=Record.CASE, roles=frozenset(roles))


def _order(row: Row, *roles: Role) -> CommandRule:
    return CommandRule(row=row, record=Record.SERVICE_ORDER, roles=frozenset(roles), organizations=_UTILITY)


COMMANDS: Mapping[C, CommandRule] = MappingProxyType(
    {
        C.OPEN_CASE: _case(Row.R2, _CUSTOMER, _DESK),
        C.SAVE_ANSWERS: _case(Row.R2, _CUSTOMER, _DESK),
        C.ASK_PROVIDER: _case(Row.R2A, _CUSTOMER, _DESK, _SYSTEM),
        C.FIND_PROVIDER: _case(Row.R2A, _SYSTEM),
        C.CHOOSE_USAGE_POINT: _case(Row.R2A, _CUSTOMER, _DESK),
        C.PRESENT_OFFERS: _case(Row.R2B, _SYSTEM),
        C.CHOOSE_PROGRAM: _case(Row.R2B, _CUSTOMER, _DESK),
        C.AGREE_HAND_OVER: _case(Row.R2B, _CUSTOMER, _DESK),
        C.HAND_OVER: _case(Row.R2B, _SYSTEM),
        C.RECEIVE_CASE: _case(Row.R2B, _PEER),
        C.SUBMIT_FORM: _case(Row.R3, _CUSTOMER, _DESK),
        C.STAMP_MAIL: _case(Row.R3, _DESK),
        C.KEY_FORM: _case(Row.R3, _DESK),
        C.CHECK_FORM: _case(Row.R3, _SYSTEM),
        C.COMPLETE_ANSWERS: _case(Row.R3, _CUSTOMER, _DESK),
        C.PROVE_IDENTITY: _case(Row.R4A, _SYSTEM),
        C.GIVE_EVIDENCE: _case(Row.R4A, _CUSTOMER, _DESK),
        C.SETTLE_MATCH: _case(Row.R4A, _DESK, _SUPERVISOR),
        C.MEET_CONDITION: _case(Row.R4A, _CUSTOMER, _DESK),
        C.DECIDE: _case(Row.R5, _SYSTEM),
        C.RECORD_REVIEW: _case(Row.R5, _DESK, _SUPERVISOR),
        C.GIVE_CURE: _case(Row.R5, _CUSTOMER, _DESK),
        C.END_RESCISSION: _case(Row.R5, _SYSTEM),
        C.REQUEST_METER: _case(Row.R5A, _SYSTEM, _DESK),
        C.HEAR_REQUEST_ANSWER: _case(Row.R5A, _PEER),
        C.RECEIVE_REQUEST: _order(Row.R5B, _PEER),
        C.BOOK_VISIT: _order(Row.R5B, _OFFICE),
        C.REBOOK_VISIT: _order(Row.R5B, _OFFICE, _CUSTOMER),
        C.HEAR_VISIT: _case(Row.R5B, _PEER),
        C.RECORD_VISIT: _order(Row.R5C, _CREW, _OFFICE),
        C.RECORD_REMOTE_CHANGE: _order(Row.R5C, _OFFICE),
        C.SHOW_PERMIT: _order(Row.R5C, _OFFICE, _CUSTOMER),
        C.COMPLETE_BACK_OFFICE: _order(Row.R5C, _OFFICE),
        C.HEAR_METER: _case(Row.R5C, _PEER),
        C.DATE_SWITCH: _order(Row.R5D, _SYSTEM, _BILLING),
        C.SWITCH_SERVICE: _order(Row.R5D, _SYSTEM, _BILLING),
        C.ISSUE_CLOSING_BILL: _order(Row.R5D, _SYSTEM, _BILLING),
        C.ISSUE_FIRST_BILL: _order(Row.R5D, _SYSTEM, _BILLING),
        C.HEAR_SWITCH: _case(Row.R5D, _PEER),
        C.HEAR_BILL: _case(Row.R5D, _PEER),
        C.CHOOSE_EQUIPMENT: _case(Row.R6, _CUSTOMER),
        C.RECORD_PURCHASE: _case(Row.R6, _CUSTOMER, _DESK),
        C.RECORD_INSTALLATION: _case(Row.R7, _CUSTOMER, _DESK),
        C.RECORD_INSPECTION: _case(Row.R7, _CUSTOMER, _DESK),
        C.REGISTER_DEVICE: _case(Row.R8, _CUSTOMER, _DESK),
        C.RECORD_DEVICE_TEST: _case(Row.R8, _SYSTEM, _DESK),
        C.SET_PARAMETERS: _case(Row.R9, _CUSTOMER),
        C.CONFIRM_PARAMETERS: _case(Row.R9, _CUSTOMER, _SYSTEM),
        C.RECORD_USE: _case(Row.R10, _CUSTOMER),
        C.ISSUE_STATEMENT: _case(Row.R10, _SYSTEM, _BILLING),
        C.WITHDRAW: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.HEAR_CANCEL: _case(Row.ACTION, _PEER),
        C.CANCEL_ORDER: _order(Row.ACTION, _PEER),
        C.RESCIND: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.LOSE_SUPPLY: _case(Row.ACTION, _PEER),
        C.OPEN_APPEAL: _case(Row.ACTION, _CUSTOMER),
        C.SETTLE_APPEAL: _case(Row.ACTION, _SUPERVISOR),
        C.CLOSE_REFUSAL: _case(Row.ACTION, _SYSTEM),
        C.EXPIRE: _case(Row.ACTION, _SYSTEM),
        C.REMIND: _case(Row.ACTION, _SYSTEM),
        C.ESCALATE: _case(Row.ACTION, _SYSTEM),
        C.END_CONDITION: _case(Row.ACTION, _SYSTEM),
        C.LOAD_USAGE_POINT: CommandRule(
            row=Row.ACTION, record=Record.USAGE_POINT, roles=frozenset({_SYSTEM}), organizations=_ANY
        ),
    }
)
"""REMIND, ESCALATE and END_CONDITION are given to whichever record, case or service order, has the lapsed track."""


def may(role: Role, *, command: C) -> bool:
    """Whether a role may give a command at all; that the record is its organization's own is the wall's business."""
    return role in COMMANDS[command].roles
