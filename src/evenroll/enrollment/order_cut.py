"""The cut between two services: the agreement that ends, its reads, and where its last bill begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.order_facts import OrderFacts
from evenroll.enrollment.point_events import closes_nothing
from evenroll.enrollment.usage_point import Agreement, MeterReads
from evenroll.programs.program import ServiceChange


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """The agreement that ends, and the reads at which it does; absent where nothing is metered."""

    before: Agreement
    closing: MeterReads | None
    opening: MeterReads | None


def closing_from(change: ServiceChange, before: Agreement, *, switch_on: date, facts: OrderFacts) -> date | None:
    """The last scheduled read before the switch, as the bills before it ended there, but not before the agreement."""
    if closes_nothing(before, on=switch_on, change=change):
        return None
    return max([before.start_on, *(day for day in facts.scheduled_reads if day < switch_on)])
