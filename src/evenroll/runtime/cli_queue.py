"""`evenroll queue`: what waits on a role."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.long_waits import is_long_overdue
from evenroll.enrollment.possible_commands import possible_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.pages.part_words import track_words
from evenroll.pages.texts import render
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_parked import tell_parked
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session, typed
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_line import places_sentence
from evenroll.runtime.output_times import local, zone_names, zone_of
from evenroll.runtime.queue_credits import credit_rows

LIMIT = 200


def queue(
    role: Annotated[StaffRole | None, typer.Option("--role", help="Only what waits on this role.")] = None,
    organization: OrganizationOption = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many rows an organization.")] = LIMIT,
    parked: Annotated[bool, typer.Option("--parked", help="The messages that were parked, and why.")] = False,
) -> None:
    """List what waits on people, the most urgent first.

    Example: evenroll --demo queue --role meter_office
    """
    output = Output(json=asked.json)
    if parked:
        tell_parked(output, organization, limit=limit)
        return
    with session():
        now = business_now()
        found: list[dict[str, Any]] = []
        for key in organizations_here(organization):
            found += _waiting(key, role=role, limit=limit, now=now)
            found += credit_rows(key, role=role, limit=limit, now=now)
        found = sorted(_without_backstops(found), key=lambda each: (each["due_at"], each["number"]))
        shown = [_shown(each) for each in found]
        zones = _zones(found)
        places = _places(organization) if role in (None, StaffRole.PROGRAM_MANAGER) else []
    output.data({"now": now, "waiting": found, "places": [sentence for _, sentence in places]})
    for _, sentence in places:
        output.say(sentence)
    for program in sorted({program for program, _ in places}):
        output.say(f"The list in its order: {typed(f'line {program}')}")
    if not found:
        output.say("Nothing waits." if role is None else f"Nothing waits on {role.value.replace('_', ' ')}.")
        return
    heads = ("organization", "record", "number", "track", "state", "waits on")
    output.table((*heads, f"since ({zones})", f"due ({zones})", "overdue", "can be done"), shown)


def _shown(each: dict[str, Any]) -> tuple[object, ...]:
    """A wait as people read it, in the local time of the organization's territory."""
    zone = zone_of(each["organization"])
    return (
        each["organization"],
        render(f"record.{each['record']}", language=Language.EN),
        each["number"],
        _track(each),
        render(f"{'credit_duty' if 'credits' in each else 'state'}.{each['state']}", language=Language.EN),
        each["role"],
        local(each["since"], zone=zone),
        local(each["due_at"], zone=zone),
        each["overdue"],
        ", ".join(each["commands"]),
    )


def _track(each: dict[str, Any]) -> str:
    """Credits are counted by case and act, and stand on no track of their own."""
    return each["track"] if "credits" in each else track_words(each["track"], language=Language.EN)


def _zones(found: list[dict[str, Any]]) -> str:
    names = (
        zone_names((each[key] for each in found if each["organization"] == organization), zone=zone_of(organization))
        for organization in dict.fromkeys(each["organization"] for each in found)
        for key in ("since", "due_at")
    )
    return "/".join(dict.fromkeys(name for each in names for name in each.split("/")))


def _without_backstops(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the supervisor's long look at enrolled cases of whom somebody else owes the next act."""
    from evenroll.intake.outcomes import live_waits
    from evenroll.records.organizations import open_organization

    looked_at = {each["number"] for each in found if each["backstop"]}
    busy: set[str] = set()
    for key in organizations_here() if looked_at else ():
        with open_organization(key):
            busy |= {
                number for number, waits in live_waits(looked_at).items() if any(not each.backstop for each in waits)
            }
    return [
        {key: value for key, value in each.items() if key != "backstop"}
        for each in found
        if not (each["backstop"] and each["number"] in busy)
    ]


def _places(organization: str) -> list[tuple[str, str]]:
    """The programs with a cap, and how many of their places are taken and waited for."""
    from evenroll.records.program_lines import places_told
    from evenroll.records.queries import Viewer

    return [
        (each.program, places_sentence(each, language=Language.EN))
        for key in organizations_here(organization)
        for each in places_told(Viewer(organization=key, role=Role.PROGRAM_MANAGER))
    ]


def _waiting(key: OrganizationKey, *, role: StaffRole | None, limit: int, now: datetime) -> list[dict[str, Any]]:
    from evenroll.intake.outcomes import is_backstop
    from evenroll.records.desk_queue import visits_due
    from evenroll.records.models import TrackRecord
    from evenroll.records.organizations import open_organization

    with open_organization(key) as opened:
        rows = TrackRecord.objects.filter(owner__isnull=False, due_at__isnull=False).exclude(owner="system")
        if role is not None:
            rows = rows.filter(owner=role.value)
        if role is StaffRole.METER_CREW:
            # As in its queue on the web: the visits of today.
            after, until = visits_due(opened.calendar.business_date(now), calendar=opened.calendar)
            rows = rows.filter(due_at__gt=after, due_at__lte=until)
        return [
            {
                "organization": key,
                "record": row.stream_kind,
                "number": row.stream_key,
                "track": row.track_key,
                "state": row.state,
                "role": row.owner,
                "since": row.since,
                "due_at": row.due_at,
                "on_lapse": row.on_lapse,
                "overdue": _is_late(row, now=now),
                "commands": _commands(row.track, row.state, row.owner),
                "backstop": is_backstop(track=row.track, state=row.state, times=row.times),
            }
            for row in rows.order_by("due_at", "stream_key")[:limit]
        ]


def _is_late(row: Any, *, now: datetime) -> bool:
    """row: of the table of tracks. What the supervisor has for long is late, however often its date was renewed."""
    owner = Role(row.owner) if row.owner else None
    return row.due_at < now or is_long_overdue(
        owner=owner, state=State(row.state), times=row.times, since=row.since, now=now
    )


def _commands(track: str, state: str, owner: str | None) -> list[str]:
    role = Role(owner) if owner else None
    return [each.value for each in possible_commands([(Track(track), State(state))], role=role)]
