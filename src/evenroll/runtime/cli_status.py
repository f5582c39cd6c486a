"""`evenroll status`: how much is where, and whether anything is stuck."""

from __future__ import annotations

from collections import Counter
from typing import Any

import evenroll
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output


def status(organization: OrganizationOption = "") -> None:
    """Show cases by state, what is due, and messages that wait or are parked.

    Example: evenroll --demo status
    """
    output = Output(json=asked.json)
    with session():
        now = business_now()
        found = [_told(key, now=now) for key in organizations_here(organization)]
    output.data({"version": evenroll.__version__, "database": asked.database, "now": now, "organizations": found})
    output.say(f"Evenroll {evenroll.__version__}, database {asked.database}, business clock {now:%Y-%m-%d %H:%M} UTC")
    output.table(
        ("organization", "cases", "open orders", "usage points", "due now", "to send", "parked", "journal entries"),
        [
            (
                each["organization"],
                sum(each["cases"].values()),
                each["open_orders"],
                each["usage_points"],
                each["due_now"],
                each["to_send"],
                each["parked"],
                each["journal_entries"],
            )
            for each in found
        ],
    )
    states: Counter[str] = Counter()
    for each in found:
        states.update(each["cases"])
    output.heading("Cases by state")
    output.table(("state", "cases"), sorted(states.items()))


def _told(key: OrganizationKey, *, now: Any) -> dict[str, Any]:
    from evenroll.records import models as m
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        return {
            "organization": key,
            "cases": dict(Counter(m.CaseRecord.objects.values_list("status", flat=True))),
            "open_orders": m.ServiceOrderRecord.objects.filter(status="open").count(),
            "usage_points": m.UsagePoint.objects.count(),
            "due_now": m.TrackRecord.objects.filter(due_at__lte=now, owner__isnull=False).count(),
            "to_send": m.OutboxMessage.objects.filter(due_at__isnull=False).count(),
            "parked": m.InboxMessage.objects.exclude(parked_why="").count()
            + m.OutboxMessage.objects.exclude(parked_why="").count(),
            "journal_entries": m.JournalEntry.objects.count(),
        }
