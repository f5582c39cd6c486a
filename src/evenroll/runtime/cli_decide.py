"""`evenroll decide`: a decision computed again from the journal, and what the version of another day would say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.redecide import DecidedAgain, decide_again
from evenroll.pages.finding_texts import finding_sentences
from evenroll.pages.texts import render
from evenroll.programs.program import ProgramVersion
from evenroll.quantities.codec import encode
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.runtime.cli_exit import not_found, refused, wrong_use
from evenroll.runtime.cli_numbers import meant_by, read_number
from evenroll.runtime.cli_options import OrganizationOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output

if TYPE_CHECKING:
    from evenroll.records.decisions import DatedDecision


@dataclass(frozen=True, kw_only=True, slots=True)
class Redecided:
    """A decision in force on a day, computed again. by_then: the version published on that day, where it differs.

    erased_on: since when nothing personal of the case is kept; the facts of the journal are codes and dates, and stay.
    """

    case: CaseNumber
    organization: OrganizationKey
    dated: DatedDecision
    program: ProgramVersion
    again: DecidedAgain
    by_then: ProgramVersion | None
    would_be: DecidedAgain | None
    erased_on: date | None


def decide(
    number: Annotated[str, typer.Argument(metavar="CASE", help="Of the case or its service order.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day, 2026-03-31; today if left out.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Of the sentences.")] = Language.EN,
    organization: OrganizationOption = "",
) -> None:
    """Compute the decision in force on a day again, from the facts and the version that the journal names.

    Example: evenroll --demo decide EV-7K3M9-QXT2H-WPCF --as-of 2026-03-31
    """
    output, said = Output(json=asked.json), read_number(number)
    with session():
        on = _day(as_of) if as_of else business_now().date()
        keys = organizations_here(organization)
        found = redecided(meant_by(said, organizations=keys).case, organizations=keys, on=on)
    output.data(_told(found, on=on, language=language))
    _show(found, on=on, output=output, language=language)
    if not found.again.is_same:
        raise refused(
            "The decision computed again is not the one in the journal. Facts, version and findings must agree: find "
            "out which release decided it, and whether the journal holds (`evenroll journal replay`).",
            reason="not_same",
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise wrong_use(f"--as-of is {text!r}; write a day as 2026-03-31.") from error


def redecided(number: CaseNumber, *, organizations: tuple[OrganizationKey, ...], on: date) -> Redecided:
    """The decision of a case in force on a day, in whichever of these books it is. Raises CommandEnded for none."""
    from evenroll.records.decisions import decisions_of
    from evenroll.records.erasing import erasures_of
    from evenroll.records.organizations import open_organization
    from evenroll.records.program_shelf import program_version, shelved_programs

    later: date | None = None
    for key in organizations:
        with open_organization(key):
            dated = decisions_of(number)
            in_force = [each for each in dated if each.on <= on]
            if not in_force:
                later = dated[0].on if dated else later
                continue
            made = in_force[-1].made
            program = program_version(made.program, version=made.program_version, content_hash=made.content_hash)
            shelf = shelved_programs({program.organization}, on=on)
            erased = [each.erased_on for each in erasures_of(number) if each.erased_on]
        by_then = next((each for each in shelf if each.key == program.key and each != program), None)
        return Redecided(
            case=number,
            organization=key,
            dated=in_force[-1],
            program=program,
            again=decide_again(made, program=program),
            by_then=by_then,
            would_be=decide_again(made, program=by_then) if by_then else None,
            erased_on=min(erased, default=None),
        )
    when = f"It was first decided on {later}." if later else "Check its number, and whether it is decided at all."
    raise not_found(f"No decision of case {number} was in force on {on} in these books. {when}", reason="not_decided")


def _told(found: Redecided, *, on: date, language: Language) -> dict[str, Any]:
    made = found.dated.made
    return {
        "case": found.case,
        "organization": found.organization,
        "as_of": on,
        "decided_on": found.dated.on,
        "program": found.program.key,
        "version": found.program.version,
        "content_hash": found.program.content_hash,
        "verdict": made.verdict,
        "verdict_again": found.again.verdict,
        "same": found.again.is_same,
        "erased_on": found.erased_on,
        "facts": encode(made.facts),
        "findings": [
            {**_object(encode(each)), "sentences": finding_sentences(each, language=language)}
            for each in found.again.findings
        ],
        "version_by_then": found.by_then.version if found.by_then else None,
        "verdict_by_then": found.would_be.verdict if found.would_be else None,
        "rules_by_then": _differing(found),
    }


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _differing(found: Redecided) -> list[str]:
    """The rules that the version published by then judges otherwise, or has and the deciding one has not."""
    if found.would_be is None:
        return []
    before = {each.rule: each for each in found.again.findings}
    after = {each.rule: each for each in found.would_be.findings}
    return sorted(str(rule) for rule in {*before, *after} if before.get(rule) != after.get(rule))


def _show(found: Redecided, *, on: date, output: Output, language: Language) -> None:
    made, program = found.dated.made, found.program
    output.say(f"{found.case}  {render(made.verdict, language=language)}", style="bold")
    output.say(
        f"In force on {on}: decided on {found.dated.on} by {program.key} version {program.version}, content "
        f"{program.content_hash[:12]}, in the books of {found.organization}."
    )
    if found.erased_on:
        output.say(
            f"The personal data were erased on {found.erased_on}: who it was and what was written on the form is gone. "
            "The decision rests on the codes and dates that the journal keeps, and is computed from those."
        )
    output.say(
        "Computed again: the same, finding by finding." if found.again.is_same else "Computed again: NOT THE SAME."
    )
    output.table(
        ("rule", "outcome", "what was found"),
        [
            (each.rule, render(each.outcome, language=language), " ".join(finding_sentences(each, language=language)))
            for each in found.again.findings
        ],
    )
    if found.by_then is None or found.would_be is None:
        return
    differing = ", ".join(_differing(found)) or "no rule"
    would_be = render(found.would_be.verdict, language=language)
    output.say(
        "",
        f"The catalog has had version {found.by_then.version} by then; the case keeps the one that it was offered. On "
        f"the same facts it would say: {would_be} Otherwise judged: {differing}.",
    )
