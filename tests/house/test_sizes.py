"""The house's limits: files of at most 400 lines, functions of at most 50, and nobody silences them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
# What silences everything on a line, or a limit of size or complexity. Other rules may be answered one by
# one, with their reason. Written in parts, so that this file does not find itself.
SILENCED = re.compile(
    "no" + r"qa(?!: *[A-Z])|no" + r"qa:.*\b(?:C901|PLR09\d\d|E501)\b|(?:type|py" + r"right): *ignore(?!\[)"
)


def test_files_are_short() -> None:
    lengths = {name(file): length(file) for file in sources()}
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    texts = ((file, file.read_text("utf-8")) for file in sources())
    assert [found for file, text in texts for found in long_functions(text, file=file)] == []


def test_nobody_silences_a_check() -> None:
    found = [
        f"{name(file)}:{number}: {line.strip()}"
        for file in sources()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if "#" in line and SILENCED.search(line.split("#", 1)[1])
    ]
    assert found == []


def test_every_file_says_first_what_it_tells() -> None:
    assert [name(file) for file in sources() if not says_what_it_tells(file)] == []


@pytest.mark.parametrize("lines, found", [(50, 0), (51, 1)])
def test_a_long_function_is_found(lines: int, found: int) -> None:
    source = "def long():\n" + "    x = 1\n" * (lines - 1)
    assert len(long_functions(source, file=ROOT / "planted.py")) == found


@pytest.mark.parametrize("comment", ["qa", "qa: C901", "qa: DTZ007, PLR0913"])
def test_a_silenced_limit_is_found(comment: str) -> None:
    assert SILENCED.search(f" no{comment}")
    assert not SILENCED.search(" no" + "qa: DTZ007  a day has no zone")


def sources() -> Iterator[Path]:
    for folder in ("src", "tests", "bin"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def length(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def says_what_it_tells(file: Path) -> bool:
    text = file.read_text("utf-8")
    generated = file.parent.name == "migrations"
    return generated or not text.strip() or ast.get_docstring(ast.parse(text)) is not None


def long_functions(source: str, *, file: Path) -> list[str]:
    """The functions that are too long, decorators not counted."""
    return [
        f"{name(file)}:{node.lineno} {node.name}: {lines} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
