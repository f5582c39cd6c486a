"""What the processes that read one uploaded paper each may take, and how they say what is wrong with it."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from typing import Final

CPU_SECONDS: Final = 12
MEMORY_BYTES: Final = 1024 * 1024 * 1024

TOO_LARGE: Final = 3
ENCRYPTED: Final = 4
ACTIVE: Final = 5


class Wrong(Exception):
    """What is wrong with a paper: one of the codes above, with which its process ends."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def cleaned(clean: Callable[[bytes], bytes]) -> int:
    """Clean what comes on standard input into standard output, held back to what a paper needs. Returns the exit code.

    Any error that is not foreseen ends the process: the paper cannot be read.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        written = clean(sys.stdin.buffer.read())
    except Wrong as wrong:
        return wrong.code
    sys.stdout.buffer.write(written)
    return 0
