"""`evenroll event`: events of a program, as the provider's program manager calls, cancels and settles them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, may
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from evenroll.runtime.account import account_name
from evenroll.runtime.cli_act import said_values
from evenroll.runtime.cli_exit import not_found, refused, wrong_use
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import local, zone_names, zone_of

if TYPE_CHECKING:
    from evenroll.enrollment.program_event import ProgramEvent

_ACTS = {
    "call": CommandName.CALL_EVENT,
    "cancel": CommandName.CANCEL_EVENT,
    "settle": CommandName.SETTLE_EVENT,
}


def event(
    target: Annotated[
        str, typer.Argument(metavar="[PROGRAM|EVENT]", help="The program whose events are meant, or one event.")
    ] = "",
    act: Annotated[str, typer.Argument(metavar="[call|cancel|settle]", help="Without it: the events there are.")] = "",
    values: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What is said with it.")] = None,
    role: Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")] = StaffRole.PROGRAM_MANAGER,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Call an event of a program, cancel or settle one, or list them.

    Example: evenroll --demo event LE-EV-PEAK call starts_at=2026-07-15T16:00 hours=2
    """
    output = Output(json=asked.json)
    if not act:
        _list(target, OrganizationKey(organization), output)
        return
    name = _ACTS.get(act.strip().casefold())
    if name is None or not target:
        raise wrong_use(
            "An event is called for a program, and cancelled or settled by its number: call, cancel, settle."
        )
    acting = Role(role.value)
    if not may(acting, command=name):
        roles = ", ".join(sorted(each.value for each in COMMANDS[name].roles))
        raise refused(f"{acting.value} may not give {name.value}; it is for {roles}.", reason="not_allowed")
    with session():
        now = business_now()
        books = _books(target, OrganizationKey(organization))
        who = Actor(key=ActorKey(actor or f"terminal/{account_name()}"), role=acting, organization=books)
        refuse_stranger(who)
        done = _give(target, name, said=said_values(values or ()), who=who, now=now)
    output.data(done)
    output.say(f"{name.value} is done: event {done['event']} is {done['state']}.")


def _books(target: str, organization: OrganizationKey) -> OrganizationKey:
    """In whose books the program or the event is."""
    from evenroll.records.program_events import events_of
    from evenroll.records.program_shelf import program_versions

    keys = organizations_here(organization)
    for program in program_versions(ProgramKey(target)):
        if program.organization in keys:
            return program.organization
    for key in keys:
        if any(each.number == target for each in events_of(key)):
            return key
    raise not_found(
        f"No program and no event is called {target} here. Check it: evenroll event.", reason="event_unknown"
    )


def _give(target: str, name: CommandName, *, said: dict[str, str], who: Actor, now: datetime) -> dict[str, Any]:
    from evenroll.runtime.cli_payload import asked_with, placed
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.driver import run_until_idle
    from evenroll.worker.giving import give

    zone = zone_of(who.organization)
    today = now.astimezone(zone).date()
    values = placed(name, said, zone=zone, today=today)
    command = asked_with(name, number=target, values=values, form=None, now=now, today=today)
    installation = wired_installation()
    answer = give(installation, actor=who, name=name, asked=command, now=now)
    if isinstance(answer, Refusal):
        sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
        raise refused(sentence, reason=answer.code.value)
    run_until_idle(installation, now=now)
    return {
        "event": answer.number,
        "command": name.value,
        "organization": who.organization,
        "state": answer.state,
        "events": list(answer.events),
    }


def _list(target: str, organization: OrganizationKey, output: Output) -> None:
    from evenroll.records.program_events import events_of

    with session():
        found = [
            (key, each)
            for key in organizations_here(organization)
            for each in events_of(key)
            if target in ("", each.program, each.number)
        ]
        zones = {key: zone_of(key) for key, _ in found}
    output.data({"events": [_told(key, each) for key, each in found]})
    if not found:
        output.say("No event was called here.")
        return
    output.table(
        ("event", "program", "books of", "from", "to", "state"),
        [
            (
                each.number,
                each.program,
                key,
                f"{local(each.starts_at, zone=zones[key])} {zone_names((each.starts_at,), zone=zones[key])}",
                local(each.ends_at, zone=zones[key]),
                render(each.state, language=Language.EN),
            )
            for key, each in found
        ],
    )


def _told(organization: OrganizationKey, event: ProgramEvent) -> dict[str, Any]:
    return {
        "event": event.number,
        "program": event.program,
        "organization": organization,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "state": event.state.value,
    }
