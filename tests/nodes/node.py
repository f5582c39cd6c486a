"""One node of several, as a process of its own: the database that its environment names, and a clock of its own.

Usage: node.py seed CUSTOMERS APPLICATIONS_EACH | node.py work MINUTES_AHEAD. Each tells lines of JSON; `work` begins
with a line on its input and ends by SIGTERM.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from datetime import timedelta

from evenroll.runtime.cli_session import session
from tests.territory import NIGHT_RATE, NOW, new_territory


def seed(premises: int, each: int) -> None:
    """A territory with so many customers, each of whom applies so often."""
    from evenroll.programs.program import MeterCapability

    with session():
        territory = new_territory()
        numbers: list[str] = []
        for _ in range(premises):
            premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
            numbers += [territory.apply(premise) for _ in range(each)]
        tell({"utility": territory.utility, "esco": territory.esco, "numbers": numbers})


def work(minutes_ahead: float) -> None:
    """The rounds of a worker whose clock goes ahead of the others', until it is told to stop; a second is a minute."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    with session():
        from evenroll.records.sealing import seal_all
        from evenroll.runtime.installation_wiring import wired_installation
        from evenroll.runtime.worker_sign import signs_of_life
        from evenroll.worker.driver import run_until_idle

        installation = wired_installation()
        with signs_of_life() as sign:
            tell({"ready": True})
            sys.stdin.readline()
            began = time.monotonic()
            while not stop.is_set():
                now = NOW + timedelta(minutes=minutes_ahead + time.monotonic() - began)
                progress = run_until_idle(installation, now=now, limit=10)
                seal_all()
                sign.looked(handled=progress.handled, failed=progress.failed, seconds=0)
                if progress.handled:
                    tell({name: getattr(progress, name) for name in progress.__slots__})
                elif progress.idle:
                    stop.wait(0.1)


def tell(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed(int(sys.argv[2]), int(sys.argv[3]))
    else:
        work(float(sys.argv[2]))
