"""The events of the end of service with a customer who moves out: asked of the utility, made, and the final bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import RequestRefusal
from evenroll.programs.bill import Bill
from evenroll.programs.supply_terms import FinalBillBy
from evenroll.quantities.identifiers import OrderNumber, OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceEndAsked(Event):
    """Action: the utility was asked for the final read and bill. vacant_on: the first day on which nobody is served."""

    order: OrderNumber
    utility: OrganizationKey
    vacant_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceEndRefused(Event):
    """Action: the utility does not take it, with the reason."""

    reason: RequestRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceEnded(Event):
    """Action: the final read was taken, and service has ended since that day."""

    vacant_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class FinalBillHeard(Event):
    """Action: the final bill, up to the last day at the premise. issued_by: who sends it, by the territory's rule."""

    bill: Bill
    issued_by: FinalBillBy


ENDING_EVENTS: tuple[type[Event], ...] = (ServiceEndAsked, ServiceEndRefused, ServiceEnded, FinalBillHeard)
"""Every event of this subject."""
