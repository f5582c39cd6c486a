"""Personal data whose time is over, as the table of retention says, erased by the worker."""

from __future__ import annotations

from collections.abc import Sequence

from evenroll.actions.erase import erase
from evenroll.enrollment.erasure import DataErased, ErasureCause, Wish
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.erasing import Subject
from evenroll.records.unit_of_work import unit_of_work
from evenroll.worker.progress import log_failure
from evenroll.worker.repeating import repeated
from evenroll.worker.waits import Clock


def erase_over(clock: Clock, over: Sequence[CaseNumber]) -> None:
    """The answers of these cases go. Where something is in the way it is added to `tried` and looked at again later."""
    for number in over:
        before = clock.progress.done
        try:
            clock.progress.commands += _is_erased(clock, number)
        except Exception as error:  # the next case must not suffer from this one
            clock.progress.failed += 1
            log_failure(error, organization=clock.organization, about=number, of=ErasureCause.TIME_OVER)
        if clock.progress.done == before:
            clock.tried.add((clock.organization, number, ErasureCause.TIME_OVER))


def _is_erased(clock: Clock, number: CaseNumber) -> bool:
    def once() -> bool:
        with unit_of_work(clock.organization, actor=clock.actor, now=clock.now) as work:
            wish = Wish(cause=ErasureCause.TIME_OVER)
            return isinstance(erase(work, subject=Subject(case=number), wish=wish), DataErased)

    return repeated(once)
