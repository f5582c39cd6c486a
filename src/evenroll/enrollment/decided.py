"""What a decision is: events and messages, or a named refusal. Both are values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import Message
from evenroll.quantities.identifiers import CaseNumber


class RefusalCode(StrEnum):
    """Why a command is refused; the sentences stand in the message catalog."""

    NOT_IN_STATE = "not_in_state"
    NOT_ALLOWED = "not_allowed"
    KEY_REUSED = "key_reused"
    CASE_UNKNOWN = "case_unknown"
    CASE_EXISTS = "case_exists"
    CASE_MOVED_ON = "case_moved_on"
    PROGRAM_NOT_OFFERED = "program_not_offered"
    PROGRAM_UNKNOWN = "program_unknown"
    OFFER_UNKNOWN = "offer_unknown"
    POINT_NOT_OFFERED = "point_not_offered"
    SAME_PERSON_KEYED = "same_person_keyed"
    NOTHING_MISSING = "nothing_missing"
    WINDOW_OVER = "window_over"
    ALREADY_ACTIVE = "already_active"
    NOT_YET_DUE = "not_yet_due"
    READ_IMPLAUSIBLE = "read_implausible"
    SERIAL_WRONG = "serial_wrong"
    VISIT_DATE_WRONG = "visit_date_wrong"
    CHECKLIST_OPEN = "checklist_open"
    READ_QUESTIONED = "read_questioned"
    CANNOT_REVERSE = "cannot_reverse"
    NOTHING_TO_CORRECT = "nothing_to_correct"
    ORDER_MISMATCH = "order_mismatch"
    PLACE_TAKEN = "place_taken"
    EQUIPMENT_UNFIT = "equipment_unfit"
    PERMIT_MISSING = "permit_missing"
    SERIAL_MISSING = "serial_missing"
    SELECTION_WRONG = "selection_wrong"
    NO_SUCH_TRACK = "no_such_track"
    PROSE = "prose"
    SWITCH_HELD = "switch_held"
    METER_UNFIT = "meter_unfit"
    METER_ELSEWHERE = "meter_elsewhere"
    EXCHANGE_MISSING = "exchange_missing"
    DATE_WRONG = "date_wrong"
    PRICE_NEGATIVE = "price_negative"
    PRICE_WRONG = "price_wrong"
    CONDITION_OPEN = "condition_open"
    OPT_OUTS_USED = "opt_outs_used"
    EVENTS_NONE = "events_none"
    EVENT_UNKNOWN = "event_unknown"
    EVENT_OVER = "event_over"
    EVENT_NOT_OVER = "event_not_over"
    EVENT_LENGTH = "event_length"
    EVENT_NOTICE = "event_notice"
    EVENT_MONTH = "event_month"
    EVENT_DAY = "event_day"
    EVENT_HOURS = "event_hours"
    EVENT_OVERLAPS = "event_overlaps"
    EVENT_LIMIT = "event_limit"
    MEASURE_WRONG = "measure_wrong"
    SAME_PERSON_APPROVED = "same_person_approved"
    CREDIT_UNKNOWN = "credit_unknown"
    CREDIT_NOT_THERE = "credit_not_there"
    CREDITS_NOT_NAMED = "credits_not_named"
    CREDITS_OTHER_TOTAL = "credits_other_total"
    USAGE_WRONG = "usage_wrong"
    MINIMUM_STAY = "minimum_stay"
    REASON_FOR_DESK = "reason_for_desk"
    CANNOT_STAY = "cannot_stay"
    SAME_PERSON_CORRECTS = "same_person_corrects"
    CORRECTION_NONE = "correction_none"
    CORRECTION_PENDING = "correction_pending"
    CORRECTION_SAME = "correction_same"
    CORRECTION_WRONG = "correction_wrong"
    CORRECTION_LATE = "correction_late"
    PLACE_NOT_OFFERED = "place_not_offered"
    NO_CAP = "no_cap"
    CAP_WRONG = "cap_wrong"
    CHANGES_USED_UP = "changes_used_up"
    CHANGE_PENDING = "change_pending"
    CHANGE_AFTER_SWITCH = "change_after_switch"
    CHANGE_NEEDS_RETURN = "change_needs_return"
    FORM_INCOMPLETE = "form_incomplete"
    STILL_OCCUPIED = "still_occupied"
    ACCOUNT_UNKNOWN = "account_unknown"
    VIN_MISSING = "vin_missing"
    VIN_WRONG = "vin_wrong"
    VEHICLE_UNKNOWN = "vehicle_unknown"
    VEHICLE_UNFIT = "vehicle_unfit"
    VEHICLES_FULL = "vehicles_full"
    LAST_VEHICLE = "last_vehicle"
    VEHICLE_NOT_ASKED = "vehicle_not_asked"
    VIN_SAME = "vin_same"
    DEVICE_UNKNOWN = "device_unknown"
    SUPPLIER_UNKNOWN = "supplier_unknown"
    MERGE_UNFIT = "merge_unfit"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A named no. parameters: typed codes and dates as text, never prose, never personal."""

    code: RefusalCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class OfCase:
    """What a decision about one case does to another case of the same organization, in the same transaction."""

    number: CaseNumber
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What happens: events of the record that decided, messages to others, and events of the usage point beside it.

    others: what happens to other cases, which are locked as well; both are seen together or not at all.

    place_events: of the places of programs with a cap; what a case's own change means for them `decide_case` adds.
    A command that repeats what is already so decides nothing: no events.
    """

    events: tuple[Event, ...] = ()
    messages: tuple[Message, ...] = ()
    point_events: tuple[Event, ...] = ()
    others: tuple[OfCase, ...] = ()
    place_events: tuple[Event, ...] = ()


class FactMissing(Exception):
    """A command was decided without a fact it needs: a defect of the step that called, not of an input."""
