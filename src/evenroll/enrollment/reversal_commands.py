"""What billing and the meter office say when something at a meter or a switch turns out to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evenroll.quantities.identifiers import MeterSerial


class ReversalReason(StrEnum):
    """Why a switch that was made is taken back."""

    WRONG_POINT = "wrong_point"
    WRONG_RATE = "wrong_rate"
    NOT_AGREED = "not_agreed"
    WRONG_DAY = "wrong_day"


class ReversalFault(StrEnum):
    """Why a switch cannot simply be taken back any more."""

    RETURNING = "returning"
    """The order only led back to the standard rate."""
    OTHER_ORDER = "other_order"
    PROGRAM_BEFORE = "program_before"
    """The rate before was that of another program, whose enrollment has ended."""
    SEPARATE_METER = "separate_meter"
    """A service of its own began behind a meter of its own; it is ended by leaving."""
    LATER_CHANGE = "later_change"
    """Something changed at the usage point since, or nothing was served before."""
    BILLED_SINCE = "billed_since"
    """More than one bill was made of the new service."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReverseSwitch:
    """Row 5d, by billing: the switch should not have been made."""

    reason: ReversalReason


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionRead:
    """Row 5c, in the back office: a read that the crew brought is doubted. register: absent where all of them are."""

    serial: MeterSerial
    register: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectRead:
    """Row 5c, in the back office: the reads as they are, also where they were right. By register, Wh."""

    closing_wh: Mapping[str, int]
    opening_wh: Mapping[str, int]
