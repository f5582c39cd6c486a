"""`evenroll process`: the activity diagram of the use case, drawn from the tables that run."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from xml.sax.saxutils import escape

import typer

from evenroll.enrollment.form import Language
from evenroll.enrollment.rows import Row
from evenroll.enrollment.use_case import ServicePath, SourceUseCase, current_rows
from evenroll.pages.process import Process
from evenroll.pages.process import process as drawn_process
from evenroll.pages.process_mermaid import process_mermaid
from evenroll.pages.process_svg import drawing_title, process_svg
from evenroll.runtime.cli_exit import not_found, wrong_use
from evenroll.runtime.cli_numbers import meant_by, read_number
from evenroll.runtime.cli_session import asked, organizations_here, session
from evenroll.runtime.output_console import Output


class DrawingFormat(StrEnum):
    """How the process is drawn."""

    MERMAID = "mermaid"
    SVG = "svg"


def process(
    format: Annotated[
        DrawingFormat | None, typer.Option("--format", help="How it is drawn; else as the ending of FILE says.")
    ] = None,
    path: Annotated[ServicePath | None, typer.Option("--path", help="Who sells the program.")] = None,
    use_case: Annotated[SourceUseCase | None, typer.Option("--use-case", help="One of E, U1 to U5.")] = None,
    case: Annotated[str, typer.Option("--case", metavar="NUMBER", help="Mark where this case stands.")] = "",
    language: Annotated[Language, typer.Option("--language", help="Of the words in it.")] = Language.EN,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Draw the enrollment process with its swim lanes.

    Example: evenroll process --path esco --use-case U1 --out process.svg
    """
    output = Output(json=asked.json)
    drawn_as = _format(format, out)
    own_path, marked, number = _standing(case) if case else (None, frozenset[Row](), "")
    # A case has a path already: it is drawn on that one, whatever else was asked for.
    process = drawn_process(own_path or path or ServicePath.UTILITY, use_case=use_case, marked=marked or None)
    if path is not None and process.path is not path:
        output.note(f"Case {number} is on the other path ({process.path.value}), so that one is drawn.")
    drawing = _draw(process, drawn_as, language)
    if number:
        drawing = _named(drawing, process, number, language=language)
    if out is not None:
        _write(out, drawing)
    told = {
        "format": drawn_as.value,
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


_ENDINGS: Final = {".svg": DrawingFormat.SVG, ".mmd": DrawingFormat.MERMAID}


def _format(format_: DrawingFormat | None, out: Path | None) -> DrawingFormat:
    """As the ending of the file says; what was asked for must agree with it. Raises CommandEnded."""
    if out is None:
        return format_ or DrawingFormat.MERMAID
    by_name = _ENDINGS.get(out.suffix.casefold())
    if by_name is None:
        raise wrong_use(f"{out} does not say what it is to hold. Name a file that ends in .svg, or in .mmd (Mermaid).")
    if format_ not in (None, by_name):
        raise wrong_use(f"--format {format_.value} and {out} do not agree. Leave --format out, or end the name so.")
    return by_name


def _named(drawing: str, process: Process, number: str, *, language: Language) -> str:
    """The drawing with the number of the case in its title."""
    title = drawing_title(process, language=language)
    for written in dict.fromkeys((title, escape(title))):
        drawing = drawing.replace(written, f"{written} · {number}")
    return drawing


def _standing(text: str) -> tuple[ServicePath, frozenset[Row], str]:
    """The path of a case, the rows at which it stands, and its number."""
    said = read_number(text)
    with session():
        from evenroll.enrollment.roles import OrganizationKind
        from evenroll.records.organizations import kinds_of
        from evenroll.runtime.cli_case_view import view_case

        wanted = meant_by(said, organizations=organizations_here()).case
        view = view_case(wanted, organizations=organizations_here(), language=Language.EN)
        if view is None:
            raise not_found(f"No case {wanted} is in this database. Check its number.", reason="case_unknown")
        utility = OrganizationKind.UTILITY in kinds_of(view.case.organization)
        path = ServicePath.UTILITY if utility else ServicePath.ESCO
        return path, frozenset(current_rows(view.case.tracks.values())), view.case.number


def _write(out: Path, drawing: str) -> None:
    try:
        out.write_text(drawing + "\n", encoding="utf-8")
    except OSError as error:
        raise wrong_use(f"{out} cannot be written ({error.strerror}). Name another file.") from None
