"""`evenroll act`: a command that a customer or a member of the staff gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.form import Language
from evenroll.enrollment.possible_commands import helps_at, possible_commands
from evenroll.enrollment.roles import Actor, Role
from evenroll.enrollment.tracks import State
from evenroll.intake.said_values import EXAMPLES
from evenroll.pages.texts import render
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrderNumber, OrganizationKey
from evenroll.runtime.account import account_name
from evenroll.runtime.cli_cures import what_mends
from evenroll.runtime.cli_exit import CommandEnded, ExitCode, not_found, refused, unavailable, wrong_use
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_numbers import Meant, meant_by, read_number
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import zone_of

if TYPE_CHECKING:
    from evenroll.runtime.cli_case_view import CaseView, Told


def act(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The number of the case, or of its service order.")],
    command: Annotated[
        str, typer.Argument(metavar="[COMMAND]", help="What to do, such as withdraw; without it: what can be done now.")
    ] = "",
    values: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What is said with it.")] = None,
    role: Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")] = StaffRole.CUSTOMER,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Give a command to a case or to its service order; without a command, list what can be done now.

    Example: evenroll --demo act EV-7K3M9-QXT2H-WPCF book_visit visit_on=2026-03-09 --as meter_office
    """
    number = read_number(case)
    output = Output(json=asked.json)
    if not command:
        _list(number, OrganizationKey(organization), output)
        return
    name, acting = _command(command), Role(role.value)
    if not may(acting, command=name):
        roles = ", ".join(sorted(each.value for each in COMMANDS[name].roles))
        raise refused(f"{acting.value} may not give {name.value}; it is for {roles}.", reason="not_allowed")
    said = said_values(values or ())
    with session():
        now = business_now()
        who = Actor(
            key=ActorKey(actor or f"terminal/{account_name()}"), role=acting, organization=OrganizationKey(organization)
        )
        done = _give(number, name, said=said, who=who, now=now)
    output.data(done)
    told, stands = render(name, language=Language.EN), render(State(done["state"]), language=Language.EN)
    output.say(f"“{told}” is done: {done['record'].replace('_', ' ')} {done['number']} stands at “{stands}”.")
    output.say(*(f"- {each}" for each in done["sentences"]))


def _list(number: CaseNumber | OrderNumber, organization: OrganizationKey, output: Output) -> None:
    """What can be done now, by role, with values to begin from."""
    from evenroll.enrollment.possible_commands import commands_by_role

    with session():
        _, view = _view(number, organization)
    found = commands_by_role(_states(view), case=view.case)
    listed = [(role.value, name, EXAMPLES.get(name, "")) for role, names in found.items() for name in names]
    output.data(
        {
            "case": view.case.number,
            "possible": [{"role": role, "command": name.value, "example": values} for role, name, values in listed],
        }
    )
    if not listed:
        output.say("Nothing can be done now by a person: the case is finished, or goes on by itself.")
        return
    output.table(
        ("--as", "command", "what it does", "values, for example"),
        [(role, name.value, render(name, language=Language.EN), values) for role, name, values in listed],
    )


def _view(number: CaseNumber | OrderNumber, organization: OrganizationKey) -> tuple[Meant, CaseView]:
    """organization: the only books to look in; empty for all that are here."""
    from evenroll.runtime.cli_case_view import view_case

    keys = organizations_here(organization)
    meant = meant_by(number, organizations=keys)
    view = view_case(meant.case, organizations=keys, language=Language.EN)
    if view is None:
        raise not_found(f"No case {meant.case} is in these books. Check its number.", reason="case_unknown")
    return meant, view


def _give(
    number: CaseNumber | OrderNumber, name: CommandName, *, said: Mapping[str, str], who: Actor, now: datetime
) -> dict[str, Any]:
    """who.organization: the only books to look in; empty for all that are here."""
    from evenroll.runtime.cli_payload import asked_with, placed
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.asking import PartnerNotReached
    from evenroll.worker.driver import run_until_idle
    from evenroll.worker.giving import give

    here = who.organization
    meant, view = _view(number, here)
    record, target, books = _target(view, name, meant)
    zone = zone_of(books)
    today = now.astimezone(zone).date()
    mended_by = what_mends(view.case, view.findings) if name is CommandName.GIVE_CURE and not said else ""
    if mended_by:
        raise wrong_use(f"give_cure needs the values that mend the case, and none was said. {mended_by}")
    asked = asked_with(
        name,
        number=target,
        values=placed(name, said, zone=zone, today=today),
        form=view.case.form,
        now=now,
        today=today,
    )
    refuse_stranger(replace(who, organization=books))
    installation = wired_installation()
    try:
        answer = give(installation, actor=replace(who, organization=books), name=name, asked=asked, now=now)
    except PartnerNotReached as away:
        raise unavailable(str(away), reason="partner_away") from None
    if isinstance(answer, Refusal):
        # Read anew: another hand may have been faster, and that is why it was refused.
        raise _refusal(answer, _view(number, here)[1], acting=who.role, name=name)
    run_until_idle(installation, now=now)
    after = _view(number, here)[1]
    if answer.events and all(each.endswith("_held") for each in answer.events):
        raise _held(after, answer.events[-1])
    return {
        "case": after.case.number,
        "command": name.value,
        "organization": books,
        "record": record.value,
        "number": answer.number,
        "state": _state(after, target, name) or answer.state,
        "events": list(answer.events),
        "sentences": sentences_of(answer.events, timeline=after.timeline),
    }


def sentences_of(events: Sequence[str], *, timeline: Sequence[Told]) -> list[str]:
    """What came of a command as its timeline tells it, with days and amounts: the last line of each of its events."""
    last = {each.event: each.sentence for each in timeline}
    return [last[event] for event in dict.fromkeys(events) if event in last]


def _state(view: CaseView, number: str, name: CommandName) -> str:
    """Where the record stands when what follows by itself is done; "" where it is seen no more."""
    if number == view.case.number:
        return view.case.status.value
    order = next((each for each in view.orders if each.number == number), None)
    if order is None:
        return ""
    return (order.service if helps_at(name, Track.SERVICE) else order.meter).state.value


def _held(view: CaseView, event: str) -> CommandEnded:
    """Nothing was switched or billed, and that is no success."""
    told = next((each.sentence for each in reversed(view.timeline) if each.event == event), "It was held back")
    return refused(f"{told}.", reason=event)


def _target(view: CaseView, name: CommandName, meant: Meant) -> tuple[Record, str, OrganizationKey]:
    """The record that takes the command, its number, and in whose books it is."""
    record = COMMANDS[name].record
    match record:
        case Record.CASE:
            return record, view.case.number, view.case.organization
        case Record.SERVICE_ORDER:
            if meant.order is not None and meant.utility is not None:
                return record, meant.order, meant.utility
            if view.case.order is None or not view.orders:
                raise refused(
                    f"Case {view.case.number} has no service order yet, so {name.value} has nothing to act on. "
                    f"{_possible(view)}",
                    reason="no_order",
                )
            return record, view.case.order.number, view.case.order.utility
        case Record.PROGRAM_EVENT:
            raise wrong_use(f"{name.value} is given to a program or its event, not to a case. See evenroll event -h.")
        case Record.PROGRAM_PLACE:
            raise wrong_use(f"{name.value} is given to a program, not to a case: evenroll cap PROGRAM --places 200")
        case Record.SUPPLY_REQUEST:
            raise wrong_use(f"{name.value} is given to a request in the registrar's own books, not to a case.")
        case _:
            raise wrong_use(f"{name.value} is given to usage points when they are loaded, not to a case.")


def _refusal(answer: Refusal, view: CaseView, *, acting: Role, name: CommandName) -> CommandEnded:
    sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
    told = _possible(view, acting, refused_now=name)
    if answer.code is RefusalCode.PROGRAM_NOT_OFFERED and view.case.shown:
        told = f"Shown were {', '.join(each.program for each in view.case.shown)}. {told}"
    return CommandEnded(f"{sentence} {told}", code=ExitCode.REFUSED, reason=answer.code.value)


def _possible(view: CaseView, acting: Role | None = None, *, refused_now: CommandName | None = None) -> str:
    """Who is waited on, and for what, as the next thing that helps; what was refused just now is not named."""
    if not view.waiting:
        return "The case is finished; nobody is waited on."
    first = view.waiting[0].track
    owner = render(first.owner, language=Language.EN) if first.owner else "nobody"
    now = f"{render(first.track, language=Language.EN)} ({render(first.state, language=Language.EN)}) waits on {owner}."
    names = [each for each in possible_commands(_states(view), role=acting, case=view.case) if each is not refused_now]
    if not names:
        return now
    who = f"as {acting.value}" if acting else "by somebody"
    return f"{now} Possible now {who}: {', '.join(each.value for each in names)}."


def _states(view: CaseView) -> list[tuple[Track, State]]:
    return [(each.track.track, each.track.state) for each in view.live]


def _command(text: str) -> CommandName:
    name = text.strip().lower().replace("-", "_")
    try:
        return CommandName(name)
    except ValueError:
        pass
    if name == "drop_supply":
        raise wrong_use(
            "drop_supply is an act of the clearinghouse's operator in its own books, and is given to no case; only the "
            "demo's script does it.",
            reason="command_unknown",
        )
    people = sorted(each.value for each in COMMANDS if COMMANDS[each].roles - {Role.SYSTEM, Role.PEER})
    near = get_close_matches(name, people, n=3)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    listing = "`evenroll act CASE` without a command lists what can be done now."
    raise wrong_use(f"There is no command {text!r}. {hint}{listing}", reason="command_unknown")


def said_values(values: Iterable[str]) -> dict[str, str]:
    """The values of KEY=VALUE words. Raises CommandEnded."""
    said: dict[str, str] = {}
    for each in values:
        key, sign, value = each.partition("=")
        if not (key and sign):
            raise wrong_use(f"{each!r} is not KEY=VALUE. Write visit_on=2026-03-09, and quotes around blanks.")
        said[key.strip()] = value.strip()
    return said
