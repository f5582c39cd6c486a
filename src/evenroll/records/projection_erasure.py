"""The row of an erasure. Replay runs the same code."""

from __future__ import annotations

from evenroll.enrollment.erasure import Erasure
from evenroll.records.folds import written_state
from evenroll.records.row_batch import Put, Rows

_ERASURE = Put(
    table="erasure",
    columns=(("number", "text"), ("holds", "int"), ("erased_on", "date"), ("state", "text")),
    keys=1,
)


def project_erasure(batch: Rows, *, after: Erasure) -> None:
    """Bring the row of a subject to its state."""
    batch.put(_ERASURE, (after.number, len(after.holds), after.erased_on, written_state(after)))
