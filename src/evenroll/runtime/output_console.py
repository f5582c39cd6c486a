"""What a command writes: for people to the terminal, for machines JSON on standard output, errors on the other."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH: Final = 240
"""Where no terminal says how wide it is, nothing is cut off."""

_GAP: Final = 2
"""Blanks between two columns."""


class _Pipe(Console):
    """A console that leaves a closed pipe to the one who ends the command: its exit code is his to give."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return _Pipe(stderr=stderr, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where a command writes. json: machines read it, so standard output holds nothing but JSON."""

    json: bool = False
    out: Console = field(default_factory=lambda: _console(stderr=False))
    err: Console = field(default_factory=lambda: _console(stderr=True))

    def data(self, value: Mapping[str, Any]) -> None:
        """The answer for machines, one object."""
        if self.json:
            sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, sort_keys=True) + "\n")
            sys.stdout.flush()

    def say(self, *lines: str, style: str = "") -> None:
        """Lines for people; where machines read, nothing."""
        if not self.json:
            for line in lines:
                self.out.print(Text(line, style=style))

    def heading(self, text: str) -> None:
        """A heading for people."""
        self.say("", text, style="bold")

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, piped_width: int = PIPED_WIDTH
    ) -> None:
        """A table for people: cells fold where it is narrow, nothing is cut off. No names of columns: no head.

        piped_width: how wide it is at most where no terminal says so, if its words leave it that.
        """
        if self.json:
            return
        cells = [[shown(cell) for cell in row] for row in rows]
        width = self.out.width
        # A line of a file or a mail that is folded is still better read than a line of blocks.
        narrow = None if self.out.is_terminal else fitting(columns, cells, width=min(width, piped_width))
        widths = narrow or fitting(columns, cells, width=width)
        if widths is None:
            self._blocks(columns, cells)
            return
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, show_header=any(columns))
        for column, width in zip(columns, widths, strict=True):
            table.add_column(column, overflow="fold", width=width)
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self.out.print(table)

    def _blocks(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        """A row as lines of their own, where a table would break its numbers apart."""
        for row in cells:
            self.say(
                "", *(f"{column}: {cell}".removeprefix(": ") for column, cell in zip(columns, row, strict=True) if cell)
            )

    def note(self, sentence: str) -> None:
        """A remark for people beside the answer, on standard error."""
        self.err.print(Text(sentence))


def fitting(columns: Sequence[str], cells: Sequence[Sequence[str]], *, width: int) -> list[int] | None:
    """The width of each column, so that no word is broken; None where the words alone need more than there is."""
    by_column = [[name, *(row[place] for row in cells)] for place, name in enumerate(columns)]
    least = [max(max((cell_len(word) for word in text.split()), default=0) for text in texts) for texts in by_column]
    widths = [max(cell_len(line) for text in texts for line in text.split("\n")) for texts in by_column]
    room = width - _GAP * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max((each for each in range(len(widths)) if widths[each] > least[each]), key=lambda each: widths[each])
        widths[widest] -= 1
    return [max(each, 1) for each in widths]


def shown(value: object) -> str:
    """A value as people read it: instants to the minute, nothing for what is absent."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return str(value)


def plain(value: Any) -> Any:
    """A value as JSON has it: instants and days in ISO 8601, amounts as text."""
    match value:
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case str() | bool() | int() | float() | None:
            return value
        case datetime() | date():
            return value.isoformat()
        case Iterable():
            return [plain(each) for each in value]
        case _:
            return str(value)
