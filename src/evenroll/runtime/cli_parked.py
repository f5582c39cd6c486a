"""`evenroll parked`: messages that could not be taken or delivered: listed, taken once more, or put away."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.ports.delivery import DropReason
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.runtime.cli_exit import not_found, refused
from evenroll.runtime.cli_member import books_of
from evenroll.runtime.cli_notices import parked_notices
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import local, zone_names, zone_of

LIMIT = 200
MAY_DROP = frozenset({Role.SUPERVISOR, Role.REGISTRY_OPERATOR})


def list_parked(
    organization: OrganizationOption = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many an organization.")] = LIMIT,
    dropped: Annotated[bool, typer.Option("--dropped", help="Those put away: who did it, when, and why.")] = False,
) -> None:
    """List the messages that are parked, with the reason; or those that were put away, with who did it.

    Example: evenroll --demo parked list
    """
    output = Output(json=asked.json)
    if not dropped:
        tell_parked(output, organization, limit=limit)
        return
    from evenroll.records import inbox
    from evenroll.records.organizations import open_organization

    found: list[dict[str, Any]] = []
    with session():
        for key in organizations_here(organization):
            with open_organization(key):
                told = inbox.dropped()[:limit]
            found += [{"organization": key, "by": by, "at": at, **said} for by, at, said in told]
    output.data({"dropped": found})
    if not found:
        output.say("No message was put away.")
        return
    columns = ("organization", "by", "at", "kind", "conversation", "parked", "reason", "message")
    output.table(columns, [tuple(str(each[column]) for column in columns) for each in found])


def retry(
    message: Annotated[str, typer.Argument(metavar="[MESSAGE]", help="Its id; without it every one.")] = "",
) -> None:
    """Take parked messages once more, when what was in their way is mended, and tell what became of each.

    Example: evenroll --demo parked retry
    """
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.driver import run_until_idle
    from evenroll.worker.parked import retry_parked

    output = Output(json=asked.json)
    with session():
        organizations_here()
        now, installation = business_now(), wired_installation()
        told = [asdict(each) for each in retry_parked(installation, now=now, only=message)]
        run_until_idle(installation, now=now)
    if message and not told:
        raise _no_such(message)
    output.data({"retried": told})
    if not told:
        output.say("No message is parked.")
        return
    columns = ("organization", "box", "other", "conversation", "kind", "outcome", "why", "message_id")
    output.table(columns, [tuple(each[column] for column in columns) for each in told])


def drop(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="The id of the message.")],
    reason: Annotated[DropReason, typer.Option("--reason", help="Why it needs no effect any more.")],
    role: Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")] = StaffRole.SUPERVISOR,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Put a parked message away without an effect. Who did it is kept, with the reason.

    Example: evenroll --demo parked drop lakeland-electric/EV-7K3M9-QXT2H-WPCF/3 --reason obsolete
    """
    from evenroll.worker.parked import drop_parked

    if Role(role.value) not in MAY_DROP:
        allowed = ", ".join(sorted(each.value for each in MAY_DROP))
        raise refused(f"{role.value} may not put a message away; it is for {allowed}.", reason="not_allowed")
    output, who = Output(json=asked.json), ActorKey(actor or f"terminal/{role.value}")
    with session():
        now = business_now()
        gone = [
            {"organization": key, "box": box.value}
            for key in books_of(organizations_here(organization), actor=who, role=Role(role.value))
            for box in drop_parked(key, message, by=who, reason=reason, now=now)
        ]
    if not gone:
        raise _no_such(message)
    output.data({"dropped": gone, "message": message, "reason": reason.value, "by": who})
    said = render(reason, language=Language.EN)
    output.say(f"{message} is put away without an effect: {said}. `evenroll parked list --dropped` tells who did it.")


def _no_such(message: str) -> Exception:
    return not_found(f"No message {message} is parked here. `evenroll parked list` shows those that are.")


def tell_parked(output: Output, organization: str, *, limit: int) -> None:
    """List what is parked, received and not delivered."""
    with session():
        found: list[dict[str, Any]] = []
        for key in organizations_here(organization):
            found += _parked(key, limit=limit)
            found += parked_notices(key, limit=limit)
        zones = {each["organization"]: zone_of(each["organization"]) for each in found}
    output.data({"parked": found})
    if not found:
        output.say("No message is parked.")
        return
    columns = ("organization", "box", "other", "conversation", "kind", "why", "since", "message")
    shown = [{**each, "since": _with_zone(each["since"], zones[each["organization"]])} for each in found]
    output.table(columns, [tuple(each[column] for column in columns) for each in shown])
    output.say("When what was in the way is mended, take them once more: evenroll parked retry")
    if any(each["box"] == "notice" for each in found):
        output.say("Notices to customers are sent once more by: evenroll notices retry")


def _with_zone(at: datetime, zone: ZoneInfo) -> str:
    return f"{local(at, zone=zone)} {zone_names((at,), zone=zone)}"


def _parked(key: OrganizationKey, *, limit: int) -> list[dict[str, Any]]:
    """The parked messages of one organization, received and not delivered, the oldest first."""
    from evenroll.records.models import InboxMessage, OutboxMessage
    from evenroll.records.organizations import open_organization

    with open_organization(key):
        received = InboxMessage.objects.exclude(parked_why="").order_by("id")[:limit]
        kept = OutboxMessage.objects.exclude(parked_why="").order_by("id")[:limit]
        told = [("inbox", row.sender, row.received_at, row) for row in received]
        told += [("outbox", row.receiver, row.written_at, row) for row in kept]
        return [
            {
                "organization": key,
                "box": box,
                "other": other,
                "conversation": row.conversation,
                "kind": row.kind,
                "why": row.parked_why,
                "since": since,
                "message": row.message_id,
            }
            for box, other, since, row in told
        ]
