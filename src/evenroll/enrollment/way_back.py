"""The way back from a command: the command that takes its effect back, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.command_names import CommandName as C


class NoWayBack(StrEnum):
    """Why a command is not undone by another one, and what helps instead."""

    ENDED = "ended"
    SAID = "said"
    RECORDED = "recorded"
    AGREED = "agreed"
    ASKED = "asked"
    BILLED = "billed"
    PAID = "paid"
    UNDOES = "undoes"


INVERSES: Final[Mapping[C, C]] = MappingProxyType(
    {
        C.SUSPEND: C.RESUME,
        C.UNENROLL: C.STAY_ENROLLED,
        C.SWITCH_SERVICE: C.REVERSE_SWITCH,
    }
)
"""What takes back what a command did. Both stay in the journal, and the rules decide of the second as of any other."""

_WHY: Final[Mapping[NoWayBack, tuple[C, ...]]] = {
    NoWayBack.ENDED: (C.WITHDRAW, C.RESCIND, C.MERGE_CASE, C.MOVE_OUT),
    NoWayBack.SAID: (
        *(C.CHOOSE_USAGE_POINT, C.CHOOSE_PROGRAM, C.AGREE_HAND_OVER, C.CHANGE_PROGRAM, C.CHANGE_SUPPLIER),
        *(C.DISPUTE_SUPPLY, C.ACCEPT_PLACE, C.CONFIRM_INTEREST, C.END_CONSENT, C.RENEW_CONSENT),
        *(C.ANSWER_VEHICLE, C.PROVE_VEHICLE, C.REMOVE_VEHICLE, C.SWAP_EQUIPMENT, C.REMOVE_EQUIPMENT),
    ),
    NoWayBack.RECORDED: (
        *(C.STAMP_MAIL, C.SETTLE_MATCH, C.RECORD_REVIEW, C.RECORD_VISIT, C.RECORD_REMOTE_CHANGE, C.SHOW_PERMIT),
        *(C.COMPLETE_BACK_OFFICE, C.QUESTION_READ, C.CORRECT_READ, C.RECORD_PURCHASE, C.RECORD_INSTALLATION),
        *(C.RECORD_INSPECTION, C.REGISTER_DEVICE, C.RECORD_DEVICE_TEST, C.RECORD_CHARGING, C.SETTLE_APPEAL),
        *(C.RECORD_VERIFICATION, C.SETTLE_VEHICLE, C.LOSE_DEVICE, C.PROPOSE_CORRECTION, C.SETTLE_CORRECTION),
    ),
    NoWayBack.AGREED: (C.BOOK_VISIT, C.REBOOK_VISIT, C.DATE_SWITCH),
    NoWayBack.ASKED: (C.ASK_PROVIDER, C.REQUEST_METER, C.ASK_SUPPLY),
    NoWayBack.BILLED: (C.ISSUE_CLOSING_BILL, C.ISSUE_FIRST_BILL, C.CORRECT_BILL, C.ISSUE_STATEMENT),
    NoWayBack.PAID: (C.APPROVE_CREDIT, C.SEND_CREDIT, C.RECORD_PAYMENT, C.SETTLE_PROTECTION),
    NoWayBack.UNDOES: (C.RESUME, C.STAY_ENROLLED, C.REVERSE_SWITCH, C.REVERSE_CREDIT),
}
NO_WAY_BACK: Final[Mapping[C, NoWayBack]] = MappingProxyType(
    {name: why for why, names in _WHY.items() for name in names}
)
