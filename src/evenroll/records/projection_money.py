"""The rows of row 10: credits of a case and events of a provider. Replay runs the same code."""

from __future__ import annotations

from typing import Any

from psycopg import Cursor

from evenroll.enrollment.case import Case
from evenroll.enrollment.ledger import Credit
from evenroll.enrollment.program_event import ProgramEvent
from evenroll.records.folds import written_state

Pen = Cursor[Any]

_CREDIT = """
INSERT INTO incentive_entry (organization_id, case_number, family, device, code, span, amount_usd, state, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, case_number, code, span, device) DO UPDATE SET state = excluded.state, at = excluded.at
"""

_EVENT = """
INSERT INTO program_event (organization_id, number, program, starts_at, ends_at, status, state)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organization_id, number) DO UPDATE SET status = excluded.status, state = excluded.state
"""


def project_ledger(pen: Pen, organization_id: int, *, before: Case | None, after: Case) -> None:
    """Bring the rows of a case's credits from one state to the other; a credit is never taken out."""
    known = frozenset(before.ledger.credits) if before else frozenset[Credit]()
    for each in after.ledger.credits:
        if each not in known:
            pen.execute(_CREDIT, (organization_id, after.number, _family(after), *_columns(each)))


def _columns(credit: Credit) -> tuple[object, ...]:
    return (credit.device, credit.code, credit.span, credit.usd, credit.state.value, credit.at)


def _family(case: Case) -> str:
    return case.place.family if case.place else ""


def project_event(pen: Pen, organization_id: int, *, after: ProgramEvent) -> None:
    """Bring the row of an event to its state."""
    hours = (after.starts_at, after.ends_at)
    values = (organization_id, after.number, after.program, *hours, after.state.value, written_state(after))
    pen.execute(_EVENT, values)
