"""What each command to a service order carries.

CANCEL_ORDER carries the message body `messages.CancelAsked`; REMIND, ESCALATE and END_CONDITION carry
`case_commands.OnTrack`; SWITCH_SERVICE and the two bills carry `case_commands.NoPayload`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.messages import MeterRequested
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    ChangeResult,
    VisitObstacle,
    VisitResult,
    VisitWindow,
)
from evenroll.enrollment.usage_point import MeterExchange
from evenroll.quantities.identifiers import OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveRequest:
    """Row 5b. requester: the sender of the message, as the door proved it."""

    request: MeterRequested
    requester: OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class BookVisit:
    """Row 5b, also to book another day."""

    visit_on: date
    window: VisitWindow = VisitWindow.ALL_DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordVisit:
    """Row 5c. exchange: for EXCHANGED; obstacle: for CANNOT_DO. visited_on: the day on which the crew was there."""

    result: VisitResult
    visited_on: date
    exchange: MeterExchange | None = None
    obstacle: VisitObstacle = VisitObstacle.OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowPermit:
    """Row 5c. document: reference to the stored permit, absent where it was seen on paper."""

    seen_on: date
    document: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordRemoteChange:
    """Row 5c. exchange: for DONE, with one serial for old and new; reason: a code, for FAILED."""

    result: ChangeResult
    changed_on: date
    exchange: MeterExchange | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompleteBackOffice:
    """Row 5c. done: what of the checklist is done."""

    done: frozenset[BackOfficeItem]


@dataclass(frozen=True, kw_only=True, slots=True)
class DateSwitch:
    """Row 5d. not_before_on: a later day than the request needs, when billing asks for one."""

    not_before_on: date | None = None
