"""Personal data whose time is over, as the table of retention says, erased by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from evenroll.actions.erase import erase
from evenroll.enrollment.erasure import DataErased, ErasureCause, Wish
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.erasing import Subject, due_for_worker
from evenroll.records.erasure_list import ErasureListBroken, ErasureListMissing
from evenroll.records.unit_of_work import unit_of_work
from evenroll.worker.repeating import repeated
from evenroll.worker.singly import passed_over, take_singly
from evenroll.worker.waits import Clock

_NOBODY_CAN_BE = (ErasureListMissing, ErasureListBroken, OSError)
"""What stands in the way of every erasure: the list that restores heed cannot be written."""


def due_over(clock: Clock, *, limit: int) -> tuple[CaseNumber, ...]:
    """The cases of the open organization whose time is over.

    But for those that were tried in this run in vain, and those that are left to a newer release.
    """
    if _shut(clock) in clock.tried:
        return ()
    but = passed_over(clock, purpose=ErasureCause.TIME_OVER)
    return due_for_worker(clock.organization, now=clock.now, limit=limit, but=but)


def erase_over(clock: Clock, over: Sequence[CaseNumber]) -> None:
    """The answers of these cases go. Where something is in the way it is looked at again in a later run."""
    for number in over:
        wrong = take_singly(clock, number, purpose=ErasureCause.TIME_OVER, act=partial(_is_erased, clock, number))
        if isinstance(wrong, _NOBODY_CAN_BE):
            clock.tried.add(_shut(clock))
            return


def _shut(clock: Clock) -> object:
    return ("no erasure", clock.organization)


def _is_erased(clock: Clock, number: CaseNumber) -> bool:
    def once() -> bool:
        with unit_of_work(clock.organization, actor=clock.actor, now=clock.now) as work:
            wish = Wish(cause=ErasureCause.TIME_OVER)
            return isinstance(erase(work, subject=Subject(case=number), wish=wish), DataErased)

    return repeated(once)
