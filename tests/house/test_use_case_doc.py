"""docs/use_case.md says what the code does: rows, actors, citations, files, commands, tests, and the actions."""

import re
from pathlib import Path

from evenroll.enrollment.rows import Row
from evenroll.enrollment.use_case import ROWS, commands_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "use_case.md"


def _table() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+[a-d]? \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row for row in cells}


def test_every_row_stands_in_the_requirements_order() -> None:
    assert list(_table()) == [row.value for row in ROWS]


def test_actors_and_citations_are_those_of_the_table() -> None:
    for row, entry in ROWS.items():
        _, actor, cites, *_ = _table()[row.value]
        assert actor.split(", ") == [each.value for each in entry.actors], row
        assert cites.split() == sorted(each.value for each in entry.cites), row


def test_files_and_commands_are_those_of_the_code() -> None:
    for row, entry in ROWS.items():
        _, _, _, file, commands, _ = _table()[row.value]
        assert file.strip("`") == entry.step
        assert (ROOT / "src" / "evenroll" / "steps" / f"{entry.step}.py").is_file(), file
        assert re.findall(r"`(\w+)`", commands) == [name.value for name in entry.commands], row


def test_the_folder_of_steps_is_the_table() -> None:
    files = sorted(path.stem for path in (ROOT / "src" / "evenroll" / "steps").glob("step_*.py"))
    assert files == sorted(entry.step for entry in ROWS.values())


def test_every_test_that_is_named_stands_where_it_is_said() -> None:
    for cells in _table().values():
        path, _, function = cells[5].strip("`").partition("::")
        assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), cells[5]


def test_the_actions_beside_the_rows_are_all_named() -> None:
    page = PAGE.read_text(encoding="utf-8")
    paragraph = page[page.index("Beside the rows") : page.index("## What each row means")]
    assert set(re.findall(r"`([a-z_]+)`", paragraph)) == {name.value for name in commands_of(Row.ACTION)}
