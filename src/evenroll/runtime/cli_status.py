"""`evenroll status`: how much is where, whether anything is stuck, and what a person has to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

import evenroll
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.quantities.money import ZERO
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.health import Line, Verdict, judged, overdue_seconds, to_send_seconds, verdict_of
from evenroll.runtime.health_facts import (
    BookSizes,
    HealthFacts,
    OrganizationFacts,
    bare_facts,
    book_sizes,
    health_facts,
    migration_facts,
)
from evenroll.runtime.health_limits import limits_of
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import local, zone_names, zone_of

PIPED_WIDTH = 100
"""What it says is mailed and kept by monitors: so wide are its tables where no terminal says how wide it is."""


def status(
    organization: OrganizationOption = "",
    limit: Annotated[
        list[str] | None,
        typer.Option("--limit", metavar="NAME=LOOK/ACT", help="Another limit, such as overdue_seconds=900/3600."),
    ] = None,
) -> None:
    """Show whether a person must act, and on what; then cases by state, waits by role, messages, the journal.

    Ends with code 6 where a person must act, else 0. Changes nothing, not even old tables.
    Example: evenroll --demo status
    """
    output = Output(json=asked.json)
    limits = limits_of(limit or ())
    with session(migrates=False):
        migrations = migration_facts()
        if migrations.pending:
            facts = bare_facts(migrations)
        else:
            facts = health_facts(_looked_at(organization), migrations=migrations)
        here = [each.organization for each in facts.organizations]
        clock, sizes = _clock(facts.now, here), book_sizes(here)
    lines = judged(facts, limits=limits)
    verdict = verdict_of(lines)
    output.data(_data(facts, lines, sizes))
    output.say(f"Evenroll {evenroll.__version__}, database {asked.database}, business clock {clock}".rstrip())
    _show_lines(lines, output)
    _show_organizations(facts, sizes, output)
    if verdict is Verdict.ACT:
        raise typer.Exit(ExitCode.MUST_ACT)


def _looked_at(organization: str) -> Sequence[OrganizationKey]:
    """The organizations that status tells of; none in an installation that nobody has set up yet."""
    from evenroll.records.organizations import organization_keys

    return organizations_here(organization) if organization or organization_keys() else ()


def _show_lines(lines: Sequence[Line], output: Output) -> None:
    output.heading(
        {
            Verdict.OK: "All is well: nothing to do.",
            Verdict.LOOK: "It runs; somebody should look by day.",
            Verdict.ACT: "A person must act now.",
        }[verdict_of(lines)]
    )
    output.table(
        ("check", "verdict", "what was found", "what to do"),
        [(each.check.value, each.verdict.value, each.found, each.to_do) for each in lines],
        piped_width=PIPED_WIDTH,
    )


def _show_organizations(facts: HealthFacts, sizes: Mapping[OrganizationKey, BookSizes], output: Output) -> None:
    if not facts.organizations:
        return
    output.heading("Organizations")
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
                each.organization,
                sum(each.cases.values()),
                sizes[each.organization].open_orders,
                sizes[each.organization].usage_points,
                _due(each),
                each.boxes.to_send,
                each.boxes.inbox_parked + each.boxes.outbox_parked,
                sizes[each.organization].journal_entries,
                f"{each.not_sealed} ({each.seal_seconds} s)" if each.not_sealed else "",
            )
            for each in facts.organizations
        ],
        piped_width=PIPED_WIDTH,
    )
    _show_waits(facts, output)
    states: Counter[str] = Counter()
    for each in facts.organizations:
        states.update(each.cases)
    output.heading("Cases by state")
    output.table(("state", "cases"), sorted(states.items()))


def _clock(now: datetime, organizations: Sequence[str]) -> str:
    """The business clock in the local time of each territory, with its abbreviation."""
    zones = dict.fromkeys(zone_of(each) for each in organizations) or (ZoneInfo("UTC"),)
    return " · ".join(f"{local(now, zone=zone)} {zone_names((now,), zone=zone)}" for zone in zones)


def _show_waits(facts: HealthFacts, output: Output) -> None:
    waits: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    for each in facts.organizations:
        waits.update(each.waits)
        overdue.update({role: lapsed.count for role, lapsed in each.overdue.items()})
    output.heading("Waits by role")
    output.table(
        ("role", "waits", "overdue"), [(role, waits[role], overdue[role]) for role in sorted({*waits, *overdue})]
    )


def _due(each: OrganizationFacts) -> int:
    return sum(lapsed.count for lapsed in each.overdue.values())


def _data(facts: HealthFacts, lines: Sequence[Line], sizes: Mapping[OrganizationKey, BookSizes]) -> dict[str, Any]:
    """docs/command_line.md tells the keys to whoever reads them by machine; they are only added to."""
    server = asdict(facts.server)
    return {
        "version": evenroll.__version__,
        "database": asked.database,
        "now": facts.now,
        "verdict": verdict_of(lines),
        "checks": [{**asdict(each), "verdict": each.verdict.value} for each in lines],
        "clock": {
            "business": facts.now,
            "machine": facts.wall,
            "database": server.pop("now"),
            "seconds_ahead": facts.clock_seconds,
            "demo": facts.demo,
        },
        "migrations": asdict(facts.migrations),
        "server": server,
        "disk": asdict(facts.disk),
        "workers": [asdict(each) for each in facts.workers],
        "organizations": [_told(each, sizes[each.organization], now=facts.now) for each in facts.organizations],
    }


def _told(each: OrganizationFacts, sizes: BookSizes, *, now: datetime) -> dict[str, Any]:
    boxes = each.boxes
    return {
        "organization": each.organization,
        "cases": each.cases,
        "open_orders": sizes.open_orders,
        "usage_points": sizes.usage_points,
        "due_now": _due(each),
        "waits": each.waits,
        "overdue": {role: lapsed.count for role, lapsed in each.overdue.items()},
        "overdue_since": {role: lapsed.oldest_at for role, lapsed in each.overdue.items()},
        "overdue_seconds": overdue_seconds(each, now=now),
        "to_send": boxes.to_send,
        "to_send_since": boxes.to_send_since,
        "to_send_seconds": to_send_seconds(each, now=now),
        "retried": boxes.retried,
        "parked": boxes.inbox_parked + boxes.outbox_parked,
        "inbox_parked": boxes.inbox_parked,
        "inbox_parked_since": boxes.inbox_parked_since,
        "outbox_parked": boxes.outbox_parked,
        "outbox_parked_since": boxes.outbox_parked_since,
        "notices_owed": each.notices.owed,
        "notices_owed_since": each.notices.owed_since,
        "notices_retried": each.notices.retried,
        "notices_parked": each.notices.parked,
        "late_credits": sum(late.count for late in each.late_credits),
        "late_credits_since": min((late.since for late in each.late_credits), default=None),
        "late_credits_usd": sum((late.usd for late in each.late_credits), ZERO),
        "long_waits": each.long_waits.count if each.long_waits else 0,
        "long_waits_since": each.long_waits.oldest_at if each.long_waits else None,
        "journal_entries": sizes.journal_entries,
        "not_sealed": each.not_sealed,
        "seal_lag_seconds": each.seal_seconds,
    }
