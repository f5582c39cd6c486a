"""`evenroll status`: how much is where, and whether anything is stuck."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import evenroll
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import local, zone_names, zone_of


def status(organization: OrganizationOption = "") -> None:
    """Show cases by state, waits by role, what is due and overdue, and messages that wait or are parked.

    Example: evenroll --demo status
    """
    output = Output(json=asked.json)
    with session():
        now = business_now()
        found = [_told(key, now=now) for key in organizations_here(organization)]
        clock = _clock(now, [each["organization"] for each in found])
    output.data({"version": evenroll.__version__, "database": asked.database, "now": now, "organizations": found})
    output.say(f"Evenroll {evenroll.__version__}, database {asked.database}, business clock {clock}")
    output.table(
        (
            "organization",
            "cases",
            "open orders",
            "usage points",
            "due now",
            "to send",
            "parked",
            "journal entries",
            "not sealed",
        ),
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
                f"{each['not_sealed']} ({each['seal_lag_seconds']} s)" if each["not_sealed"] else "",
            )
            for each in found
        ],
    )
    _show_waits(found, output)
    states: Counter[str] = Counter()
    for each in found:
        states.update(each["cases"])
    output.heading("Cases by state")
    output.table(("state", "cases"), sorted(states.items()))


def _clock(now: datetime, organizations: list[str]) -> str:
    """The business clock in the local time of each territory, with its abbreviation."""
    zones = dict.fromkeys(zone_of(each) for each in organizations)
    return " · ".join(f"{local(now, zone=zone)} {zone_names((now,), zone=zone)}" for zone in zones)


def _show_waits(found: list[dict[str, Any]], output: Output) -> None:
    waits: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for each in found:
        waits.update(each["waits"])
        overdue.update(each["overdue"])
    output.heading("Waits by role")
    output.table(("role", "waits", "overdue"), [(role, waits[role], overdue[role]) for role in sorted(waits)])


def _told(key: OrganizationKey, *, now: datetime) -> dict[str, Any]:
    from evenroll.records import models as m
    from evenroll.records.organizations import open_organization
    from evenroll.records.sealing import waiting

    unsealed = waiting(key)
    with open_organization(key):
        waits = m.TrackRecord.objects.filter(due_at__isnull=False, owner__isnull=False)
        return {
            "organization": key,
            "cases": dict(Counter(m.CaseRecord.objects.values_list("status", flat=True))),
            "open_orders": m.ServiceOrderRecord.objects.filter(status="open").count(),
            "usage_points": m.UsagePoint.objects.count(),
            "due_now": waits.filter(due_at__lte=now).count(),
            "waits": dict(Counter(waits.values_list("owner", flat=True))),
            "overdue": dict(Counter(waits.filter(due_at__lt=now).values_list("owner", flat=True))),
            "to_send": m.OutboxMessage.objects.filter(due_at__isnull=False).count(),
            "parked": m.InboxMessage.objects.exclude(parked_why="").count()
            + m.OutboxMessage.objects.exclude(parked_why="").count(),
            "journal_entries": m.JournalEntry.objects.count(),
            "not_sealed": unsealed.entries,
            "seal_lag_seconds": unsealed.seconds,
        }
