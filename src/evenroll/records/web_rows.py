"""Single statements on the tables of the web that belong to no organization, outside of any open one."""

from __future__ import annotations

from typing import Any

from django.db import connection


def one_row(sql: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The first row of a statement; None without any."""
    with connection.cursor() as pen:
        pen.execute(sql, values)
        return pen.fetchone()


def changes_rows(sql: str, values: tuple[Any, ...]) -> bool:
    """Run a statement; whether it changed a row."""
    with connection.cursor() as pen:
        pen.execute(sql, values)
        return pen.rowcount > 0
