"""numba where it is installed: the kernels compiled; without it they are not used, and the plain way counts."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _numba() -> Any:
    try:
        return importlib.import_module("numba")
    except ImportError:
        return None


_NUMBA: Final = _numba()

HAS_KERNELS: Final[bool] = _NUMBA is not None
"""Whether compiled kernels can be had."""


def kernel(function: _Function) -> _Function:
    """The function compiled on first use, once per machine; it runs without the interpreter's lock."""
    if _NUMBA is None:
        return function
    return cast(_Function, _NUMBA.njit(nogil=True, cache=True, boundscheck=False)(function))
