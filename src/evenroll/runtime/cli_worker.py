"""`evenroll worker`: the driver in a loop, until it is told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from evenroll.records.log_lines import LogCode, LogLine, each_on_its_own, tell
from evenroll.runtime.cli_options import HostOption
from evenroll.runtime.cli_session import asked, business_now, organizations_here, session
from evenroll.runtime.output_console import Output
from evenroll.runtime.output_times import beside_utc
from evenroll.runtime.worker_sign import Sign, signs_of_life

if TYPE_CHECKING:
    from evenroll.worker.driver import Progress
    from evenroll.worker.installation import Installation

BATCH = 500
PORTIONS_AT_ONCE = 2
"""Of the figures of each organization, so that what is due waits a second or two for them and no longer."""


def worker(
    once: Annotated[bool, typer.Option("--once", help="Take what is due now, and end.")] = False,
    retry_parked: Annotated[
        bool, typer.Option("--retry-parked", help="Take every parked message once more, and tell what became of it.")
    ] = False,
    poll: Annotated[float, typer.Option("--poll", min=0.05, metavar="SECONDS", help="How often to look.")] = 2.0,
    metrics_port: Annotated[
        int | None,
        typer.Option("--metrics-port", min=0, max=65535, help="Serve metrics there meanwhile; 0: a free one."),
    ] = None,
    host: HostOption = "127.0.0.1",
) -> None:
    """Take every command whose time has come, and deliver messages. Any number may run at once.

    Example: evenroll --demo worker --once
    """
    output = Output(json=asked.json)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with session(), ExitStack() as stack:
        from evenroll.records.sealing import seal_all
        from evenroll.runtime.installation_wiring import wired_installation
        from evenroll.worker.mailing import run_and_tell

        here = organizations_here()
        installation = wired_installation()
        if retry_parked:
            _retry_parked(installation, output)
            return
        if not once:
            output.note(f"Looking every {poll:g} seconds for what is due. Stop with Ctrl-C or SIGTERM.")
        read_at = None
        stack.enter_context(each_on_its_own())
        stack.enter_context(_serving(metrics_port, host=host, output=output))
        sign = stack.enter_context(signs_of_life(once=once))
        while not stop.is_set():
            began, now = time.perf_counter(), business_now()
            read_at = _read_meters(now, before=read_at)
            # In slices, so that a long queue does not keep a stop waiting.
            progress = run_and_tell(installation, now=now, limit=BATCH)
            is_counted = _seal_and_count(seal_all)
            _looked(sign, progress, seconds=time.perf_counter() - began)
            if progress.done or progress.failed or progress.newer or once:
                _say(progress, output, now=now, here=here)
            if progress.idle and is_counted:
                if once:
                    return
                stop.wait(poll)
    output.note("Stopped.")


def _looked(sign: Sign, progress: Progress, *, seconds: float) -> None:
    sign.looked(handled=progress.handled, failed=progress.failed, newer=progress.newer, seconds=seconds)


def _say(progress: Progress, output: Output, *, now: datetime, here: Sequence[str]) -> None:
    output.data({"now": now, **{name: getattr(progress, name) for name in progress.__slots__}})
    output.say(
        f"{beside_utc(now, organizations=here)}: {progress.commands} commands, "
        f"{progress.messages} messages, {progress.refused} put back, {progress.failed} failed, "
        f"{progress.parked} parked." + (f" {progress.newer} left to a newer Evenroll." if progress.newer else "")
    )


@contextmanager
def _serving(port: int | None, *, host: str, output: Output) -> Iterator[None]:
    if port is None:
        yield
        return
    from evenroll.runtime.metrics_door import serving_metrics

    with serving_metrics(host=host, port=port) as given:
        output.note(f"Metrics at http://{host}:{given}/metrics.")
        yield


def _seal_and_count(seal_all: Callable[[], int]) -> bool:
    """Seal what is committed, and count some of it for reports; whether all of it is counted."""
    _seal(seal_all)
    return _count(portions=PORTIONS_AT_ONCE)


def _seal(seal_all: Callable[[], int]) -> None:
    began = time.perf_counter()
    count = seal_all()
    if count:
        tell(LogLine(code=LogCode.SEALED, count=count, ms=round((time.perf_counter() - began) * 1000, 3)))


def _count(*, portions: int) -> bool:
    """Bring the figures of reports a little further; whether they are up to the sealed log."""
    from evenroll.records.report_taking import take_some

    began = time.perf_counter()
    count, more = take_some(portions=portions)
    if count:
        tell(LogLine(code=LogCode.COUNTED, count=count, ms=round((time.perf_counter() - began) * 1000, 3)))
    return not more


def _read_meters(now: datetime, *, before: datetime | None) -> datetime:
    """The moment at which a demo's meters are read; a demo's clock stands still until somebody moves it."""
    from evenroll.runtime.demo_reads import read_meters

    if now != before:
        read_meters(now)
    return now


def _retry_parked(installation: Installation, output: Output) -> None:
    """Once, and then the ordinary rounds go on with what came of it."""
    from evenroll.worker.parked import retry_parked

    told = [asdict(each) for each in retry_parked(installation, now=business_now())]
    output.data({"retried": told})
    if not told:
        output.say("No message is parked.")
        return
    columns = ("organization", "box", "other", "conversation", "kind", "outcome", "why", "message_id")
    output.table(columns, [tuple(each[column] for column in columns) for each in told])
