"""The table of closed days, written anew from the library that it is taken from.

Usage: python -m tests.quantities.closed_days. A test says when it is due.
"""

from __future__ import annotations

from pathlib import Path

import holidays

from evenroll.quantities.calendars import calendar, calendar_keys

YEARS = range(2010, 2046)
TABLE = Path(__file__).parents[2] / "src/evenroll/quantities/closed_days.csv"


def table() -> str:
    """A row for each subdivision and year: its days as month and day; "-" for federal holidays alone."""
    subdivisions = sorted({calendar(key).subdivision or "-" for key in calendar_keys()})
    rows = [f"{each},{year},{_days(each, year)}" for each in subdivisions for year in YEARS]
    return "\n".join(("subdivision,year,days", *rows)) + "\n"


def _days(subdivision: str, year: int) -> str:
    named = None if subdivision == "-" else subdivision
    found = holidays.country_holidays("US", subdiv=named, years=year, expand=False)
    return " ".join(f"{day:%m%d}" for day in sorted(found) if day.year == year)


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
