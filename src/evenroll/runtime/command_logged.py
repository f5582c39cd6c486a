"""The line in the log with which a command at the terminal ends: its name, its exit code, how long it took."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evenroll.records.log_lines import LogCode, LogLine, tell, tell_failure
from evenroll.runtime.cli_exit import ExitCode
from evenroll.runtime.cli_session import asked


@dataclass(slots=True)
class CommandLogged:
    """How a command ended. reason: the code of its refusal; error: what stopped it, if anything did."""

    code: int = 0
    reason: str = ""
    error: Exception | None = None


@contextmanager
def command_logged() -> Iterator[CommandLogged]:
    """Tells how the command inside ended. What was typed behind its name is not told: it may name a person."""
    began = time.perf_counter()
    ended = CommandLogged()
    yield ended
    line = LogLine(
        code=LogCode.COMMAND_ENDED,
        of=asked.command,
        outcome=ended.reason,
        exit_code=ended.code,
        ms=round((time.perf_counter() - began) * 1000, 3),
    )
    if ended.error is not None and ended.code == ExitCode.DEFECT:
        tell_failure(line, ended.error)
    else:
        tell(line, level=logging.INFO)
