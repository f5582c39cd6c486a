"""`evenroll serve` as a process of its own on a database that stands, for measurements."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evenroll.runtime.database import DatabaseUrls

_PROGRAM = "from evenroll.runtime.command_line import main; main()"
_PATIENCE_SECONDS = 90


@contextmanager
def served_web(urls: DatabaseUrls, *, home: Path | None = None, more: Mapping[str, str] | None = None) -> Iterator[int]:
    """The port of it; its processes are gone afterwards. home: where its keys are; by default that of test runs.

    more: variables of its environment.
    """
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = int(tried.getsockname()[1])
    own = home or Path(os.environ.get("EVENROLL_TEST_HOME", "/var/cache/evenroll/tests"))
    places = {"EVENROLL_HOME": str(own), "DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
    command = [sys.executable, "-c", _PROGRAM, "serve", "--port", str(port)]
    environment = {**os.environ, **places, **(more or {})}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            _answers(port, process)
            yield port
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE_SECONDS)


def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise RuntimeError("`evenroll serve` did not answer; run it by itself to see why.")
