"""Cases that the worker takes one by one for a purpose of its own; one that fails hides no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.streams import case_stream
from evenroll.records.upcasters import OfNewerRelease
from evenroll.worker.progress import log_failure
from evenroll.worker.waits import Clock


def passed_over(clock: Clock, *, purpose: StrEnum) -> Sequence[CaseNumber]:
    """The cases that were tried in this run in vain for this purpose, and those that are left to a newer release."""
    mine = (clock.organization, purpose)
    tried = [each[2] for each in clock.tried if isinstance(each, tuple) and each[:2] == mine]
    return [*tried, *clock.installation.left.cases(clock.organization)]


def take_singly(clock: Clock, number: CaseNumber, *, purpose: StrEnum, act: Callable[[], bool]) -> Exception | None:
    """Act for one case; what went wrong is counted, told to the log and given back.

    act: says whether it had an effect. Where it had none the case is passed over for the rest of the run.
    """
    wrong: Exception | None = None
    try:
        if act():
            clock.progress.commands += 1
            return None
    except OfNewerRelease as error:
        clock.progress.newer += 1
        clock.installation.left.leave_record(clock.organization, case_stream(number), error, of=purpose.value)
    except Exception as error:  # the next case must not suffer from this one
        clock.progress.failed += 1
        log_failure(error, organization=clock.organization, about=number, of=purpose)
        wrong = error
    clock.tried.add((clock.organization, purpose, number))
    return wrong
