"""`evenroll serve` as a process: it answers, says so, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.database import DatabaseUrls

_PROGRAM = "from evenroll.runtime.command_line import main; main()"
_PATIENCE_SECONDS = 60


def started(urls: DatabaseUrls, home: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "EVENROLL_HOME": str(home),
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "NO_COLOR": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "serve", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def a_free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def answered(address: str) -> str:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            # Not there yet, or ended beneath this very answer.
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_it_answers_until_it_is_told_to_stop(django_ready: DatabaseUrls, embedded_home: Path) -> None:
    port = a_free_port()
    process = started(django_ready, embedded_home, "--port", str(port))
    try:
        assert '<main id="main-content">' in answered(f"http://127.0.0.1:{port}/")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    finally:
        process.kill()
    told = out + err
    assert process.returncode == ExitCode.OK, told
    assert f"http://127.0.0.1:{port}/" in told
    assert f"http://127.0.0.1:{port}/sign-in" in told
    assert "No mail is set up" in told
    assert "Stopped." in told
    assert "Traceback" not in told


def test_a_worker_that_dies_is_started_anew_and_the_site_goes_on(
    django_ready: DatabaseUrls, embedded_home: Path
) -> None:
    port = a_free_port()
    process = started(django_ready, embedded_home, "--port", str(port))
    try:
        answered(f"http://127.0.0.1:{port}/")
        first = workers_of(process.pid)
        for each in first:
            os.kill(each, signal.SIGKILL)
        assert '<main id="main-content">' in answered(f"http://127.0.0.1:{port}/")
        assert process.poll() is None
        assert workers_of(process.pid) and not workers_of(process.pid) & first
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    finally:
        process.kill()
    assert process.returncode == ExitCode.OK, out + err


def workers_of(parent: int) -> frozenset[int]:
    """The processes that a server has split off and that answer."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return frozenset(int(each) for each in children if "tracker" not in commands_of(int(each)))


def commands_of(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_port_in_use_is_said_in_one_sentence(django_ready: DatabaseUrls, embedded_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = started(django_ready, embedded_home, "--port", str(port))
        _out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    assert process.returncode == ExitCode.UNAVAILABLE
    assert f"cannot be served at 127.0.0.1, port {port}" in err
    assert "Traceback" not in err
