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
    """The function compiled on first use, once per machine; it runs without the interpreter's lock."""
    _FILES.add(function.__code__.co_filename)
    if not HAS_KERNELS:
        return function
    numba: Any = importlib.import_module("numba")
    return cast(_Function, numba.njit(nogil=True, cache=True, boundscheck=False)(function))


def stamp_of_kernels() -> int:
    """A number that changes with the source of any kernel made so far.

    What is kept of a compiled kernel is taken again as long as its own file is the same, whatever became of the kernels
    of other files that it calls. One that calls such holds this number, so that it is compiled anew with them.
    """
    return stamp_of(Path(name) for name in sorted(_FILES))


def stamp_of(files: Iterable[Path]) -> int:
    """A number that changes with the content of any of the files."""
    stamp = 0
    for file in files:
        stamp = crc32(file.read_bytes(), stamp)
    return stamp
