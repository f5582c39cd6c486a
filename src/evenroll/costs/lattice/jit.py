"""numba where it is installed: the kernels compiled; without it they are not used, and the plain way counts."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from zlib import crc32

_Function = TypeVar("_Function", bound=Callable[..., Any])


_FILES: Final[set[str]] = set()

HAS_KERNELS: Final[bool] = find_spec("numba") is not None
"""Whether compiled kernels can be had."""


def kernel(function: _Function) -> _Function:
    """The function compiled on first use, once per machine; it runs without the interpreter's lock.

    Where nothing can be kept, as for an account without a home beside files it may not write to, once per process.
    """
    _FILES.add(function.__code__.co_filename)
    if not HAS_KERNELS:
        return function
    numba: Any = importlib.import_module("numba")
    try:
        return cast(_Function, numba.njit(nogil=True, cache=True, boundscheck=False)(function))
    except RuntimeError:
        # numba found no folder for what it compiles.
        return cast(_Function, numba.njit(nogil=True, boundscheck=False)(function))


def stamp_of_kernels() -> int:
    """A number that changes with the source of any kernel of this folder made so far.

    What is kept of a compiled kernel is taken again as long as its own file is the same, whatever became of the kernels
    of other files that it calls. One that calls such holds this number, so that it is compiled anew with them.
    """
    own = Path(__file__).parent
    return stamp_of(file for file in map(Path, sorted(_FILES)) if file.parent == own)


def stamp_of(files: Iterable[Path]) -> int:
    """A number that changes with the content of any of the files."""
    stamp = 0
    for file in files:
        stamp = crc32(file.read_bytes(), stamp)
    return stamp
