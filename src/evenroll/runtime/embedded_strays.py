"""Programs of PostgreSQL that go on in a folder whose command was killed: found by the folder, and ended."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from evenroll.runtime.embedded_places import ServerRefused

END_SECONDS_MAX = 60
PAUSE_SECONDS = 0.05


def end_strays(folder: Path) -> None:
    """End every process that names this folder or anything in it, and wait until they are gone.

    folder: one whose name no other has and whose content nobody needs: nothing in it is brought to an end first.
    Raises ServerRefused where they do not end.
    """
    until = time.monotonic() + END_SECONDS_MAX
    while strays := tuple(_naming(folder)):
        for pid in strays:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            except PermissionError:
                raise _still_there(strays, folder) from None
        if time.monotonic() > until:
            raise _still_there(strays, folder)
        time.sleep(PAUSE_SECONDS)


def _still_there(strays: tuple[int, ...], folder: Path) -> ServerRefused:
    return ServerRefused(
        f"Processes of an earlier run still work in {folder}: {', '.join(map(str, strays))}. End them and run the "
        "command again. Nothing was changed."
    )


def _naming(folder: Path) -> Iterator[int]:
    for pid, command in _commands():
        # Also within an argument: PostgreSQL's programs start each other by way of a shell.
        if pid != os.getpid() and str(folder) in command:
            yield pid


def _commands() -> Iterator[tuple[int, str]]:
    """Every process with its command line."""
    if Path("/proc/self").exists():
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    yield int(process.name), process.joinpath("cmdline").read_bytes().decode(errors="replace")
                except OSError:
                    continue
        return
    answer = subprocess.run(["ps", "-axo", "pid=,command="], check=False, capture_output=True, text=True)
    for line in answer.stdout.splitlines():
        number, _, command = line.strip().partition(" ")
        if number.isdigit():
            yield int(number), command
