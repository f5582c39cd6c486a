"""What --debug shows of an error: the way through the program, and never what was in hand on it.

The text of an error may quote a row, and so a person: PostgreSQL's DETAIL does, and so do libraries that name the value
they could not read. So kinds of errors, places and lines of the program are shown, no text and no local.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import psycopg


def trace_of(error: BaseException) -> str:
    """The way of an error through the program, the first cause first; nothing that somebody wrote."""
    parts: list[str] = []
    for each, joint in reversed(list(_chain(error))):
        frames = traceback.StackSummary.extract(traceback.walk_tb(each.__traceback__), capture_locals=False)
        parts.append("Traceback (most recent call last):\n" + "".join(frames.format()) + _kind(each) + "\n" + joint)
    return "\n".join(parts)


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    seen: set[int] = set()
    found: BaseException | None = error
    joint = ""
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found, joint
        if found.__cause__ is not None:
            found, joint = found.__cause__, "\nWhich led to:\n"
        else:
            joint = "\nWhile that was handled:\n"
            found = None if found.__suppress_context__ else found.__context__


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if not isinstance(error, psycopg.Error):
        return name
    told = {
        "sqlstate": error.sqlstate,
        "table": error.diag.table_name,
        "constraint": error.diag.constraint_name,
        "column": error.diag.column_name,
    }
    return " ".join([name, *(f"{key}={value}" for key, value in told.items() if value)])
