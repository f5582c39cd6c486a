"""`evenroll process`: the activity diagram of the use case, drawn from the tables that run."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.rows import Row
from evenroll.enrollment.use_case import ServicePath, SourceUseCase
from evenroll.pages.process import Process
from evenroll.pages.process import process as drawn_process
from evenroll.pages.process_mermaid import process_mermaid
from evenroll.pages.process_svg import process_svg
from evenroll.quantities.identifiers import parse_case_number
from evenroll.runtime.cli_exit import not_found, wrong_use
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output


class DrawingFormat(StrEnum):
    """How the process is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


def process(
    format: Annotated[DrawingFormat, typer.Option("--format", help="How it is drawn.")] = DrawingFormat.MERMAID,
    path: Annotated[ServicePath | None, typer.Option("--path", help="Who sells the program.")] = None,
    use_case: Annotated[SourceUseCase | None, typer.Option("--use-case", help="One of E, U1 to U5.")] = None,
    case: Annotated[str, typer.Option("--case", metavar="NUMBER", help="Mark where this case stands.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Of the words in it.")] = Language.EN,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Draw the enrollment process with its swim lanes.

    Example: evenroll process --format svg --path esco --use-case U1 --out process.svg
    """
    output = Output(json=asked.json)
    own_path, marked = _standing(case) if case else (ServicePath.UTILITY, frozenset[Row]())
    process = drawn_process(path or own_path, use_case=use_case, marked=marked or None)
    drawing = _draw(process, format, language)
    if out is not None:
        _write(out, drawing)
    told = {
        "format": format.value,
        "path": process.path.value,
        "use_case": use_case.value if use_case else None,
        "marked": sorted(row.value for row in marked),
        "file": str(out) if out else None,
        "drawing": None if out else drawing,
    }
    output.data(told)
    if out is not None:
        output.say(f"The process is in {out}.")
    elif not output.json:
        typer.echo(drawing)


def _draw(process: Process, format_: DrawingFormat, language: Language) -> str:
    match format_:
        case DrawingFormat.MERMAID:
            return process_mermaid(process, language=language)
        case DrawingFormat.SVG:
            return process_svg(process, language=language)


def _standing(number: str) -> tuple[ServicePath, frozenset[Row]]:
    """The path of a case, and the row of its last entry."""
    wanted = parse_case_number(number)
    with session():
        from evenroll.enrollment.roles import OrganizationKind
        from evenroll.records.organizations import kinds_of
        from evenroll.runtime.cli_case_view import view_case

        view = view_case(wanted, organizations=organizations_here(), language=Language.EN)
        if view is None:
            raise not_found(f"No case {wanted} is in this database. Check its number.", reason="case_unknown")
        utility = OrganizationKind.UTILITY in kinds_of(view.case.organization)
        rows = [Row(each.row) for each in view.timeline]
        return (ServicePath.UTILITY if utility else ServicePath.ESCO), frozenset(rows[-1:])


def _write(out: Path, drawing: str) -> None:
    try:
        out.write_text(drawing + "\n", encoding="utf-8")
    except OSError as error:
        raise wrong_use(f"{out} cannot be written ({error.strerror}). Name another file.") from None
