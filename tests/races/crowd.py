"""One process of the rush on a program with a cap: it makes its customers, applies for them, and drives to the end."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.runtime.database import DatabaseUrls
from tests.races.applicants import Report, Reports
from tests.territory import NIGHT_RATE, NOW, Territory

GATE_SECONDS = 300
EVERY = 10
"""Driving between applying keeps decisions and applications at one another's heels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """What one process has to do: so many applications, each of a customer of its own."""

    territory: Territory
    program: ProgramVersion
    count: int
    urls: DatabaseUrls
    home: Path


def crowd_in(crowd: Crowd, gate: Barrier, reports: Reports) -> None:
    """The body of a process. It always reports, unless it is killed."""
    try:
        reports.put(_work(crowd, gate))
    except Exception:
        gate.abort()
        reports.put(Report(trouble=traceback.format_exc()))


def _work(crowd: Crowd, gate: Barrier) -> Report:
    from evenroll.runtime import wiring

    wiring.configure(crowd.urls, home=crowd.home)
    territory = crowd.territory
    premises = [
        territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(crowd.count)
    ]
    gate.wait(timeout=GATE_SECONDS)
    began = time.monotonic()
    numbers: list[str] = []
    total = Report()
    for count, premise in enumerate(premises, start=1):
        numbers.append(territory.apply(premise, program=crowd.program))
        if count % EVERY == 0:
            total = _driven(territory, total, now=_moment(began))
    total = _driven(territory, total, now=_moment(began))
    return Report(
        numbers=tuple(numbers),
        commands=total.commands,
        messages=total.messages,
        refused=total.refused,
        failed=total.failed,
        parked=total.parked,
    )


def _moment(began: float) -> datetime:
    """The business clock of the rush, which goes on, so that applications have ranks of their own."""
    return NOW + timedelta(seconds=time.monotonic() - began)


def _driven(territory: Territory, before: Report, *, now: datetime) -> Report:
    done = territory.run(now)
    return Report(
        commands=before.commands + done.commands,
        messages=before.messages + done.messages,
        refused=before.refused + done.refused,
        failed=before.failed + done.failed,
        parked=before.parked + done.parked,
    )
