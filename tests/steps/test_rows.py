"""The files of the rows: sixteen, in the requirement's order, and none names a kind of program."""

from __future__ import annotations

from pathlib import Path

from evenroll.enrollment.commands import COMMANDS
from evenroll.enrollment.rows import Row
from evenroll.programs.program import ProgramKind, UseCase

STEPS = Path(__file__).parents[2] / "src" / "evenroll" / "steps"
FILES = {path.stem.split("_")[1].lstrip("0"): path for path in sorted(STEPS.glob("step_*.py"))}


def test_the_sixteen_rows_are_sixteen_files() -> None:
    assert list(FILES) == [row.value for row in Row if row is not Row.ACTION]


def test_no_step_names_a_kind_of_program() -> None:
    names = {f"ProgramKind.{kind.name}" for kind in ProgramKind} | {f"UseCase.{case.name}" for case in UseCase}
    for path in FILES.values():
        text = path.read_text(encoding="utf-8")
        assert not [name for name in names if name in text], path.name
        assert "ProgramKind" not in text and ".kind is ProgramKind" not in text, path.name


def test_a_row_holds_exactly_its_commands(django_ready: object) -> None:
    from evenroll.steps import STEPS as FUNCTIONS

    for name, step in FUNCTIONS.items():
        assert FILES[COMMANDS[name].row.value].stem == step.__module__.rsplit(".", 1)[-1], name
