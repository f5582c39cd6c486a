"""Personal data whose time is over, as the table of retention says, erased by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from evenroll.actions.erase import erase
from evenroll.enrollment.erasure import DataErased, ErasureCause, Wish
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.erasing import Subject, due_for_worker
from evenroll.records.erasure_list import ErasureListBroken, ErasureListMissing
from evenroll.records.streams import case_stream
from evenroll.records.unit_of_work import unit_of_work
from evenroll.records.upcasters import OfNewerRelease
from evenroll.worker.progress import log_failure
from evenroll.worker.repeating import repeated
from evenroll.worker.waits import Clock

_NOBODY_CAN_BE = (ErasureListMissing, ErasureListBroken, OSError)
"""What stands in the way of every erasure: the list that restores heed cannot be written."""


def due_over(clock: Clock, *, limit: int) -> tuple[CaseNumber, ...]:
    """The cases of the open organization whose time is over.

    But for those that were tried in this run in vain, and those that are left to a newer release.
    """
    if _shut(clock) in clock.tried:
        return ()
    but = [
        each[1]
        for each in clock.tried
        if isinstance(each, tuple) and each[0] == clock.organization and each[-1] is ErasureCause.TIME_OVER
    ]
    return due_for_worker(
        clock.organization, now=clock.now, limit=limit, but=[*but, *clock.installation.left.cases(clock.organization)]
    )


def erase_over(clock: Clock, over: Sequence[CaseNumber]) -> None:
    """The answers of these cases go. Where something is in the way it is added to `tried` and looked at again later."""
    left = clock.installation.left
    for number in over:
        before = clock.progress.done
        try:
            clock.progress.commands += _is_erased(clock, number)
        except OfNewerRelease as error:
            clock.progress.newer += 1
            left.leave_record(clock.organization, case_stream(number), error, of=ErasureCause.TIME_OVER.value)
        except Exception as error:  # the next case must not suffer from this one
            clock.progress.failed += 1
            log_failure(error, organization=clock.organization, about=number, of=ErasureCause.TIME_OVER)
            if isinstance(error, _NOBODY_CAN_BE):
                clock.tried.add(_shut(clock))
                return
        if clock.progress.done == before:
            clock.tried.add((clock.organization, number, ErasureCause.TIME_OVER))


def _shut(clock: Clock) -> object:
    return (clock.organization, ErasureCause.TIME_OVER, "shut")


def _is_erased(clock: Clock, number: CaseNumber) -> bool:
    def once() -> bool:
        with unit_of_work(clock.organization, actor=clock.actor, now=clock.now) as work:
            wish = Wish(cause=ErasureCause.TIME_OVER)
            return isinstance(erase(work, subject=Subject(case=number), wish=wish), DataErased)

    return repeated(once)
