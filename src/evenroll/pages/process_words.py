"""What stands above a drawing of the process: whose path, which use case, and which case is marked in it."""

from __future__ import annotations

from evenroll.enrollment.form import Language
from evenroll.pages.process import Process
from evenroll.pages.texts import render


def drawing_title(process: Process, *, language: Language) -> str:
    """The title: what is drawn, and whose path."""
    path = render(process.path, language=language)
    return render("process.title", language=language, parameters={"path": path})


def drawing_subtitle(process: Process, *, language: Language) -> str:
    """The use case that is drawn, or that it is the consolidated one; the case that is marked, and how it stands."""
    words = render(process.use_case or "process.every_use_case", language=language)
    case = drawing_case(process, language=language)
    return f"{words} · {case}" if case else words


def drawing_case(process: Process, *, language: Language) -> str:
    """The case that is marked and its state, "" if none is."""
    if process.standing is None:
        return ""
    parameters = {"case": process.standing.number, "state": process.standing.state.value}
    return render("process.case", language=language, parameters=parameters)


def drawing_heading(process: Process, *, language: Language) -> str:
    """Title and subtitle in one line."""
    return f"{drawing_title(process, language=language)}. {drawing_subtitle(process, language=language)}"
