"""`evenroll end-program`: the day on which a program is over, told to everybody in it, who are led out on that day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, Role
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from evenroll.runtime.cli_exit import CommandEnded, ExitCode, not_found, wrong_use
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output


def end_program(
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="The key of the program.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The first day on which it is over.")],
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """End a program on a day: everybody in it is told, and led out on that day; service goes back where a rate hangs.

    Example: evenroll --demo end-program LE-EV-NIGHT --on 2027-12-31
    """
    from evenroll.actions.end_program import end_program as end
    from evenroll.records.unit_of_work import unit_of_work
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.worker.driver import run_until_idle

    output, key, ends_on = Output(json=asked.json), ProgramKey(program), _day(on)
    with session():
        now, books = business_now(), _publisher(key, organization)
        who = Actor(key=ActorKey(actor or "terminal/program-manager"), role=Role.PROGRAM_MANAGER, organization=books)
        refuse_stranger(who)
        with unit_of_work(books, actor=who, now=now) as work:
            answer = end(work, program=key, ends_on=ends_on)
        if isinstance(answer, Refusal):
            sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
            raise CommandEnded(sentence, code=ExitCode.REFUSED, reason=answer.code.value)
        run_until_idle(wired_installation(), now=now)
    output.data({"program": key, "organization": books, "ends_on": ends_on, "state": answer.state})
    output.say(f"{key} ends on {day(ends_on, language=Language.EN)}. Everybody in it is told, and led out on that day.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong_use(f"{text!r} is no day. Write it as 2027-12-31.") from None


def _publisher(program: ProgramKey, organization: str) -> OrganizationKey:
    from evenroll.records.program_shelf import program_versions

    versions = program_versions(program)
    if not versions or versions[-1].organization not in organizations_here(organization):
        raise not_found(
            f"No program {program} is published in this database. `evenroll programs` lists the catalog, and `evenroll "
            "programs publish ORGANIZATION` brings its programs in."
        )
    return versions[-1].organization
