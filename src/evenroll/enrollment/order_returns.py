"""An order that only switches service back to the standard rate: what must be in force, and what follows it."""

from __future__ import annotations

from datetime import date

from evenroll.enrollment.messages import MeterRequested
from evenroll.enrollment.point_events import replaced_rate
from evenroll.enrollment.usage_point import Agreement, UsagePoint
from evenroll.programs.program import ServiceChange
from evenroll.quantities.identifiers import RateKey


def rate_in_force(request: MeterRequested, *, point: UsagePoint, on: date) -> bool:
    """Whether the program's rate is what the usage point is served at on that day."""
    agreement = point.agreement_on(on)
    return agreement is not None and is_served(request, agreement)


def is_served(request: MeterRequested, agreement: Agreement) -> bool:
    """Whether an agreement has the program's rate where its change had put it."""
    if request.service_change is ServiceChange.RIDER:
        return request.old_rate in agreement.riders
    return replaced_rate(agreement, change=request.service_change) == request.old_rate


def rates_of_switch(request: MeterRequested, before: Agreement, *, new_rate: RateKey) -> tuple[RateKey, RateKey]:
    """The rates that end and begin at a switch. Of a rider that is taken off, what begins is the rate it lay on."""
    if request.returning and request.service_change is ServiceChange.RIDER and request.old_rate is not None:
        return request.old_rate, before.rate
    return replaced_rate(before, change=request.service_change), new_rate
