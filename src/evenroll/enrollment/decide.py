"""Every command to a case and the function that decides it: `decide_case` is the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import (
    decide_change,
    decide_correction,
    decide_decision,
    decide_devices,
    decide_disputes,
    decide_ends,
    decide_equipment,
    decide_events,
    decide_form,
    decide_leaving,
    decide_merging,
    decide_money,
    decide_moving,
    decide_opening,
    decide_orders,
    decide_protection,
    decide_supplier,
    decide_supply,
    decide_suspension,
    decide_use,
    decide_vehicles,
    decide_waiting,
    pev_notice,
    supply_cancel,
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
        C.CHOOSE_EQUIPMENT: decide_equipment.choose_equipment,
        C.RECORD_PURCHASE: decide_use.record_purchase,
        C.RECORD_INSTALLATION: decide_use.record_installation,
        C.RECORD_INSPECTION: decide_use.record_inspection,
        C.REGISTER_DEVICE: decide_devices.register_device,
        C.RECORD_DEVICE_TEST: decide_devices.record_device_test,
        C.SET_PARAMETERS: decide_use.set_parameters,
        C.CONFIRM_PARAMETERS: decide_use.confirm_parameters,
        C.RECORD_USE: decide_events.record_use,
        C.ISSUE_STATEMENT: decide_use.issue_statement,
        C.HEAR_EVENT: decide_events.hear_event,
        C.EARN: decide_money.earn,
        C.RECORD_CHARGING: decide_money.record_charging,
        C.APPROVE_CREDIT: decide_money.approve_credit,
        C.SEND_CREDIT: decide_money.send_credit,
        C.RECORD_PAYMENT: decide_money.record_payment,
        C.REVERSE_CREDIT: decide_money.reverse_credit,
        C.SETTLE_PROTECTION: decide_protection.settle_protection,
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
        C.UNENROLL: decide_leaving.unenroll,
        C.STAY_ENROLLED: decide_leaving.stay_enrolled,
        C.END_LEAVING: decide_leaving.end_leaving,
        C.CLOSE_PROGRAM: decide_leaving.close_program,
        C.SUSPEND: decide_suspension.suspend,
        C.RESUME: decide_suspension.resume,
        C.END_SUSPENSION: decide_suspension.end_suspension,
        C.LOSE_DEVICE: decide_suspension.lose_device,
        C.END_CONSENT: decide_suspension.end_consent,
        C.RENEW_CONSENT: decide_suspension.renew_consent,
        C.PROPOSE_CORRECTION: decide_correction.propose_correction,
        C.SETTLE_CORRECTION: decide_correction.settle_correction,
        C.ADMIT_NEXT: decide_waiting.admit_next,
        C.ACCEPT_PLACE: decide_waiting.accept_place,
        C.LAPSE_PLACE: decide_waiting.lapse_place,
        C.CONFIRM_INTEREST: decide_waiting.confirm_interest,
        C.CHANGE_PROGRAM: decide_change.change_program,
        C.MOVE_OUT: decide_moving.move_out,
        C.COMPLETE_MOVE: decide_moving.complete_move,
        C.HEAR_MOVE: decide_moving.hear_move,
        C.MOVE_WITH_CAR: decide_moving.move_with_car,
        C.ADD_VEHICLE: decide_vehicles.add_vehicle,
        C.SWAP_VEHICLE: decide_vehicles.swap_vehicle,
        C.REMOVE_VEHICLE: decide_vehicles.remove_vehicle,
        C.SETTLE_VEHICLE: decide_disputes.settle_vehicle,
        C.ANSWER_VEHICLE: decide_disputes.answer_vehicle,
        C.PROVE_VEHICLE: decide_disputes.prove_vehicle,
        C.CORRECT_VIN: decide_disputes.correct_vin,
        C.SWAP_EQUIPMENT: decide_equipment.swap_equipment,
        C.REMOVE_EQUIPMENT: decide_equipment.remove_equipment,
        C.MERGE_CASE: decide_merging.merge_case,
        C.ASK_SUPPLY: decide_supply.ask_supply,
        C.RECORD_VERIFICATION: decide_supply.record_verification,
        C.HEAR_SUPPLY_ANSWER: decide_supply.hear_supply_answer,
        C.HEAR_SUPPLY_EFFECTIVE: decide_supply.hear_supply_effective,
        C.HEAR_SUPPLY_CANCEL: supply_cancel.hear_supply_cancel,
        C.HEAR_SUPPLY_NEWS: decide_supplier.hear_supply_news,
        C.CHANGE_SUPPLIER: decide_supplier.change_supplier,
        C.DISPUTE_SUPPLY: decide_supplier.dispute_supply,
    }
)


def decide_case(case: Case | None, name: C, command: object, facts: CaseFacts) -> Decided | Refusal:
    """What the command does to the case, or the named refusal. Pure: the same arguments give the same value.

    Raises FactMissing where the caller left out a fact that the command needs.
    """
    if case is None and name not in _BEGINS:
        return Refusal(code=RefusalCode.CASE_UNKNOWN, parameters={"command": name.value})
    refused = refuse_prose(name, command) or _held_back(case, name, facts)
    seen = decide_change.as_if_counted(case, name, facts)
    decided = refused or CASE_DECIDERS[name](seen, command, facts)
    if isinstance(decided, Refusal):
        return decided
    told = pev_notice.with_pev_told(case, supply_cancel.with_supply_taken_back(case, decided), facts)
    whole = pev_notice.with_pev_taken_back(case, decide_change.taking_over(case, told, facts), facts)
    return with_all_places(case, whole, facts)


_AFTER_CHANGE = frozenset({C.UNENROLL, C.MOVE_WITH_CAR})
"""Asked for while a change of program is on its way, they wait for it, or the new application is withdrawn first."""


def _held_back(case: Case | None, name: C, facts: CaseFacts) -> Refusal | None:
    if case is None or name not in _AFTER_CHANGE:
        return None
    # A second move would leave the application of the first one without the place that it waits for.
    moves = decide_change.pending_move(case, facts) if name is C.MOVE_WITH_CAR else None
    pending = decide_change.pending_follower(case, facts) or moves
    if pending is None:
        return None
    return Refusal(code=RefusalCode.CHANGE_PENDING, parameters={"case": case.number, "other": pending.number})


def with_all_places(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision with what it, and what it does to other cases, means for the places of programs with a cap."""
    whole = decide_waiting.with_places(case, decided)
    if not decided.others:
        return whole
    told = tuple(
        event
        for each in decided.others
        for event in decide_waiting.with_places(facts.others.get(each.number), Decided(events=each.events)).place_events
    )
    return replace(whole, place_events=(*told, *whole.place_events)) if told else whole


def next_commands(case: Case, *, now: datetime) -> tuple[DueCommand, ...]:
    """The commands that the rules themselves ask for now, the longest overdue first: the one driver gives them.

    An ended case asks for nothing, but what it still awaits from the utility.
    """
    return due_commands(case.tracks, now=now)
