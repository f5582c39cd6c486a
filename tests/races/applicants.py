"""One process of the launch: it applies for its share of the customers, then drives until nothing is left to do."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Protocol

from evenroll.runtime.database import DatabaseUrls
from tests.territory import Premise, Territory

GATE_SECONDS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one process has to do. premises: one for each application, in the order of applying."""

    territory: Territory
    premises: tuple[Premise, ...]
    urls: DatabaseUrls
    home: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one process did. trouble: the traceback of what it could not cope with, "" if nothing."""

    numbers: tuple[str, ...] = ()
    commands: int = 0
    messages: int = 0
    refused: int = 0
    failed: int = 0
    parked: int = 0
    trouble: str = ""


class Reports(Protocol):
    """Where reports go."""

    def put(self, obj: Report) -> None: ...


def apply_and_drive(share: Share, gate: Barrier, reports: Reports) -> None:
    """The body of a process. It always reports, unless it is killed."""
    try:
        reports.put(_work(share, gate))
    except Exception:
        gate.abort()
        reports.put(Report(trouble=traceback.format_exc()))


def _work(share: Share, gate: Barrier) -> Report:
    from evenroll.runtime import wiring

    wiring.configure(share.urls, home=share.home)
    territory = share.territory
    gate.wait(timeout=GATE_SECONDS)
    numbers: list[str] = []
    total = Report()
    for count, premise in enumerate(share.premises, start=1):
        numbers.append(territory.apply(premise))
        if count % 5 == 0:
            # Driving between applying keeps decisions and applications at one another's heels.
            total = _driven(territory, total)
    total = _driven(territory, total)
    return Report(
        numbers=tuple(numbers),
        commands=total.commands,
        messages=total.messages,
        refused=total.refused,
        failed=total.failed,
        parked=total.parked,
    )


def _driven(territory: Territory, before: Report) -> Report:
    done = territory.run()
    return Report(
        commands=before.commands + done.commands,
        messages=before.messages + done.messages,
        refused=before.refused + done.refused,
        failed=before.failed + done.failed,
        parked=before.parked + done.parked,
    )
