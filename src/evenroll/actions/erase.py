"""Action: personal data are erased, or held against that. Keys and tokens go; the journal says that they did."""

from __future__ import annotations

from collections.abc import Callable

from evenroll.enrollment import erasure as e
from evenroll.enrollment.decided import Decided
from evenroll.records.erasing import Subject, destroy, forget_kept, load_subject
from evenroll.records.streams import erasure_stream
from evenroll.records.unit_of_work import UnitOfWork

Decider = Callable[[e.Erasure | None, e.HoldCause, e.ErasureFacts], Decided | e.ErasureRefused]


def erase(work: UnitOfWork, *, subject: Subject, wish: e.Wish) -> e.DataErased | e.ErasureRefused:
    """Erase a customer, or the answers of one case, for good; or say by name what is in the way."""
    state, facts, keeping = load_subject(work, subject)
    decided = e.erase(state, wish, facts)
    if isinstance(decided, e.ErasureRefused):
        return decided
    work.record(erasure_stream(subject.number), decided, expected=state)
    destroy(subject, keeping, cases=(each.number for each in facts.cases), at=work.now)
    erased = decided.events[0]
    assert isinstance(erased, e.DataErased)
    return erased


def erase_again(work: UnitOfWork, *, subject: Subject) -> bool:
    """Tell the journal of a restored backup that a subject was erased since; whether it did not know.

    The restore destroyed what there was before anybody could look, and the list has it already.
    """
    state, facts, _ = load_subject(work, subject)
    decided = e.erase(state, e.Wish(cause=e.ErasureCause.RESTORED), facts)
    if isinstance(decided, e.ErasureRefused):
        return False
    work.record(erasure_stream(subject.number), decided, expected=state)
    forget_kept(each.number for each in facts.cases)
    return True


def set_hold(work: UnitOfWork, *, subject: Subject, cause: e.HoldCause) -> e.ErasureRefused | None:
    """Keep everything of a subject until the hold is lifted; None when it stands."""
    return _hold(work, subject, cause, decide=e.set_hold)


def lift_hold(work: UnitOfWork, *, subject: Subject, cause: e.HoldCause) -> e.ErasureRefused | None:
    """Let a hold go; None when it is gone."""
    return _hold(work, subject, cause, decide=e.lift_hold)


def _hold(work: UnitOfWork, subject: Subject, cause: e.HoldCause, *, decide: Decider) -> e.ErasureRefused | None:
    state, facts, _ = load_subject(work, subject)
    decided = decide(state, cause, facts)
    if isinstance(decided, e.ErasureRefused):
        return decided
    work.record(erasure_stream(subject.number), decided, expected=state)
    return None
