"""The business clock of a demo database; any other database has none and goes by the wall clock of its door."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

DEMO_ROW = "INSERT INTO business_clock (is_demo, now) VALUES (true, %s) ON CONFLICT (is_demo) DO UPDATE SET now = %s"


class ClockBackwards(ValueError):
    """The business clock was to go back."""


class NoDemoClock(LookupError):
    """The clock of a database that is no demo was to be set."""


def demo_now() -> datetime | None:
    """What the demo's clock shows; None in a database that is no demo."""
    with connection.cursor() as pen:
        pen.execute("SELECT now FROM business_clock")
        row = pen.fetchone()
    return None if row is None else row[0]


def make_demo(*, now: datetime) -> None:
    """Make this a demo database, whose clock shows `now`."""
    with connection.cursor() as pen:
        pen.execute(DEMO_ROW, (now, now))


def set_demo_now(now: datetime) -> None:
    """Put the demo's clock forward. Raises NoDemoClock, ClockBackwards."""
    shown = demo_now()
    if shown is None:
        raise NoDemoClock("This database is no demo, so its clock cannot be set: it goes by the clock on the wall.")
    if now < shown:
        raise ClockBackwards(
            f"The business clock shows {shown:%Y-%m-%d %H:%M} and cannot go back to {now:%Y-%m-%d %H:%M}: "
            "what has lapsed has lapsed. Give a later time, or build the demo anew."
        )
    with connection.cursor() as pen:
        pen.execute(DEMO_ROW, (now, now))
