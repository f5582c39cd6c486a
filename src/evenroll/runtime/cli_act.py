"""`evenroll act`: a command that a customer or a member of the staff gives."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record, may
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, Role
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, CaseNumber, OrganizationKey, parse_case_number
from evenroll.runtime.cli_exit import CommandEnded, ExitCode, not_found, refused, unavailable, wrong_use
from evenroll.runtime.cli_options import OrganizationOption, StaffRole
from evenroll.runtime.cli_possible import possible_commands
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.runtime.cli_case_view import CaseView


def act(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case number.")],
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="What to do, such as withdraw or book_visit.")],
    values: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="What is said with it.")] = None,
    role: Annotated[StaffRole, typer.Option("--as", help="The role in which it is done.")] = StaffRole.CUSTOMER,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Give a command to a case or to its service order.

    Example: evenroll --demo act EV-7K3M9-QXT2H-WPC4 book_visit visit_on=2026-03-09 --as meter_office
    """
    number, name = parse_case_number(case), _command(command)
    acting = Role(role.value)
    if not may(acting, command=name):
        roles = ", ".join(sorted(each.value for each in COMMANDS[name].roles))
        raise refused(f"{acting.value} may not give {name.value}; it is for {roles}.", reason="not_allowed")
    said = _said(values or ())
    output = Output(json=asked.json)
    with session():
        now = business_now()
        who = Actor(
            key=ActorKey(actor or f"terminal/{_account()}"), role=acting, organization=OrganizationKey(organization)
        )
        done = _give(number, name, said=said, who=who, now=now)
    output.data(done)
    output.say(f"{name.value} is done: {done['record']} {done['number']} stands at {done['state']}.")
    for event in done["events"]:
        output.say(f"- {render(f'event.{event}', language=Language.EN)}")


def _give(
    number: CaseNumber, name: CommandName, *, said: Mapping[str, str], who: Actor, now: datetime
) -> dict[str, Any]:
    """who.organization: the only books to look in; empty for all that are here."""
    from evenroll.records.organizations import open_organization
    from evenroll.runtime.cli_case_view import view_case
    from evenroll.runtime.cli_payload import asked_with
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.asking import PartnerNotReached
    from evenroll.worker.driver import run_until_idle
    from evenroll.worker.giving import give

    view = view_case(number, organizations=organizations_here(who.organization), language=Language.EN)
    if view is None:
        raise not_found(f"No case {number} is in these books. Check its number.", reason="case_unknown")
    record, target, books = _target(view, name)
    with open_organization(books) as opened:
        today = opened.calendar.business_date(now)
    asked = asked_with(name, number=target, values=said, form=view.case.form, now=now, today=today)
    who = replace(who, organization=books)
    installation = wired_installation()
    try:
        answer = give(installation, actor=who, name=name, asked=asked, now=now)
    except PartnerNotReached as away:
        raise unavailable(str(away), reason="partner_away") from None
    if isinstance(answer, Refusal):
        raise _refusal(answer, view, who.role)
    run_until_idle(installation, now=now)
    return {
        "case": number,
        "command": name.value,
        "organization": books,
        "record": record.value,
        "number": answer.number,
        "state": answer.state,
        "events": list(answer.events),
    }


def _target(view: CaseView, name: CommandName) -> tuple[Record, str, OrganizationKey]:
    """The record that takes the command, its number, and in whose books it is."""
    record = COMMANDS[name].record
    match record:
        case Record.CASE:
            return record, view.case.number, view.case.organization
        case Record.SERVICE_ORDER:
            if view.case.order is None or not view.orders:
                raise refused(
                    f"Case {view.case.number} has no service order yet, so {name.value} has nothing to act on. "
                    f"{_possible(view)}",
                    reason="no_order",
                )
            return record, view.case.order.number, view.case.order.utility
        case _:
            raise wrong_use(f"{name.value} is given to usage points when they are loaded, not to a case.")


def _refusal(answer: Refusal, view: CaseView, acting: Role) -> CommandEnded:
    sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
    return CommandEnded(f"{sentence} {_possible(view, acting)}", code=ExitCode.REFUSED, reason=answer.code.value)


def _possible(view: CaseView, acting: Role | None = None) -> str:
    """Who is waited on, and for what, as the next thing that helps."""
    if not view.waiting:
        return "The case is finished; nobody is waited on."
    first = view.waiting[0]
    owner = first.track.owner.value if first.track.owner else "nobody"
    now = f"{first.track.key} ({first.track.state.value}) waits on {owner}."
    states = [(each.track.track, each.track.state) for each in view.waiting]
    names = possible_commands(states, role=acting)
    if not names:
        return f"{now} {f'Nothing is asked of {acting.value} now.' if acting else ''}".rstrip()
    who = f"as {acting.value}" if acting else "by somebody"
    return f"{now} Possible now {who}: {', '.join(each.value for each in names)}."


def _command(text: str) -> CommandName:
    name = text.strip().lower().replace("-", "_")
    try:
        return CommandName(name)
    except ValueError:
        from difflib import get_close_matches

        people = sorted(each.value for each in COMMANDS if COMMANDS[each].roles - {Role.SYSTEM, Role.PEER})
        near = get_close_matches(name, people, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(people)}."
        raise wrong_use(f"There is no command {text!r}. {hint}", reason="command_unknown") from None


def _said(values: Iterable[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for each in values:
        key, sign, value = each.partition("=")
        if not (key and sign):
            raise wrong_use(f"{each!r} is not KEY=VALUE. Write visit_on=2026-03-09, and quotes around blanks.")
        said[key.strip()] = value.strip()
    return said


def _account() -> str:
    try:
        return getpass.getuser()[:40]
    except (KeyError, OSError):
        return "unknown"
