"""What a decision is: events and messages, or a named refusal. Both are values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import Message


class RefusalCode(StrEnum):
    """Why a command is refused; the sentences stand in the message catalog."""

    NOT_IN_STATE = "not_in_state"
    NOT_ALLOWED = "not_allowed"
    KEY_REUSED = "key_reused"
    CASE_UNKNOWN = "case_unknown"
    CASE_EXISTS = "case_exists"
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
    ORDER_MISMATCH = "order_mismatch"
    PLACE_TAKEN = "place_taken"
    EQUIPMENT_UNFIT = "equipment_unfit"
    PERMIT_MISSING = "permit_missing"
    SELECTION_WRONG = "selection_wrong"
    NO_SUCH_TRACK = "no_such_track"
    PROSE = "prose"
    SWITCH_HELD = "switch_held"
    METER_UNFIT = "meter_unfit"
    METER_ELSEWHERE = "meter_elsewhere"
    EXCHANGE_MISSING = "exchange_missing"
    DATE_WRONG = "date_wrong"
    PRICE_NEGATIVE = "price_negative"
    CONDITION_OPEN = "condition_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A named no. parameters: typed codes and dates as text, never prose, never personal."""

    code: RefusalCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What happens: events of the record that decided, messages to others, and events of the usage point beside it.

    A command that repeats what is already so decides nothing: no events.
    """

    events: tuple[Event, ...] = ()
    messages: tuple[Message, ...] = ()
    point_events: tuple[Event, ...] = ()


class FactMissing(Exception):
    """A command was decided without a fact it needs: a defect of the step that called, not of an input."""
