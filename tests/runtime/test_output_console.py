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
