"""The sixteen rows of the use case, one file each; `STEPS` names the step of every command of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Command
from evenroll.steps.step_02_initiate import open_case, save_answers
from evenroll.steps.step_02a_find_provider import ask_provider, choose_usage_point, find_provider
from evenroll.steps.step_02b_present import (
    agree_hand_over,
    choose_program,
    hand_over,
    present_offers,
    receive_case,
)
from evenroll.steps.step_03_submit import check_form, complete_answers, key_form, stamp_mail, submit_form
from evenroll.steps.step_04a_authenticate import give_evidence, meet_condition, prove_identity, settle_match
from evenroll.steps.step_05_decide import decide, end_rescission, give_cure, record_review
from evenroll.steps.step_05a_request_meter import hear_request_answer, request_meter
from evenroll.steps.step_05b_schedule_meter import book_visit, hear_visit, rebook_visit, receive_request
from evenroll.steps.step_05c_install_meter import (
    complete_back_office,
    correct_read,
    hear_meter,
    question_read,
    record_remote_change,
    record_visit,
    show_permit,
)
from evenroll.steps.step_05d_switch_service import (
    correct_bill,
    date_switch,
    hear_bill,
    hear_switch,
    issue_closing_bill,
    issue_first_bill,
    reverse_switch,
    switch_service,
)
from evenroll.steps.step_06_choose_equipment import choose_equipment, record_purchase
from evenroll.steps.step_07_install_equipment import record_inspection, record_installation
from evenroll.steps.step_08_add_control_device import record_device_test, register_device
from evenroll.steps.step_09_set_parameters import confirm_parameters, set_parameters
from evenroll.steps.step_10_use_program import (
    approve_credit,
    call_event,
    cancel_event,
    earn,
    hear_event,
    issue_statement,
    record_charging,
    record_payment,
    record_use,
    reverse_credit,
    send_credit,
    settle_event,
    settle_protection,
)

STEPS: Mapping[CommandName, Command] = MappingProxyType(
    {
        CommandName.OPEN_CASE: open_case,
        CommandName.SAVE_ANSWERS: save_answers,
        CommandName.ASK_PROVIDER: ask_provider,
        CommandName.FIND_PROVIDER: find_provider,
        CommandName.CHOOSE_USAGE_POINT: choose_usage_point,
        CommandName.PRESENT_OFFERS: present_offers,
        CommandName.CHOOSE_PROGRAM: choose_program,
        CommandName.AGREE_HAND_OVER: agree_hand_over,
        CommandName.HAND_OVER: hand_over,
        CommandName.RECEIVE_CASE: receive_case,
        CommandName.SUBMIT_FORM: submit_form,
        CommandName.COMPLETE_ANSWERS: complete_answers,
        CommandName.STAMP_MAIL: stamp_mail,
        CommandName.KEY_FORM: key_form,
        CommandName.CHECK_FORM: check_form,
        CommandName.PROVE_IDENTITY: prove_identity,
        CommandName.SETTLE_MATCH: settle_match,
        CommandName.GIVE_EVIDENCE: give_evidence,
        CommandName.MEET_CONDITION: meet_condition,
        CommandName.DECIDE: decide,
        CommandName.RECORD_REVIEW: record_review,
        CommandName.GIVE_CURE: give_cure,
        CommandName.END_RESCISSION: end_rescission,
        CommandName.REQUEST_METER: request_meter,
        CommandName.HEAR_REQUEST_ANSWER: hear_request_answer,
        CommandName.RECEIVE_REQUEST: receive_request,
        CommandName.BOOK_VISIT: book_visit,
        CommandName.REBOOK_VISIT: rebook_visit,
        CommandName.HEAR_VISIT: hear_visit,
        CommandName.RECORD_VISIT: record_visit,
        CommandName.RECORD_REMOTE_CHANGE: record_remote_change,
        CommandName.SHOW_PERMIT: show_permit,
        CommandName.COMPLETE_BACK_OFFICE: complete_back_office,
        CommandName.HEAR_METER: hear_meter,
        CommandName.QUESTION_READ: question_read,
        CommandName.CORRECT_READ: correct_read,
        CommandName.DATE_SWITCH: date_switch,
        CommandName.SWITCH_SERVICE: switch_service,
        CommandName.ISSUE_CLOSING_BILL: issue_closing_bill,
        CommandName.ISSUE_FIRST_BILL: issue_first_bill,
        CommandName.HEAR_SWITCH: hear_switch,
        CommandName.HEAR_BILL: hear_bill,
        CommandName.REVERSE_SWITCH: reverse_switch,
        CommandName.CORRECT_BILL: correct_bill,
        CommandName.CHOOSE_EQUIPMENT: choose_equipment,
        CommandName.RECORD_PURCHASE: record_purchase,
        CommandName.RECORD_INSTALLATION: record_installation,
        CommandName.RECORD_INSPECTION: record_inspection,
        CommandName.REGISTER_DEVICE: register_device,
        CommandName.RECORD_DEVICE_TEST: record_device_test,
        CommandName.SET_PARAMETERS: set_parameters,
        CommandName.CONFIRM_PARAMETERS: confirm_parameters,
        CommandName.RECORD_USE: record_use,
        CommandName.ISSUE_STATEMENT: issue_statement,
        CommandName.CALL_EVENT: call_event,
        CommandName.CANCEL_EVENT: cancel_event,
        CommandName.SETTLE_EVENT: settle_event,
        CommandName.HEAR_EVENT: hear_event,
        CommandName.EARN: earn,
        CommandName.RECORD_CHARGING: record_charging,
        CommandName.APPROVE_CREDIT: approve_credit,
        CommandName.SEND_CREDIT: send_credit,
        CommandName.RECORD_PAYMENT: record_payment,
        CommandName.REVERSE_CREDIT: reverse_credit,
        CommandName.SETTLE_PROTECTION: settle_protection,
    }
)
