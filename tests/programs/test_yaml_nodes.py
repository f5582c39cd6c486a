"""YAML that would end the process that reads it is refused by its line, on the smallest stack that a server gives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.programs.yaml_nodes import CHARACTERS_MAX, COPIES_MAX, LEVELS_MAX, YamlRefused, nodes_of, values_of

_SMALL_STACK = 256 * 1024
_TEN = "[{}]".format(", ".join(["{}"] * 10))


def on_a_small_stack(run: Callable[[], object]) -> list[object]:
    """What it returned or raised, in a thread of its own."""
    found: list[object] = []

    def ran() -> None:
        try:
            found.append(run())
        except YamlRefused as refused:
            found.append(refused)

    before = threading.stack_size(_SMALL_STACK)
    thread = threading.Thread(target=ran)
    thread.start()
    threading.stack_size(before)
    thread.join()
    return found


def bomb() -> str:
    lines = ["a0: &a0 " + _TEN.format(*range(10))]
    lines += [f"a{at}: &a{at} " + _TEN.format(*[f"*a{at - 1}"] * 10) for at in range(1, 9)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: " + "[" * 10_000, 2, f"more than {LEVELS_MAX} deep"),
        ("{a: " * 10_000, 1, f"more than {LEVELS_MAX} deep"),
        ("- " * 10_000, 1, f"more than {LEVELS_MAX} deep"),
        ("? " * 10_000, 1, f"more than {LEVELS_MAX} deep"),
        ("a: &a [1]\nb: &b " + "[" * 40 + "*a" + "]" * 40 + "\nc: " + "[" * 40 + "*b" + "]" * 40, 3, "deep"),
        (bomb(), 4, f"more than {COPIES_MAX} values"),
        ("a: &a\n  - *a", 2, "names nothing that stands whole above it"),
        ("a: *b", 1, "names nothing that stands whole above it"),
        ("a: |\n" + "  x\n" * (CHARACTERS_MAX // 4 + 2), CHARACTERS_MAX // 4, f"longer than {CHARACTERS_MAX} char"),
        ("a: b\nc: \0", 2, "not readable as YAML"),
        ("a: b\nc: \ud800", 2, "not readable as YAML"),
        ("a: [\n", 2, "not readable as YAML"),
        ("a: 1\n---\nb: 1", 2, "not readable as YAML"),
    ],
)
@pytest.mark.parametrize("read", [nodes_of, values_of])
def test_what_would_end_the_process_is_refused(read: Callable[[str], object], text: str, line: int, words: str) -> None:
    (found,) = on_a_small_stack(lambda: read(text))
    assert isinstance(found, YamlRefused)
    assert words in found.reason
    assert found.line == line


def test_as_deep_as_is_allowed_is_read_on_a_small_stack() -> None:
    (found,) = on_a_small_stack(lambda: values_of("[" * LEVELS_MAX + "]" * LEVELS_MAX))
    assert isinstance(found, list)


def test_what_ships_is_read_and_repeats_what_it_names() -> None:
    text = resources.files("evenroll.programs").joinpath("catalog", "pge.yaml").read_text(encoding="utf-8")
    assert "*ev2a_hours" in text and values_of(text)["organization"] == "pge"


@given(st.text(alphabet="[]{}-?:, &*a\n!|>'\"#\t", max_size=60))
def test_any_text_is_read_or_refused_by_a_line_of_its_own(text: str) -> None:
    try:
        nodes_of(text)
    except YamlRefused as refused:
        assert 1 <= refused.line <= text.count("\n") + 2
