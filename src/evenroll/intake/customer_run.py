"""A comparison of all customers from end to end: portions, who makes them, what of them is there already."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Event as ThreadEvent
from threading import Thread
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evenroll import __version__
from evenroll.costs.customers.plan import ComparisonPlan
from evenroll.costs.lattice.jit import telling_compiles
from evenroll.enrollment.form import Language
from evenroll.intake.customer_loads import BATCH, LoadsFile, customers_of
from evenroll.intake.customer_parts import faults_in, finish, parts_of, remove, write_report
from evenroll.intake.customer_results import schema_of
from evenroll.intake.customer_vehicles import Vehicles, no_vehicles, read_vehicles
from evenroll.intake.customer_work import Portion, PortionWork
from evenroll.intake.processes import shared_anew

Sharing: TypeAlias = Callable[[Iterable[Portion], PortionWork], Iterator[bytes]]
"""Who compares portions; what each comes to is given in their order."""

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is to be compared, and where it goes.

    vehicles: a file of them. errors: the file in which rows are told that were left out. today: as in PortionWork.
    """

    file: LoadsFile
    plan: ComparisonPlan
    vehicles: Path | None
    out: Path
    errors: Path
    today: str = ""
    language: Language = Language.EN


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How it ended. kept: rows of an earlier run that were not compared again."""

    rows: int
    left_out: int
    kept: int


def compare_all(asked: Asked, *, share: Sharing, told: Callable[[int], None]) -> Ended:
    """Compares all customers. told: is called with how many more rows are done. Raises FileRefused and OSError."""
    customers = customers_of(asked.file)
    vehicles = no_vehicles()
    if asked.vehicles is not None:
        vehicles = read_vehicles(asked.vehicles, customers=customers, days=asked.plan.days)
    portions = portions_of(asked.file, customers=customers, vehicles=vehicles)
    work = PortionWork(plan=asked.plan, file=asked.file, today=asked.today)
    with parts_of(asked.out, command=_command(asked, vehicles=vehicles)) as parts:
        left = [each for each in portions if not parts.has(each.number)]
        kept = asked.file.rows - sum(each.rows for each in left)
        told(kept)
        for portion, part in zip(left, share(left, work), strict=True):
            parts.keep(portion.number, part)
            told(portion.rows)
        count = len(portions)
        faults = write_report(
            asked.errors, chain(faults_in(parts, count=count), vehicles.faults), language=asked.language
        )
        rows = finish(asked.out, parts=parts, count=count, schema=schema_of(asked.plan))
        remove(parts)
    return Ended(rows=rows, left_out=faults, kept=kept)


def portions_of(file: LoadsFile, *, customers: pa.Array, vehicles: Vehicles) -> list[Portion]:
    """Row groups put together until they are worth a portion."""
    twice = _twice(customers)
    found: list[Portion] = []
    groups: list[int] = []
    first = rows = 0
    for number, count in enumerate(file.groups):
        groups.append(number)
        rows += count
        if rows < BATCH and number + 1 < len(file.groups):
            continue
        mine = slice(*np.searchsorted(vehicles.rows, (first, first + rows)))
        found.append(
            Portion(
                number=len(found),
                groups=tuple(groups),
                first_row=first,
                rows=rows,
                twice=np.flatnonzero(twice[first : first + rows]),
                cars=vehicles.cars.chosen(mine),
                car_rows=vehicles.rows[mine] - first,
            )
        )
        first, rows, groups = first + rows, 0, []
    return found


def alone(compiling: Callable[[], None]) -> Sharing:
    """By this process. compiling: is called once if what bills is compiled first, which takes some time."""

    def share(portions: Iterable[Portion], work: PortionWork) -> Iterator[bytes]:
        with telling_compiles(_once(compiling)):
            yield from (work(each) for each in portions)

    return share


def pool_of(processes: int, *, compiling: Callable[[], None]) -> Sharing:
    """By so many processes of this machine. compiling: as in `alone`, for all of them together.

    Raises ProcessLost where one ends before its portion is done.
    """

    def share(portions: Iterable[Portion], work: PortionWork) -> Iterator[bytes]:
        began = get_context("spawn").Event()
        with _one_thread_each():
            found = shared_anew(portions, work=TellingWork(work, began=began), processes=processes)
        with _told_when(began, compiling):
            yield from found

    return share


class TellingWork:
    """Work that says to the process which shares it out when something is compiled for it."""

    def __init__(self, work: Callable[[Portion], bytes], *, began: Event) -> None:
        self._work, self._began = work, began

    def __call__(self, portion: Portion) -> bytes:
        """What the work gives."""
        with telling_compiles(self._began.set):
            return self._work(portion)


@contextmanager
def _told_when(began: Event, tell: Callable[[], None]) -> Iterator[None]:
    """Meanwhile what another process begins is told here; the sign must be kept until all processes have found it."""
    ended = ThreadEvent()

    def wait() -> None:
        began.wait()
        if not ended.is_set():
            tell()

    waiting = Thread(target=wait, daemon=True)
    waiting.start()
    try:
        yield
    finally:
        if not began.is_set():
            ended.set()
            began.set()
        waiting.join()


def _once(tell: Callable[[], None]) -> Callable[[], None]:
    left = [tell]

    def first() -> None:
        while left:
            left.pop()()

    return first


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that begin meanwhile take one thread each for what they compute."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _twice(customers: pa.Array) -> NDArray[np.bool_]:
    """Whose customer comes more than once. An empty one is told of as such."""
    codes = pc.fill_null(customers, "").dictionary_encode()
    numbers = codes.indices.to_numpy()
    counts = np.bincount(numbers, minlength=1)
    return counts[numbers] > 1


def _command(asked: Asked, *, vehicles: Vehicles) -> str:
    """Changes with everything that the result depends on, and with the release: what it begun goes on as it was."""
    plan = asked.plan
    prices = [(key, sorted(plan.beside.hour_prices[key].items())) for key in sorted(plan.beside.hour_prices)]
    laid_on = [
        (number, sorted(each.event_hours), each.event_usd_per_kwh, each.credits)
        for number, each in sorted(plan.beside.laid_on.items())
    ]
    told = (
        __version__,
        asked.file,
        vehicles.stamp,
        asked.today,
        plan.rates,
        plan.calendar.key,
        plan.cycles,
        plan.components,
        prices,
        laid_on,
        [sorted(rate.cap_w.items()) for rate in plan.rates],
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()
