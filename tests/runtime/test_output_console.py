"""How tables stand on a narrow terminal: no word is broken, and where words need more room, rows become lines."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from evenroll.runtime.output_console import Output, fitting

COLUMNS = ("case", "what")
ROW = ("EV-7K3M9-QXT2H-WPCF", "The clearinghouse was asked who provides the electricity")


@pytest.mark.parametrize("width", [40, 60, 120])
def test_no_word_is_broken_where_there_is_room_for_the_longest(width: int) -> None:
    widths = fitting(COLUMNS, [ROW], width=width)
    assert widths is not None and sum(widths) + 2 <= width
    assert widths[0] == len(ROW[0]) and widths[1] >= len("clearinghouse")


def test_rows_become_lines_where_the_words_alone_need_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert fitting(COLUMNS, [ROW], width=30) is None
    shown = io.StringIO()
    output = replace(Output(), out=Console(file=shown, width=30))
    output.table(COLUMNS, [ROW])
    assert "case: EV-7K3M9-QXT2H-WPCF\n" in shown.getvalue()


def test_a_table_without_rows_still_has_its_columns() -> None:
    assert fitting(COLUMNS, [], width=80) == [4, 4]


def test_where_no_terminal_says_how_wide_it_is_a_table_is_as_wide_as_it_reads_well() -> None:
    shown = io.StringIO()
    output = replace(Output(), out=Console(file=shown, width=240))
    output.table(COLUMNS, [(ROW[0], f"{ROW[1]} " * 3)], piped_width=80)
    lines = shown.getvalue().splitlines()
    assert len(lines) > 2 and max(map(len, lines)) <= 80
    # A word that needs more has it: a table that is too wide is better read than one in pieces.
    output.table(COLUMNS, [(ROW[0], "x" * 70)], piped_width=80)
    assert "x" * 70 in shown.getvalue().splitlines()[-1]
