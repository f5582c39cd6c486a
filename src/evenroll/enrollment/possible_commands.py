"""Which commands of persons help in which state: a hint for people, never the rule, which is the core's alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decide_supplier import may_change_supplier, may_dispute_supply
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State as S
from evenroll.programs.program import Track as T

_GIVEN_TO_A_CASE: Final = frozenset({Record.CASE, Record.SERVICE_ORDER})
_EQUIPMENT = (C.CHOOSE_EQUIPMENT, C.RECORD_PURCHASE, C.RECORD_INSTALLATION, C.RECORD_INSPECTION)
_SETUP = (C.SET_PARAMETERS, C.CONFIRM_PARAMETERS)
_AFTER = (C.UNENROLL, C.SUSPEND, C.LOSE_DEVICE, C.END_CONSENT, C.PROPOSE_CORRECTION)
_VISIT = (C.BOOK_VISIT, C.REBOOK_VISIT)
_VEHICLE = (C.ANSWER_VEHICLE, C.PROVE_VEHICLE, C.SETTLE_VEHICLE)
_CREDITS = (C.APPROVE_CREDIT, C.SEND_CREDIT, C.RECORD_PAYMENT, C.REVERSE_CREDIT)

_CHANGES = (
    *(C.CHANGE_PROGRAM, C.CHANGE_SUPPLIER, C.DISPUTE_SUPPLY, C.MOVE_OUT, C.MOVE_WITH_CAR),
    *(C.ADD_VEHICLE, C.SWAP_VEHICLE, C.REMOVE_VEHICLE, C.SETTLE_VEHICLE, C.SWAP_EQUIPMENT, C.REMOVE_EQUIPMENT),
)
HELPS: Final[Mapping[tuple[T, S], tuple[C, ...]]] = MappingProxyType(
    {
        (T.CASE, S.DRAFT): (C.SAVE_ANSWERS, C.SUBMIT_FORM, C.STAMP_MAIL, C.KEY_FORM, C.ASK_PROVIDER, C.WITHDRAW),
        (T.CASE, S.FINDING_PROVIDER): (C.SUBMIT_FORM, C.WITHDRAW),
        (T.CASE, S.CHOOSING): (C.CHOOSE_PROGRAM, C.AGREE_HAND_OVER, C.SUBMIT_FORM, C.WITHDRAW),
        (T.CASE, S.COMPLETING): (C.COMPLETE_ANSWERS, C.KEY_FORM, C.WITHDRAW),
        (T.CASE, S.PROVING): (C.GIVE_EVIDENCE, C.SETTLE_MATCH, C.WITHDRAW),
        (T.CASE, S.VEHICLE_DISPUTED): (C.PROVE_VEHICLE, C.CORRECT_VIN, C.SETTLE_VEHICLE, C.WITHDRAW),
        (T.CASE, S.DECIDING): (C.RECORD_REVIEW, C.MERGE_CASE, C.WITHDRAW),
        (T.CASE, S.NEEDS_ANSWER): (C.CHOOSE_USAGE_POINT, C.GIVE_CURE, C.WITHDRAW),
        (T.CASE, S.IN_RESCISSION): (C.RESCIND,),
        (T.CASE, S.ENROLLED): (*_EQUIPMENT, *_SETUP, C.REGISTER_DEVICE, C.RECORD_DEVICE_TEST, C.WITHDRAW),
        (T.CASE, S.ACTIVE): (C.RECORD_USE, *_EQUIPMENT, *_SETUP, C.ISSUE_STATEMENT, *_AFTER, *_CHANGES),
        (T.CASE, S.SUSPENDED): (C.RESUME, C.RENEW_CONSENT, C.UNENROLL),
        (T.CASE, S.LEAVING): (C.STAY_ENROLLED, C.REQUEST_METER),
        (T.CASE, S.REFUSED): (C.OPEN_APPEAL, C.SETTLE_APPEAL),
        (T.CASE, S.WAITLISTED): (C.ACCEPT_PLACE, C.CONFIRM_INTEREST, C.SET_CAP, C.WITHDRAW),
        (T.CONDITION, S.DUE): (C.MEET_CONDITION, C.SETTLE_CORRECTION, *_VEHICLE),
        (T.SUPPLY, S.ASKED): (C.RECORD_VERIFICATION, C.ASK_SUPPLY, C.JUDGE_SUPPLY, C.REJECT_SUPPLY),
        (T.SUPPLY, S.OBJECTED): (C.RECORD_VERIFICATION, C.ASK_SUPPLY),
        (T.METER, S.BEFORE_METER): (*_EQUIPMENT, C.WITHDRAW),
        (T.METER, S.ASKED): (C.WITHDRAW,),
        (T.METER, S.METER_REFUSED): (C.REQUEST_METER,),
        (T.METER, S.TO_SCHEDULE): (C.BOOK_VISIT,),
        (T.METER, S.SCHEDULED): (C.RECORD_VISIT, C.REBOOK_VISIT),
        (T.METER, S.MISSED_BY_CUSTOMER): _VISIT,
        (T.METER, S.MISSED_BY_UTILITY): _VISIT,
        (T.METER, S.CANNOT_DO): _VISIT,
        (T.METER, S.PERMIT_NEEDED): (C.SHOW_PERMIT,),
        (T.METER, S.REMOTE_CHANGE): (C.RECORD_REMOTE_CHANGE,),
        (T.METER, S.BACK_OFFICE): (C.COMPLETE_BACK_OFFICE, C.QUESTION_READ, C.CORRECT_READ),
        (T.SERVICE, S.WAITING): (C.DATE_SWITCH,),
        (T.SERVICE, S.DATED): (C.DATE_SWITCH, C.SWITCH_SERVICE),
        (T.SERVICE, S.SWITCHED): (C.ISSUE_CLOSING_BILL, C.REVERSE_SWITCH),
        (T.SERVICE, S.CLOSING_BILLED): (C.ISSUE_FIRST_BILL, C.REVERSE_SWITCH, C.CORRECT_BILL),
        (T.SERVICE, S.REVERSED): (C.CORRECT_BILL,),
        (T.EQUIPMENT, S.CHOOSING_EQUIPMENT): _EQUIPMENT,
        (T.EQUIPMENT, S.INSTALLING): _EQUIPMENT,
        (T.EQUIPMENT, S.INSPECTING): _EQUIPMENT,
        (T.EQUIPMENT, S.UNFIT): (C.CHOOSE_EQUIPMENT, C.REMOVE_EQUIPMENT),
        (T.DEVICE, S.REGISTERING): (C.REGISTER_DEVICE,),
        (T.DEVICE, S.TESTING): (C.RECORD_DEVICE_TEST,),
        (T.DEVICE, S.TEST_FAILED): (C.REGISTER_DEVICE,),
        (T.DEVICE, S.OFFLINE): (C.RESUME, C.REGISTER_DEVICE),
        (T.DEVICE, S.CONSENT_ENDED): (C.RENEW_CONSENT,),
        (T.LEDGER, S.COUNTING): (C.RECORD_CHARGING, *_CREDITS),
        (T.LEDGER, S.USAGE_MISSING): (C.SETTLE_PROTECTION,),
        (T.SETUP, S.NOT_TOLD): _SETUP,
        (T.SETUP, S.TOLD): _SETUP,
    }
)


_DESKS: Final = frozenset({C.ASK_SUPPLY})
"""What customers may give and are not offered: the desk asks the registrar for them."""


def commands_by_role(states: Iterable[tuple[T, S]], *, case: Case | None = None) -> Mapping[Role, tuple[C, ...]]:
    """The commands that help now, by each role of persons that may give some of them; case: where these wait."""
    live = tuple(states)
    found = {
        role: possible_commands(live, role=role, case=case) for role in Role if role not in (Role.SYSTEM, Role.PEER)
    }
    return {role: names for role, names in found.items() if names}


def possible_commands(states: Iterable[tuple[T, S]], *, role: Role | None, case: Case | None = None) -> tuple[C, ...]:
    """The commands that help where tracks wait in these states; role: only those that it may give.

    case: without those that this case can only refuse.
    """
    found = dict.fromkeys(name for each in states for name in HELPS.get(each, ()))
    given = (name for name in found if COMMANDS[name].record in _GIVEN_TO_A_CASE)
    fit = (name for name in given if case is None or _can_be_taken(name, case))
    return tuple(name for name in fit if role is None or _is_offered(name, role))


def _is_offered(name: C, role: Role) -> bool:
    return may(role, command=name) and not (role is Role.CUSTOMER and name in _DESKS)


def _can_be_taken(name: C, case: Case) -> bool:
    if name is C.CHOOSE_USAGE_POINT:
        return case.provider is not None and bool(case.provider.points)
    if name is C.CHANGE_SUPPLIER:
        # Where supply cannot be chosen, there is nobody to change to.
        bound = case.provider is not None and case.provider.kind is ProviderAnswerKind.NO_CHOICE
        return may_change_supplier(case) and not bound
    if name is C.WITHDRAW:
        return name in HELPS.get((T.CASE, case.status), ())
    return name is not C.DISPUTE_SUPPLY or may_dispute_supply(case)


def helps_at(name: C, track: T) -> bool:
    """Whether a command helps in some state of this track."""
    return any(name in names for (each, _), names in HELPS.items() if each is track)
