"""What may happen at any row, one file each; `ACTIONS` names the action of every command of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenroll.actions.accept_place import accept_place
from evenroll.actions.admit_next import admit_next
from evenroll.actions.answer_supply import (
    cancel_supply,
    judge_supply,
    make_supply_effective,
    receive_supply_request,
    reject_supply,
    reverse_supply,
)
from evenroll.actions.appeal import open_appeal, settle_appeal
from evenroll.actions.ask_supply import ask_supply, record_verification
from evenroll.actions.cancel_order import cancel_order
from evenroll.actions.change_program import change_program
from evenroll.actions.change_supplier import change_supplier, dispute_supply
from evenroll.actions.close_program import close_program
from evenroll.actions.confirm_interest import confirm_interest
from evenroll.actions.consent import end_consent, renew_consent
from evenroll.actions.correct import propose_correction, settle_correction
from evenroll.actions.end_condition import end_condition
from evenroll.actions.end_leaving import end_leaving
from evenroll.actions.end_suspension import end_suspension
from evenroll.actions.equipment import remove_equipment, swap_equipment
from evenroll.actions.escalate import escalate
from evenroll.actions.expire import close_refusal, expire
from evenroll.actions.hear_move import hear_move
from evenroll.actions.hear_pev import hear_pev
from evenroll.actions.hear_supply import (
    hear_supply_answer,
    hear_supply_cancel,
    hear_supply_effective,
    hear_supply_news,
)
from evenroll.actions.lapse_place import lapse_place
from evenroll.actions.lose_device import lose_device
from evenroll.actions.lose_supply import lose_supply
from evenroll.actions.merge_case import merge_case
from evenroll.actions.move_in import move_in
from evenroll.actions.move_out import complete_move, move_out
from evenroll.actions.move_with_car import move_with_car
from evenroll.actions.remind import remind
from evenroll.actions.rescind import rescind
from evenroll.actions.set_cap import set_cap
from evenroll.actions.stay_enrolled import stay_enrolled
from evenroll.actions.suspend import resume, suspend
from evenroll.actions.unenroll import unenroll
from evenroll.actions.vehicle_disputes import answer_vehicle, correct_vin, prove_vehicle, settle_vehicle
from evenroll.actions.vehicles import add_vehicle, remove_vehicle, swap_vehicle
from evenroll.actions.withdraw import hear_cancel, withdraw
from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Command

ACTIONS: Mapping[CommandName, Command] = MappingProxyType(
    {
        CommandName.OPEN_APPEAL: open_appeal,
        CommandName.SETTLE_APPEAL: settle_appeal,
        CommandName.CANCEL_ORDER: cancel_order,
        CommandName.END_CONDITION: end_condition,
        CommandName.ESCALATE: escalate,
        CommandName.EXPIRE: expire,
        CommandName.CLOSE_REFUSAL: close_refusal,
        CommandName.LOSE_SUPPLY: lose_supply,
        CommandName.REMIND: remind,
        CommandName.RESCIND: rescind,
        CommandName.WITHDRAW: withdraw,
        CommandName.HEAR_CANCEL: hear_cancel,
        CommandName.ASK_SUPPLY: ask_supply,
        CommandName.RECORD_VERIFICATION: record_verification,
        CommandName.HEAR_SUPPLY_ANSWER: hear_supply_answer,
        CommandName.HEAR_SUPPLY_EFFECTIVE: hear_supply_effective,
        CommandName.HEAR_SUPPLY_CANCEL: hear_supply_cancel,
        CommandName.HEAR_SUPPLY_NEWS: hear_supply_news,
        CommandName.CHANGE_SUPPLIER: change_supplier,
        CommandName.DISPUTE_SUPPLY: dispute_supply,
        CommandName.RECEIVE_SUPPLY_REQUEST: receive_supply_request,
        CommandName.JUDGE_SUPPLY: judge_supply,
        CommandName.REJECT_SUPPLY: reject_supply,
        CommandName.MAKE_SUPPLY_EFFECTIVE: make_supply_effective,
        CommandName.CANCEL_SUPPLY: cancel_supply,
        CommandName.REVERSE_SUPPLY: reverse_supply,
        CommandName.HEAR_PEV: hear_pev,
        CommandName.UNENROLL: unenroll,
        CommandName.STAY_ENROLLED: stay_enrolled,
        CommandName.END_LEAVING: end_leaving,
        CommandName.CLOSE_PROGRAM: close_program,
        CommandName.SUSPEND: suspend,
        CommandName.RESUME: resume,
        CommandName.END_SUSPENSION: end_suspension,
        CommandName.LOSE_DEVICE: lose_device,
        CommandName.END_CONSENT: end_consent,
        CommandName.RENEW_CONSENT: renew_consent,
        CommandName.PROPOSE_CORRECTION: propose_correction,
        CommandName.SETTLE_CORRECTION: settle_correction,
        CommandName.ADMIT_NEXT: admit_next,
        CommandName.ACCEPT_PLACE: accept_place,
        CommandName.LAPSE_PLACE: lapse_place,
        CommandName.CONFIRM_INTEREST: confirm_interest,
        CommandName.SET_CAP: set_cap,
        CommandName.CHANGE_PROGRAM: change_program,
        CommandName.MOVE_OUT: move_out,
        CommandName.COMPLETE_MOVE: complete_move,
        CommandName.HEAR_MOVE: hear_move,
        CommandName.MOVE_IN: move_in,
        CommandName.MOVE_WITH_CAR: move_with_car,
        CommandName.ADD_VEHICLE: add_vehicle,
        CommandName.SWAP_VEHICLE: swap_vehicle,
        CommandName.REMOVE_VEHICLE: remove_vehicle,
        CommandName.SETTLE_VEHICLE: settle_vehicle,
        CommandName.ANSWER_VEHICLE: answer_vehicle,
        CommandName.PROVE_VEHICLE: prove_vehicle,
        CommandName.CORRECT_VIN: correct_vin,
        CommandName.SWAP_EQUIPMENT: swap_equipment,
        CommandName.REMOVE_EQUIPMENT: remove_equipment,
        CommandName.MERGE_CASE: merge_case,
    }
)
