"""numba where it is installed: the kernels compiled; without it they are not used, and the plain way counts."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from zlib import crc32

_Function = TypeVar("_Function", bound=Callable[..., Any])


_FILES: Final[set[str]] = set()
_TELL: Final[list[Callable[[], None]]] = []

HAS_KERNELS: Final[bool] = find_spec("numba") is not None
"""Whether compiled kernels can be had."""


def kernel(function: _Function) -> _Function:
    """The function compiled on first use, once per machine; it runs without the interpreter's lock.

    Where nothing can be kept, as for an account without a home beside files it may not write to, once per process.
    """
    return _compiled(function)


def inlined(function: _Function) -> _Function:
    """The same, put into the kernels that call it.

    An array is handed over as seven numbers, so that a call with some tables costs more than what is done for a line.
    """
    return _compiled(function, forceinline=True)


def _compiled(function: _Function, **more: bool) -> _Function:
    _FILES.add(function.__code__.co_filename)
    if not HAS_KERNELS:
        return function
    numba: Any = importlib.import_module("numba")
    _listen()
    try:
        return cast(_Function, numba.njit(nogil=True, cache=True, boundscheck=False, **more)(function))
    except RuntimeError:
        # numba found no folder for what it compiles.
        return cast(_Function, numba.njit(nogil=True, boundscheck=False, **more)(function))


@contextmanager
def telling_compiles(tell: Callable[[], None]) -> Generator[None]:
    """Meanwhile `tell` is called each time that a kernel is compiled in this process, and not where one was kept."""
    _TELL.append(tell)
    try:
        yield
    finally:
        _TELL.remove(tell)


@lru_cache(maxsize=1)
def _listen() -> None:
    """Hear of it; only where numba is loaded anyway, which takes longer than a few bills."""
    events: Any = importlib.import_module("numba.core.event")

    def on_start(_self: object, _event: object) -> None:
        for tell in tuple(_TELL):
            tell()

    def on_end(_self: object, _event: object) -> None:
        pass

    listener: Any = type("Listener", (events.Listener,), {"on_start": on_start, "on_end": on_end})
    events.register("numba:compile", listener())


def written(step: Callable[..., None]) -> Callable[..., None]:
    """A step for kernels to call, whose instructions are written by a function.

    step(builder, value, ...) adds them to an llvmlite builder: a value is what the kernel gives, an array as numba lays
    it out (data, shape), any other as it is. Kernels call it by a name of their file: what one closes over is not the
    same in any two processes, and it would be compiled anew in each.
    """
    if not HAS_KERNELS:
        return step
    types: Any = importlib.import_module("numba.types")
    extending: Any = importlib.import_module("numba.extending")

    @wraps(step)
    def typed(_context: Any, *kinds: Any) -> Any:
        def write(context: Any, builder: Any, signature: Any, given: Sequence[Any]) -> Any:
            values = [
                context.make_array(kind)(context, builder, each) if isinstance(kind, types.Array) else each
                for kind, each in zip(signature.args, given, strict=True)
            ]
            step(builder, *values)
            return context.get_dummy_value()

        return types.void(*kinds), write

    return cast(Callable[..., None], extending.intrinsic(typed))


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
