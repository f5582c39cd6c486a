"""The ending of a command that finds no room for what it writes, its own output above all."""

from __future__ import annotations

import errno
import os
import sys

from evenroll.runtime.cli_exit import ExitCode

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_output_full(error: Exception) -> bool:
    """Whether something could not be written for want of room."""
    return isinstance(error, OSError) and error.errno in _FULL


def say_output_full() -> ExitCode:
    """One sentence on standard error, and nothing more to standard output."""
    # Python itself would complain when it closes the output at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stderr.write(
        "evenroll: What this command writes found no room: the disk is full, where its output goes or in "
        "EVENROLL_HOME. What it did is kept. Free some space or send the output elsewhere, and run it again.\n"
    )
    return ExitCode.UNAVAILABLE
