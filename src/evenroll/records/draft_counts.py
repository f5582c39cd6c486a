"""How many applications on the web were begun, came past each page, and were sent: counts by day, and nothing else.

No draft, no program and no answer can be told from them; they outlive the drafts that were counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, LiteralString

from psycopg import Cursor

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.organizations import current, cursor

BEGUN: Final = "begun"
SENT: Final = "sent"

# Sorted, so that two who count the same steps wait for one another and never in a ring.
_COUNT: LiteralString = (
    "INSERT INTO draft_count AS held (owner, counted_on, step, drafts) "
    "SELECT %s, %s, step, 1 FROM unnest(%s::text[]) AS new (step) ORDER BY step "
    "ON CONFLICT (owner, counted_on, step) DO UPDATE SET drafts = held.drafts + 1"
)
_COUNTED: LiteralString = (
    "SELECT step, sum(drafts) FROM draft_count WHERE owner = %s AND counted_on BETWEEN %s AND %s GROUP BY step"
)


def count_steps(pen: Cursor[Any], steps: Sequence[str], *, owner: str, on: date) -> None:
    """Count one more draft at each of these steps, in the transaction of its change. owner: whose program it is for."""
    if steps and owner:
        pen.execute(_COUNT, (owner, on, sorted(set(steps))))


def drafts_by_step(*, since: date | None = None, until: date | None = None) -> dict[str, int]:
    """How many drafts for programs of the open organization came to each step; only steps that one came to.

    since, until: the first and the last day that counts, absent for all.
    """
    with cursor() as pen:
        between = (since or date.min, until or date.max)
        rows = pen.execute(_COUNTED, (OrganizationKey(current().key), *between)).fetchall()
    return {str(step): int(drafts) for step, drafts in rows}
