"""The rows of row 10: credits of a case and events of a provider. Replay runs the same code."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.ledger import Credit
from evenroll.enrollment.program_event import ProgramEvent
from evenroll.records.folds import written_state
from evenroll.records.row_batch import Put, Rows

_CREDIT = Put(
    table="incentive_entry",
    columns=(
        ("case_number", "text"),
        ("code", "text"),
        ("span", "text"),
        ("device", "text"),
        ("family", "text"),
        ("amount_usd", "numeric"),
        ("state", "text"),
        ("at", "timestamptz"),
    ),
    keys=4,
    updated=("state", "at"),
)

_EVENT = Put(
    table="program_event",
    columns=(
        ("number", "text"),
        ("program", "text"),
        ("starts_at", "timestamptz"),
        ("ends_at", "timestamptz"),
        ("status", "text"),
        ("state", "text"),
    ),
    keys=1,
    updated=("status", "state"),
)


def project_ledger(batch: Rows, *, before: Case | None, after: Case) -> None:
    """Bring the rows of a case's credits from one state to the other; a credit is never taken out."""
    known = frozenset(before.ledger.credits) if before else frozenset[Credit]()
    for each in after.ledger.credits:
        if each not in known:
            batch.put(_CREDIT, _columns(after, each))


def _columns(case: Case, credit: Credit) -> tuple[object, ...]:
    key = (case.number, credit.code, credit.span, credit.device)
    return (*key, _family(case), str(credit.usd), credit.state.value, credit.at)


def _family(case: Case) -> str:
    return case.place.family if case.place else ""


def project_event(batch: Rows, *, after: ProgramEvent) -> None:
    """Bring the row of an event to its state."""
    hours = (after.starts_at, after.ends_at)
    batch.put(_EVENT, (after.number, after.program, *hours, after.state.value, written_state(after)))
