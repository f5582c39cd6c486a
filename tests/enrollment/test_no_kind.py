"""All kinds of programs run the same rows: nothing that runs a row asks which kind it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import evenroll
from evenroll.programs.program import ProgramKind, UseCase

SOURCE = Path(evenroll.__file__).parent
RUNS_ROWS = sorted(
    {
        *(SOURCE / "steps").glob("*.py"),
        *(SOURCE / "actions").glob("*.py"),
        *(SOURCE / "enrollment").glob("decide*.py"),
        *(SOURCE / "enrollment").glob("order_*.py"),
        *(SOURCE / "enrollment").glob("elig*.py"),
        *(SOURCE / "enrollment" / f"{name}.py" for name in ("begin_tracks", "activation", "offers", "rule_judges")),
    }
)
NAMES = {"ProgramKind", "UseCase", "use_case", "USE_CASE_OF", *(kind.name for kind in ProgramKind)}
VALUES = {*(kind.value for kind in ProgramKind), *(case.value for case in UseCase)}


@pytest.mark.parametrize("file", RUNS_ROWS, ids=lambda file: file.stem)
def test_no_row_asks_for_the_kind(file: Path) -> None:
    assert kinds_named(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from evenroll.programs.program import ProgramKind",
        "def f(program):\n    return program.kind is K.TOU",
        "def f(program):\n    return program.kind == 'dlc'",
        "def f(program):\n    return program.use_case",
    ],
)
def test_a_row_that_asks_is_found(source: str) -> None:
    assert kinds_named(source)


def kinds_named(source: str) -> list[str]:
    """Names and texts in the code that tell kinds of programs apart; comments and docstrings may speak of them."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names if alias.name in NAMES]
        elif isinstance(node, ast.Name) and node.id in NAMES:
            found.append(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            found.append(node.attr)
        elif isinstance(node, ast.Constant) and node.value in VALUES:
            found.append(str(node.value))
    return found
