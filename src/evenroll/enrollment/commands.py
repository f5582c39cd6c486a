"""The table of commands: for each its row, the record it is given to, and the roles that may give it.

Deny by default: a role that is not named here may not. The matrix test is generated from this table. What nobody did
in time comes to the supervisor, who may therefore give what settles it; where two persons are needed, the supervisor is
one of them and never both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    PROGRAM_EVENT = "program_event"
    PROGRAM_PLACE = "program_place"
    SUPPLY_REQUEST = "supply_request"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandRule:
    """One line of the table. organizations: the kinds of organization in whose books the command exists."""

    row: Row
    record: Record
    roles: frozenset[Role]
    organizations: frozenset[OrganizationKind] = _ANY


def _case(row: Row, *roles: Role) -> CommandRule:
    return CommandRule(row=row, record=Record.CASE, roles=frozenset(roles))


def _places(*roles: Role) -> CommandRule:
    return CommandRule(row=Row.ACTION, record=Record.PROGRAM_PLACE, roles=frozenset(roles))


def _event(*roles: Role) -> CommandRule:
    return CommandRule(row=Row.R10, record=Record.PROGRAM_EVENT, roles=frozenset(roles))


def _request(*roles: Role) -> CommandRule:
    return CommandRule(
        row=Row.ACTION,
        record=Record.SUPPLY_REQUEST,
        roles=frozenset(roles),
        organizations=frozenset({OrganizationKind.CLEARINGHOUSE}),
    )


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
        C.KEY_FORM: _case(Row.R3, _DESK, _SUPERVISOR),
        C.CHECK_FORM: _case(Row.R3, _SYSTEM),
        C.COMPLETE_ANSWERS: _case(Row.R3, _CUSTOMER, _DESK, _SUPERVISOR),
        C.PROVE_IDENTITY: _case(Row.R4A, _SYSTEM),
        C.GIVE_EVIDENCE: _case(Row.R4A, _CUSTOMER, _DESK),
        C.SETTLE_MATCH: _case(Row.R4A, _DESK, _SUPERVISOR),
        C.MEET_CONDITION: _case(Row.R4A, _CUSTOMER, _DESK),
        C.DECIDE: _case(Row.R5, _SYSTEM),
        C.RECORD_REVIEW: _case(Row.R5, _DESK, _SUPERVISOR),
        C.GIVE_CURE: _case(Row.R5, _CUSTOMER, _DESK),
        C.END_RESCISSION: _case(Row.R5, _SYSTEM),
        C.REQUEST_METER: _case(Row.R5A, _SYSTEM, _DESK, _SUPERVISOR),
        C.HEAR_REQUEST_ANSWER: _case(Row.R5A, _PEER),
        C.RECEIVE_REQUEST: _order(Row.R5B, _PEER),
        C.BOOK_VISIT: _order(Row.R5B, _OFFICE, _SUPERVISOR),
        C.REBOOK_VISIT: _order(Row.R5B, _OFFICE, _CUSTOMER, _SUPERVISOR),
        C.HEAR_VISIT: _case(Row.R5B, _PEER),
        C.RECORD_VISIT: _order(Row.R5C, _CREW, _OFFICE, _SUPERVISOR),
        C.RECORD_REMOTE_CHANGE: _order(Row.R5C, _OFFICE, _SUPERVISOR),
        C.SHOW_PERMIT: _order(Row.R5C, _OFFICE, _CUSTOMER, _SUPERVISOR),
        C.COMPLETE_BACK_OFFICE: _order(Row.R5C, _OFFICE, _SUPERVISOR),
        C.HEAR_METER: _case(Row.R5C, _PEER),
        C.QUESTION_READ: _order(Row.R5C, _OFFICE),
        C.CORRECT_READ: _order(Row.R5C, _OFFICE),
        C.DATE_SWITCH: _order(Row.R5D, _SYSTEM, _BILLING, _SUPERVISOR),
        C.SWITCH_SERVICE: _order(Row.R5D, _SYSTEM, _BILLING),
        C.ISSUE_CLOSING_BILL: _order(Row.R5D, _SYSTEM, _BILLING),
        C.ISSUE_FIRST_BILL: _order(Row.R5D, _SYSTEM, _BILLING),
        C.HEAR_SWITCH: _case(Row.R5D, _PEER),
        C.HEAR_BILL: _case(Row.R5D, _PEER),
        C.REVERSE_SWITCH: _order(Row.R5D, _BILLING, _SUPERVISOR),
        C.CORRECT_BILL: _order(Row.R5D, _SYSTEM, _BILLING, _SUPERVISOR),
        C.CHOOSE_EQUIPMENT: _case(Row.R6, _CUSTOMER),
        C.RECORD_PURCHASE: _case(Row.R6, _CUSTOMER, _DESK, _SUPERVISOR),
        C.RECORD_INSTALLATION: _case(Row.R7, _CUSTOMER, _DESK, _SUPERVISOR),
        C.RECORD_INSPECTION: _case(Row.R7, _CUSTOMER, _DESK, _SUPERVISOR),
        C.REGISTER_DEVICE: _case(Row.R8, _CUSTOMER, _DESK, _SUPERVISOR),
        C.RECORD_DEVICE_TEST: _case(Row.R8, _SYSTEM, _DESK, _SUPERVISOR),
        C.SET_PARAMETERS: _case(Row.R9, _CUSTOMER),
        C.CONFIRM_PARAMETERS: _case(Row.R9, _CUSTOMER, _SYSTEM),
        C.RECORD_USE: _case(Row.R10, _CUSTOMER),
        C.ISSUE_STATEMENT: _case(Row.R10, _SYSTEM, _BILLING),
        C.CALL_EVENT: _event(Role.PROGRAM_MANAGER),
        C.CANCEL_EVENT: _event(Role.PROGRAM_MANAGER),
        C.SETTLE_EVENT: _event(Role.PROGRAM_MANAGER),
        C.HEAR_EVENT: _case(Row.R10, _PEER),
        C.EARN: _case(Row.R10, _SYSTEM),
        C.RECORD_CHARGING: _case(Row.R10, _BILLING, Role.PROGRAM_MANAGER),
        C.APPROVE_CREDIT: _case(Row.R10, Role.PROGRAM_MANAGER, _SUPERVISOR),
        C.SEND_CREDIT: _case(Row.R10, _BILLING, _SUPERVISOR),
        C.RECORD_PAYMENT: _case(Row.R10, _BILLING, _SUPERVISOR),
        C.REVERSE_CREDIT: _case(Row.R10, Role.PROGRAM_MANAGER, _SUPERVISOR),
        C.SETTLE_PROTECTION: _case(Row.R10, _SYSTEM, _BILLING),
        C.WITHDRAW: _case(Row.ACTION, _CUSTOMER, _DESK, _SUPERVISOR),
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
        C.UNENROLL: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.STAY_ENROLLED: _case(Row.ACTION, _CUSTOMER, _DESK, _SUPERVISOR),
        C.END_LEAVING: _case(Row.ACTION, _SYSTEM),
        C.CLOSE_PROGRAM: _case(Row.ACTION, _SYSTEM),
        C.SUSPEND: _case(Row.ACTION, _DESK, _SUPERVISOR),
        C.RESUME: _case(Row.ACTION, _DESK, _SUPERVISOR, _SYSTEM),
        C.END_SUSPENSION: _case(Row.ACTION, _SYSTEM),
        C.LOSE_DEVICE: _case(Row.ACTION, _DESK, _SYSTEM),
        C.END_CONSENT: _case(Row.ACTION, _CUSTOMER, _DESK, _SYSTEM),
        C.RENEW_CONSENT: _case(Row.ACTION, _CUSTOMER, _DESK, _SUPERVISOR),
        C.PROPOSE_CORRECTION: _case(Row.ACTION, _DESK),
        C.SETTLE_CORRECTION: _case(Row.ACTION, _DESK, _SUPERVISOR),
        C.ADMIT_NEXT: _places(_SYSTEM),
        C.ACCEPT_PLACE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.LAPSE_PLACE: _case(Row.ACTION, _SYSTEM),
        C.CONFIRM_INTEREST: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.SET_CAP: _places(Role.PROGRAM_MANAGER),
        C.CHANGE_PROGRAM: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.MOVE_OUT: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.COMPLETE_MOVE: _case(Row.ACTION, _SYSTEM),
        C.HEAR_MOVE: replace(_case(Row.ACTION, _PEER), organizations=frozenset(OrganizationKind)),
        C.MOVE_IN: CommandRule(
            row=Row.ACTION, record=Record.USAGE_POINT, roles=frozenset({_DESK}), organizations=_UTILITY
        ),
        C.MOVE_WITH_CAR: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.ADD_VEHICLE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.SWAP_VEHICLE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.REMOVE_VEHICLE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.SETTLE_VEHICLE: _case(Row.ACTION, _DESK, _SUPERVISOR),
        C.ANSWER_VEHICLE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.PROVE_VEHICLE: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.CORRECT_VIN: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.SWAP_EQUIPMENT: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.REMOVE_EQUIPMENT: _case(Row.ACTION, _CUSTOMER, _DESK, _SUPERVISOR),
        C.MERGE_CASE: _case(Row.ACTION, _DESK),
        C.ASK_SUPPLY: _case(Row.ACTION, _SYSTEM, _DESK, _CUSTOMER, _SUPERVISOR),
        C.RECORD_VERIFICATION: _case(Row.ACTION, _DESK, _SUPERVISOR),
        C.HEAR_SUPPLY_ANSWER: _case(Row.ACTION, _PEER),
        C.HEAR_SUPPLY_EFFECTIVE: _case(Row.ACTION, _PEER),
        C.HEAR_SUPPLY_CANCEL: _case(Row.ACTION, _PEER),
        C.HEAR_SUPPLY_NEWS: _case(Row.ACTION, _PEER),
        C.CHANGE_SUPPLIER: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.DISPUTE_SUPPLY: _case(Row.ACTION, _CUSTOMER, _DESK),
        C.RECEIVE_SUPPLY_REQUEST: _request(_PEER),
        C.JUDGE_SUPPLY: _request(_SYSTEM, Role.REGISTRY_OPERATOR),
        C.REJECT_SUPPLY: _request(Role.REGISTRY_OPERATOR),
        C.MAKE_SUPPLY_EFFECTIVE: _request(_SYSTEM),
        C.CANCEL_SUPPLY: _request(_PEER),
        C.REVERSE_SUPPLY: _request(_PEER),
        C.HEAR_PEV: CommandRule(
            row=Row.ACTION, record=Record.USAGE_POINT, roles=frozenset({_PEER}), organizations=_UTILITY
        ),
        C.LOAD_USAGE_POINT: CommandRule(
            row=Row.ACTION, record=Record.USAGE_POINT, roles=frozenset({_SYSTEM}), organizations=_ANY
        ),
    }
)
"""REMIND, ESCALATE and END_CONDITION are given to whichever record, case or service order, has the lapsed track."""


def may(role: Role, *, command: C) -> bool:
    """Whether a role may give a command at all; that the record is its organization's own is the wall's business."""
    return role in COMMANDS[command].roles
