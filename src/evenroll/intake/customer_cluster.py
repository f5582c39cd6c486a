"""A comparison of all customers shared out to the workers of a Dask cluster; what comes back is what one machine gives.

Each worker reads the file of loads itself, under the same path. A worker that is lost is no matter: others take what it
had in hand.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from threading import Lock
from typing import Any, Final

from evenroll import __version__
from evenroll.intake.customer_run import Sharing
from evenroll.intake.customer_work import Portion, PortionWork
from evenroll.intake.processes import ProcessLost

AHEAD: Final = 4
"""So many portions for each thread of the cluster are on their way at once."""
_PATIENCE_S: Final = 30

_works: dict[str, PortionWork] = {}
_lock = Lock()


class ClusterRefused(ProcessLost):
    """A cluster with which nothing can be compared; the sentence says why and what to do."""


def cluster_of(address: str) -> Sharing:
    """By the workers of the cluster whose scheduler is at that address. Raises ClusterRefused."""

    def share(portions: Iterable[Portion], work: PortionWork) -> Iterator[bytes]:
        distributed = _distributed()
        with _client(distributed, address) as client:
            yield from _in_order(distributed, client, portions, work)

    return share


def compare_there(release: str, key: str, work: PortionWork, portion: Portion) -> bytes:
    """What a worker does: a part of the result as bytes. key: of the work, kept with its compiled rates."""
    if release != __version__:
        raise ClusterRefused(
            f"A worker has release {__version__} and the command {release}. Install the same one on all of them."
        )
    with _lock:
        if key not in _works:
            _works.clear()
            _works[key] = work
        kept = _works[key]
    return kept(portion)


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise ClusterRefused(
            "Dask is not installed, and --scheduler needs it. Install it with `pip install 'evenroll[dask]'`, or leave "
            "--scheduler out."
        ) from None


def _client(distributed: Any, address: str) -> Any:
    try:
        # A client whose address means nothing is made by halves, and complains once more when it is let go.
        scheme, _ = distributed.comm.parse_address(address, strict=True)
        distributed.comm.registry.get_backend(scheme)
        client = distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except (OSError, ValueError, TimeoutError):
        raise ClusterRefused(
            f"No Dask scheduler with a worker answers at {address} within {_PATIENCE_S} s. Start them, or correct the "
            "address, such as tcp://10.0.0.5:8786."
        ) from None
    return client


def _in_order(distributed: Any, client: Any, portions: Iterable[Portion], work: PortionWork) -> Iterator[bytes]:
    key, left = hashlib.sha256(pickle.dumps(work)).hexdigest(), iter(portions)
    under_way: deque[Any] = deque()
    many = AHEAD * max(1, sum(client.ncores().values()))
    while True:
        for portion in left:
            under_way.append(client.submit(compare_there, __version__, key, work, portion, pure=False))
            if len(under_way) >= many:
                break
        if not under_way:
            return
        yield _result(distributed, under_way.popleft(), work)


def _result(distributed: Any, future: Any, work: PortionWork) -> bytes:
    try:
        return future.result()
    except FileNotFoundError:
        raise ClusterRefused(
            f"A worker finds no file {work.file.path}. Put it where all workers read it under that path; what was "
            "finished is kept."
        ) from None
    except (distributed.KilledWorker, *_lost(distributed)):
        raise ClusterRefused(
            "The cluster lost its workers again and again. What was finished is kept: look after the workers, most "
            "likely their memory, and give the same command again."
        ) from None
    finally:
        with suppress(Exception):
            future.release()


def _lost(distributed: Any) -> tuple[type[BaseException], ...]:
    """What else tells that the scheduler is gone."""
    return (distributed.client.FutureCancelledError, distributed.comm.CommClosedError, TimeoutError)
