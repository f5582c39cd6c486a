"""The events of leaving a program: asked, the utility's return to the standard rate, the lock-out, a program closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.case import EndReason
from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.messages import RequestRefusal
from evenroll.programs.bill import Bill
from evenroll.quantities.identifiers import OrderNumber, OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveAsked(Event):
    """Action: the enrollment is to end. because: as it was said; not_before_on: the day that was wished for.

    asked_on: the day. next_at: when the next act of the active enrollment was due, for one that stays after all.
    """

    reason: EndReason
    asked_on: date
    because: LeaveReason | None = None
    not_before_on: date | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnAsked(Event):
    """Action: the utility was asked to switch service back to its standard rate."""

    order: OrderNumber
    utility: OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnNeeded(Event):
    """Action: service has to be switched back as well; the utility is asked once the order before is done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnAnswered(Event):
    """Action: the utility takes the return, or refuses it with the reason."""

    accepted: bool
    reason: RequestRefusal = RequestRefusal.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnDated(Event):
    """Action: the day on which service switches back, as the utility told it."""

    switch_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnMade(Event):
    """Action: service switched back."""

    switch_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnBilled(Event):
    """Action: the closing bill of the program's rate, or the first of the standard one."""

    bill: Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnCancelled(Event):
    """Action: the utility was asked not to switch service back after all."""

    order: OrderNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class Stayed(Event):
    """Action: the customer stays after all; the enrollment goes on as before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockoutSet(Event):
    """Action: the first day on which this customer may enroll in the program again."""

    until_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramCloseTold(Event):
    """Action: the program closes; the enrollment ends on that day."""

    closes_on: date
