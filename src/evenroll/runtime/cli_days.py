"""A day as an option says it: 2026-11-23, 11/23/2026 or 23-Nov-2026, as values and files do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from evenroll.runtime.cli_exit import wrong_use

_AMERICAN: Final = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_NAMED: Final = re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4}")


def option_day(text: str, *, option: str) -> date:
    """The day that an option says; month before day where strokes stand between. Raises CommandEnded."""
    said = text.strip()
    try:
        if _AMERICAN.fullmatch(said):
            return datetime.strptime(said, "%m/%d/%Y").replace(tzinfo=UTC).date()
        if _NAMED.fullmatch(said):
            return datetime.strptime(said, "%d-%b-%Y").replace(tzinfo=UTC).date()
        return date.fromisoformat(said)
    except ValueError:
        raise wrong_use(
            f"{option} {text}: this is no day. Write it as 2026-11-23, 11/23/2026 or 23-Nov-2026."
        ) from None
