"""The name of every command. The table `commands.COMMANDS` says row, record and roles of each."""

from __future__ import annotations

from enum import StrEnum


class CommandName(StrEnum):
    """What can be asked of a case, a service order or a usage point."""

    # 2
    OPEN_CASE = "open_case"
    SAVE_ANSWERS = "save_answers"
    # 2a
    ASK_PROVIDER = "ask_provider"
    FIND_PROVIDER = "find_provider"
    CHOOSE_USAGE_POINT = "choose_usage_point"
    # 2b
    PRESENT_OFFERS = "present_offers"
    CHOOSE_PROGRAM = "choose_program"
    AGREE_HAND_OVER = "agree_hand_over"
    HAND_OVER = "hand_over"
    RECEIVE_CASE = "receive_case"
    # 3
    SUBMIT_FORM = "submit_form"
    STAMP_MAIL = "stamp_mail"
    KEY_FORM = "key_form"
    CHECK_FORM = "check_form"
    COMPLETE_ANSWERS = "complete_answers"
    # 4a
    PROVE_IDENTITY = "prove_identity"
    GIVE_EVIDENCE = "give_evidence"
    SETTLE_MATCH = "settle_match"
    MEET_CONDITION = "meet_condition"
    # 5
    DECIDE = "decide"
    RECORD_REVIEW = "record_review"
    GIVE_CURE = "give_cure"
    END_RESCISSION = "end_rescission"
    # 5a
    REQUEST_METER = "request_meter"
    HEAR_REQUEST_ANSWER = "hear_request_answer"
    # 5b
    RECEIVE_REQUEST = "receive_request"
    BOOK_VISIT = "book_visit"
    REBOOK_VISIT = "rebook_visit"
    HEAR_VISIT = "hear_visit"
    # 5c
    RECORD_VISIT = "record_visit"
    RECORD_REMOTE_CHANGE = "record_remote_change"
    SHOW_PERMIT = "show_permit"
    COMPLETE_BACK_OFFICE = "complete_back_office"
    HEAR_METER = "hear_meter"
    # 5d
    DATE_SWITCH = "date_switch"
    SWITCH_SERVICE = "switch_service"
    ISSUE_CLOSING_BILL = "issue_closing_bill"
    ISSUE_FIRST_BILL = "issue_first_bill"
    HEAR_SWITCH = "hear_switch"
    HEAR_BILL = "hear_bill"
    # 6-8
    CHOOSE_EQUIPMENT = "choose_equipment"
    RECORD_PURCHASE = "record_purchase"
    RECORD_INSTALLATION = "record_installation"
    RECORD_INSPECTION = "record_inspection"
    REGISTER_DEVICE = "register_device"
    RECORD_DEVICE_TEST = "record_device_test"
    # 9, 10
    SET_PARAMETERS = "set_parameters"
    CONFIRM_PARAMETERS = "confirm_parameters"
    RECORD_USE = "record_use"
    ISSUE_STATEMENT = "issue_statement"
    # actions
    WITHDRAW = "withdraw"
    HEAR_CANCEL = "hear_cancel"
    CANCEL_ORDER = "cancel_order"
    RESCIND = "rescind"
    LOSE_SUPPLY = "lose_supply"
    OPEN_APPEAL = "open_appeal"
    SETTLE_APPEAL = "settle_appeal"
    CLOSE_REFUSAL = "close_refusal"
    EXPIRE = "expire"
    REMIND = "remind"
    ESCALATE = "escalate"
    END_CONDITION = "end_condition"
    LOAD_USAGE_POINT = "load_usage_point"
