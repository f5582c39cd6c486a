"""`evenroll process`: the activity diagram of the use case, drawn from the tables that run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, assert_never

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import ServicePath, SourceUseCase
from evenroll.pages.process import Process
from evenroll.pages.process import process as drawn_process
from evenroll.pages.process_bpmn import process_bpmn
from evenroll.pages.process_mermaid import process_mermaid
from evenroll.pages.process_standing import Standing, standing
from evenroll.pages.process_svg import process_svg
from evenroll.programs.program import Track
from evenroll.runtime.cli_exit import not_found, wrong_use
from evenroll.runtime.cli_numbers import meant_by, read_number
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_file import write_file

if TYPE_CHECKING:
    from evenroll.runtime.cli_case_view import CaseView


class DrawingFormat(StrEnum):
    """How the process is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"
    BPMN = "bpmn"


@dataclass(frozen=True, kw_only=True, slots=True)
class _CaseDrawn:
    """A case to be marked: whose path it is on, the use case of its program if it has one yet, where it stands."""

    path: ServicePath
    use_case: SourceUseCase | None
    standing: Standing


def process(
    format: Annotated[
        DrawingFormat | None, typer.Option("--format", help="How it is drawn; else as the ending of FILE says.")
    ] = None,
    path: Annotated[
        ServicePath | None, typer.Option("--path", help="Who sells the program; a case has a path of its own.")
    ] = None,
    use_case: Annotated[
        SourceUseCase | None, typer.Option("--use-case", help="One of E, U1 to U5; a case has one by its program.")
    ] = None,
    case: Annotated[str, typer.Option("--case", metavar="NUMBER", help="Mark where this case stands.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Of the words in it.")] = Language.EN,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Draw the enrollment process with its swim lanes.

    Example: evenroll process --path esco --use-case U1 --out process.svg
    """
    output = Output(json=asked.json)
    drawn_as = _format(format, out)
    process = _process(case, path=path, use_case=use_case)
    drawing = _draw(process, drawn_as, language)
    if out is not None:
        write_file(out, drawing)
    marked = (node.id for node in process.nodes.values() if node.marked)
    told = {
        "format": drawn_as.value,
        "path": process.path.value,
        "use_case": process.use_case.value if process.use_case else None,
        "case": process.standing.number if process.standing else None,
        "state": process.standing.state.value if process.standing else None,
        "marked": sorted(marked),
        "file": str(out) if out else None,
        "drawing": None if out else drawing,
    }
    output.data(told)
    if out is not None:
        output.say(f"The process is in {out}.")
    elif not output.json:
        typer.echo(drawing, nl=False)


def _draw(process: Process, format_: DrawingFormat, language: Language) -> str:
    match format_:
        case DrawingFormat.MERMAID:
            return process_mermaid(process, language=language)
        case DrawingFormat.SVG:
            return process_svg(process, language=language)
        case DrawingFormat.BPMN:
            return process_bpmn(process, language=language)
    assert_never(format_)


_ENDINGS: Final = {".svg": DrawingFormat.SVG, ".mmd": DrawingFormat.MERMAID, ".bpmn": DrawingFormat.BPMN}


def _format(format_: DrawingFormat | None, out: Path | None) -> DrawingFormat:
    """As the ending of the file says; what was asked for must agree with it. Raises CommandEnded."""
    if out is None:
        return format_ or DrawingFormat.MERMAID
    by_name = _ENDINGS.get(out.suffix.casefold())
    if by_name is None:
        raise wrong_use(
            f"{out} does not say what it is to hold. Name a file that ends in .svg, in .bpmn, or in .mmd (Mermaid)."
        )
    if format_ not in (None, by_name):
        raise wrong_use(f"--format {format_.value} and {out} do not agree. Leave --format out, or end the name so.")
    return by_name


def _process(number: str, *, path: ServicePath | None, use_case: SourceUseCase | None) -> Process:
    """What was asked for; a case is drawn on its own path, for its own use case. Raises CommandEnded."""
    if not number:
        return drawn_process(path or ServicePath.UTILITY, use_case=use_case)
    found = _case(number)
    case = found.standing.number
    if path not in (None, found.path):
        raise wrong_use(
            f"Case {case} is on the path {found.path.value}, not {path.value}. "
            f"Leave --path out: a case is drawn on its own."
        )
    # E is what all of them have in common: it fits every case.
    if use_case not in (None, SourceUseCase.E, found.use_case) and found.use_case is not None:
        raise wrong_use(
            f"Case {case} chose a program of use case {found.use_case.value}, not {use_case.value}. "
            f"Leave --use-case out: a case is drawn for its own."
        )
    return drawn_process(found.path, use_case=use_case or found.use_case, standing=found.standing)


def _case(text: str) -> _CaseDrawn:
    said = read_number(text)
    with session():
        from evenroll.enrollment.roles import OrganizationKind
        from evenroll.records.gathered import program_of
        from evenroll.records.organizations import kinds_of, open_organization
        from evenroll.runtime.cli_case_view import view_case

        wanted = meant_by(said, organizations=organizations_here()).case
        view = view_case(wanted, organizations=organizations_here(), language=Language.EN)
        if view is None:
            raise not_found(f"No case {wanted} is in this database. Check its number.", reason="case_unknown")
        case = view.case
        utility = OrganizationKind.UTILITY in kinds_of(case.organization)
        with open_organization(case.organization):
            program = program_of(case)
        return _CaseDrawn(
            path=ServicePath.UTILITY if utility else ServicePath.ESCO,
            use_case=SourceUseCase(program.use_case.value) if program else None,
            standing=standing(case.number, tracks=case.tracks.values(), course=_course(view)),
        )


def _course(view: CaseView) -> tuple[State, ...]:
    """The states that the case itself went through, as its journal where it goes on tells them."""
    own = (each for each in view.entries if each.stream.key == view.case.number)
    home = sorted((each for each in own if each.organization == view.case.organization), key=lambda each: each.number)
    moves = (move for each in home for move in json.loads(each.data).get("moves") or ())
    return tuple(State(move["to"]) for move in moves if move["track"] == Track.CASE.value)
