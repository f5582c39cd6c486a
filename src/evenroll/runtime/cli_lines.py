"""`evenroll line` and `evenroll cap`: the waiting list of a program with a cap, and how many it admits."""

from __future__ import annotations

from typing import Annotated

import typer

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_waiting import SetCap
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Language
from evenroll.enrollment.roles import Actor, Role
from evenroll.pages.texts import render
from evenroll.pages.waiting_words import WaitingWord, ordinal
from evenroll.quantities.identifiers import ActorKey, OrganizationKey, ProgramKey
from evenroll.runtime.cli_exit import CommandEnded, ExitCode, not_found
from evenroll.runtime.cli_member import refuse_stranger
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_line import places_sentence, told_line
from evenroll.runtime.output_times import local, zone_names, zone_of

LIMIT = 200
ProgramArgument = Annotated[str, typer.Argument(metavar="PROGRAM", help="The key of the program.")]


def line(
    program: ProgramArgument,
    organization: OrganizationOption = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many rows.")] = LIMIT,
) -> None:
    """Show the waiting list of a program in its order, with its rule.

    Example: evenroll --demo line LE-EV-NIGHT
    """
    output, key = Output(json=asked.json), ProgramKey(program)
    with session():
        from evenroll.records.program_lines import line_of, places_told
        from evenroll.records.program_shelf import program_versions
        from evenroll.records.queries import Viewer

        books, _ = _publisher(key, organization)
        viewer = Viewer(organization=books, role=Role.PROGRAM_MANAGER)
        places = next((each for each in places_told(viewer) if each.program == key), None)
        found = line_of(viewer, program=key, limit=limit)
        zone = zone_of(books)
        ends_on = program_versions(key)[-1].ends_on
        ended = ends_on is not None and ends_on <= business_now().astimezone(zone).date()
    told = places_sentence(places, language=Language.EN) if places else f"{key} has no places to count yet."
    counts = {name: getattr(places, name) for name in ("cap", "taken", "offered", "waiting")} if places else None
    line = [told_line(each) for each in found]
    output.data(
        {"program": key, "organization": books, "ends_on": ends_on, "places": counts, "sentence": told, "line": line}
    )
    if ends_on is not None:
        until = f"ended on {ends_on}: nobody is enrolled in it any more" if ended else f"ends on {ends_on}"
        output.say(f"{key} {until}.")
    output.say(told)
    output.say(render(WaitingWord.RULE, language=Language.EN))
    ranked = f"ranked by ({zone_names((each.ranked_at for each in found), zone=zone)})"
    rows = [
        (
            ordinal(each.position, language=Language.EN) if each.position else "place on offer",
            each.case,
            local(each.ranked_at, zone=zone),
            each.offered_until_on or "",
        )
        for each in found
    ]
    if rows:
        output.table(("position", "case", ranked, "offer until"), rows)


def cap(
    program: ProgramArgument,
    places: Annotated[
        int | None, typer.Option("--places", help="How many it admits; without it, as its latest version says.")
    ] = None,
    offer_days: Annotated[int | None, typer.Option("--offer-days", help="How long an offered place is held.")] = None,
    actor: Annotated[str, typer.Option("--actor", help="Who does it; a key, not a name.")] = "",
    organization: OrganizationOption = "",
) -> None:
    """Set how many a program admits. More are offered to those in line; nobody who has a place loses it.

    Example: evenroll --demo cap LE-EV-NIGHT --places 200
    """
    output, key = Output(json=asked.json), ProgramKey(program)
    with session():
        from evenroll.records.asked import Asked
        from evenroll.runtime.installation_wiring import wired_installation
        from evenroll.worker.driver import run_until_idle
        from evenroll.worker.giving import give

        now = business_now()
        books, _ = _publisher(key, organization)
        who = Actor(key=ActorKey(actor or "terminal/program-manager"), role=Role.PROGRAM_MANAGER, organization=books)
        refuse_stranger(who)
        command = Asked(number=key, command=SetCap(places=places, offer_days=offer_days))
        installation = wired_installation()
        answer = give(installation, actor=who, name=CommandName.SET_CAP, asked=command, now=now)
        if isinstance(answer, Refusal):
            sentence = render(answer.code, language=Language.EN, parameters=dict(answer.parameters))
            raise CommandEnded(sentence, code=ExitCode.REFUSED, reason=answer.code.value)
        run_until_idle(installation, now=now)
        told = _told(books, key)
    output.data({"program": key, "organization": books, "events": list(answer.events), "places": told})
    output.say(told)
    if places is None and offer_days is None:
        output.say("No number was given, so what the latest version of the program says holds again.")


def _told(books: OrganizationKey, program: ProgramKey) -> str:
    from evenroll.records.program_lines import places_told
    from evenroll.records.queries import Viewer

    viewer = Viewer(organization=books, role=Role.PROGRAM_MANAGER)
    places = next(each for each in places_told(viewer) if each.program == program)
    return places_sentence(places, language=Language.EN)


def _publisher(program: ProgramKey, organization: str) -> tuple[OrganizationKey, int]:
    """In whose books the places of a program are, and its latest version."""
    from evenroll.records.program_shelf import program_versions

    versions = program_versions(program)
    if not versions or versions[-1].organization not in organizations_here(organization):
        raise not_found(
            f"No program {program} is published in this database. `evenroll programs` lists the catalog, and `evenroll "
            "programs publish ORGANIZATION` brings its programs in."
        )
    return versions[-1].organization, versions[-1].version
