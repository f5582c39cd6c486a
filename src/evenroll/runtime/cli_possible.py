"""Which commands of persons help in which state: a hint for people, never the rule, which is the core's alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import may
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State as S
from evenroll.programs.program import Track as T

_EQUIPMENT = (C.CHOOSE_EQUIPMENT, C.RECORD_PURCHASE, C.RECORD_INSTALLATION, C.RECORD_INSPECTION)
_SETUP = (C.SET_PARAMETERS, C.CONFIRM_PARAMETERS)
_VISIT = (C.BOOK_VISIT, C.REBOOK_VISIT)

HELPS: Final[Mapping[tuple[T, S], tuple[C, ...]]] = MappingProxyType(
    {
        (T.CASE, S.DRAFT): (C.SAVE_ANSWERS, C.SUBMIT_FORM, C.STAMP_MAIL, C.KEY_FORM, C.ASK_PROVIDER, C.WITHDRAW),
        (T.CASE, S.FINDING_PROVIDER): (C.SUBMIT_FORM, C.WITHDRAW),
        (T.CASE, S.CHOOSING): (C.CHOOSE_PROGRAM, C.AGREE_HAND_OVER, C.SUBMIT_FORM, C.WITHDRAW),
        (T.CASE, S.COMPLETING): (C.COMPLETE_ANSWERS, C.KEY_FORM, C.WITHDRAW),
        (T.CASE, S.PROVING): (C.GIVE_EVIDENCE, C.SETTLE_MATCH, C.WITHDRAW),
        (T.CASE, S.DECIDING): (C.RECORD_REVIEW, C.WITHDRAW),
        (T.CASE, S.NEEDS_ANSWER): (C.CHOOSE_USAGE_POINT, C.GIVE_CURE, C.WITHDRAW),
        (T.CASE, S.IN_RESCISSION): (C.RESCIND,),
        (T.CASE, S.ENROLLED): (*_EQUIPMENT, *_SETUP, C.REGISTER_DEVICE, C.RECORD_DEVICE_TEST, C.WITHDRAW),
        (T.CASE, S.ACTIVE): (C.RECORD_USE, *_EQUIPMENT, *_SETUP, C.ISSUE_STATEMENT),
        (T.CASE, S.REFUSED): (C.OPEN_APPEAL, C.SETTLE_APPEAL),
        (T.CONDITION, S.DUE): (C.MEET_CONDITION,),
        (T.METER, S.METER_REFUSED): (C.REQUEST_METER,),
        (T.METER, S.TO_SCHEDULE): (C.BOOK_VISIT,),
        (T.METER, S.SCHEDULED): (C.RECORD_VISIT, C.REBOOK_VISIT),
        (T.METER, S.MISSED_BY_CUSTOMER): _VISIT,
        (T.METER, S.MISSED_BY_UTILITY): _VISIT,
        (T.METER, S.CANNOT_DO): _VISIT,
        (T.METER, S.PERMIT_NEEDED): (C.SHOW_PERMIT,),
        (T.METER, S.REMOTE_CHANGE): (C.RECORD_REMOTE_CHANGE,),
        (T.METER, S.BACK_OFFICE): (C.COMPLETE_BACK_OFFICE,),
        (T.SERVICE, S.WAITING): (C.DATE_SWITCH,),
        (T.SERVICE, S.DATED): (C.DATE_SWITCH, C.SWITCH_SERVICE),
        (T.SERVICE, S.SWITCHED): (C.ISSUE_CLOSING_BILL,),
        (T.SERVICE, S.CLOSING_BILLED): (C.ISSUE_FIRST_BILL,),
        (T.EQUIPMENT, S.CHOOSING_EQUIPMENT): _EQUIPMENT,
        (T.EQUIPMENT, S.INSTALLING): _EQUIPMENT,
        (T.EQUIPMENT, S.INSPECTING): _EQUIPMENT,
        (T.DEVICE, S.REGISTERING): (C.REGISTER_DEVICE,),
        (T.DEVICE, S.TESTING): (C.RECORD_DEVICE_TEST,),
        (T.DEVICE, S.TEST_FAILED): (C.RECORD_DEVICE_TEST,),
        (T.SETUP, S.NOT_TOLD): _SETUP,
        (T.SETUP, S.TOLD): _SETUP,
    }
)


def commands_by_role(states: Iterable[tuple[T, S]]) -> Mapping[Role, tuple[C, ...]]:
    """The commands that help now, by each role of persons that may give some of them."""
    live = tuple(states)
    found = {role: possible_commands(live, role=role) for role in Role if role not in (Role.SYSTEM, Role.PEER)}
    return {role: names for role, names in found.items() if names}


def possible_commands(states: Iterable[tuple[T, S]], *, role: Role | None) -> tuple[C, ...]:
    """The commands that help where tracks wait in these states; role: only those that it may give."""
    found = dict.fromkeys(name for each in states for name in HELPS.get(each, ()))
    return tuple(name for name in found if role is None or may(role, command=name))
