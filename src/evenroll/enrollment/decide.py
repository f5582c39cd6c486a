"""Every command to a case and the function that decides it: `decide_case` is the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import (
    decide_decision,
    decide_ends,
    decide_form,
    decide_opening,
    decide_orders,
    decide_use,
)
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decided import Decided, Refusal, RefusalCode
from evenroll.enrollment.next_commands import DueCommand, due_commands
from evenroll.enrollment.plain_words import refuse_prose

Decider = Callable[[Any, Any, CaseFacts], Decided | Refusal]

_BEGINS = frozenset({C.OPEN_CASE, C.RECEIVE_CASE})

CASE_DECIDERS: Mapping[C, Decider] = MappingProxyType(
    {
        C.OPEN_CASE: decide_opening.open_case,
        C.SAVE_ANSWERS: decide_opening.save_answers,
        C.ASK_PROVIDER: decide_opening.ask_provider,
        C.FIND_PROVIDER: decide_opening.find_provider,
        C.CHOOSE_USAGE_POINT: decide_opening.choose_usage_point,
        C.PRESENT_OFFERS: decide_opening.present_offers,
        C.CHOOSE_PROGRAM: decide_opening.choose_program,
        C.AGREE_HAND_OVER: decide_opening.agree_hand_over,
        C.HAND_OVER: decide_opening.hand_over,
        C.RECEIVE_CASE: decide_opening.receive_case,
        C.SUBMIT_FORM: decide_form.submit_form,
        C.COMPLETE_ANSWERS: decide_form.complete_answers,
        C.STAMP_MAIL: decide_form.stamp_mail,
        C.KEY_FORM: decide_form.key_form,
        C.CHECK_FORM: decide_form.check_form,
        C.PROVE_IDENTITY: decide_form.prove_identity,
        C.GIVE_EVIDENCE: decide_form.give_evidence,
        C.SETTLE_MATCH: decide_form.settle_match,
        C.MEET_CONDITION: decide_decision.meet_condition,
        C.DECIDE: decide_decision.decide,
        C.RECORD_REVIEW: decide_decision.record_review,
        C.GIVE_CURE: decide_decision.give_cure,
        C.END_RESCISSION: decide_decision.end_rescission,
        C.REQUEST_METER: decide_orders.request_meter,
        C.HEAR_REQUEST_ANSWER: decide_orders.hear_request_answer,
        C.HEAR_VISIT: decide_orders.hear_visit,
        C.HEAR_METER: decide_orders.hear_meter,
        C.HEAR_SWITCH: decide_orders.hear_switch,
        C.HEAR_BILL: decide_orders.hear_bill,
        C.HEAR_CANCEL: decide_orders.hear_cancel,
        C.CHOOSE_EQUIPMENT: decide_use.choose_equipment,
        C.RECORD_PURCHASE: decide_use.record_purchase,
        C.RECORD_INSTALLATION: decide_use.record_installation,
        C.RECORD_INSPECTION: decide_use.record_inspection,
        C.REGISTER_DEVICE: decide_use.register_device,
        C.RECORD_DEVICE_TEST: decide_use.record_device_test,
        C.SET_PARAMETERS: decide_use.set_parameters,
        C.CONFIRM_PARAMETERS: decide_use.confirm_parameters,
        C.RECORD_USE: decide_use.record_use,
        C.ISSUE_STATEMENT: decide_use.issue_statement,
        C.WITHDRAW: decide_ends.withdraw,
        C.RESCIND: decide_ends.rescind,
        C.LOSE_SUPPLY: decide_ends.lose_supply,
        C.OPEN_APPEAL: decide_ends.open_appeal,
        C.SETTLE_APPEAL: decide_ends.settle_appeal,
        C.CLOSE_REFUSAL: decide_ends.close_refusal,
        C.EXPIRE: decide_ends.expire,
        C.REMIND: decide_ends.remind,
        C.ESCALATE: decide_ends.escalate,
        C.END_CONDITION: decide_ends.end_condition,
    }
)


def decide_case(case: Case | None, name: C, command: object, facts: CaseFacts) -> Decided | Refusal:
    """What the command does to the case, or the named refusal. Pure: the same arguments give the same value.

    Raises FactMissing where the caller left out a fact that the command needs.
    """
    if case is None and name not in _BEGINS:
        return Refusal(code=RefusalCode.CASE_UNKNOWN, parameters={"command": name.value})
    return refuse_prose(name, command) or CASE_DECIDERS[name](case, command, facts)


def next_commands(case: Case, *, now: datetime) -> tuple[DueCommand, ...]:
    """The commands that the rules themselves ask for now, the longest overdue first: the one driver gives them.

    An ended case asks for nothing, but what it still awaits from the utility.
    """
    return due_commands(case.tracks, now=now)
