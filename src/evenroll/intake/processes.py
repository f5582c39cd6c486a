"""Batches of a file shared out to several processes of this machine; what they give comes back in the file's order."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, TypeVar

from django.db import connections

AHEAD: Final = 4
"""So many batches for each process may be done before an earlier one is."""

_LOST: Final = (
    "A process of this run ended before its rows were done. What it had committed is kept: give the same file again, "
    "and it goes on where it stopped."
)

T = TypeVar("T")
R = TypeVar("R")


class ProcessLost(RuntimeError):
    """A process of the run ended before its batch was done; what it committed stays, and is known again."""


@dataclass(slots=True)
class _Hand(Generic[T]):
    """A process, the way to it, and the number of the batch that it has in hand."""

    process: BaseProcess
    way: Any
    number: int | None = None


def shared_out(batches: Iterable[T], *, work: Callable[[T], R], processes: int) -> Iterator[R]:
    """What `work` gives for each batch, in order, by so many processes that begin at once as copies of this one.

    The database connections of this process are closed before, so that none is inherited. An error of a process is
    raised here. Whoever stops taking, or dies, ends them: they read from nobody then. Raises ProcessLost.
    """
    connections.close_all()
    context = get_context("fork")
    hands: list[_Hand[T]] = []
    # What is here already is never garbage to a copy: left alone, its memory stays shared with this process.
    gc.collect()
    gc.freeze()
    for _ in range(processes):
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(here, there, work), daemon=True)
        process.start()
        there.close()
        hands.append(_Hand(process=process, way=here))
    gc.unfreeze()
    return _in_order(iter(batches), hands)


def shared_anew(batches: Iterable[T], *, work: Callable[[T], R], processes: int) -> Iterator[R]:
    """The same by processes that begin from nothing and are sent `work` once: no lock of this one is theirs."""
    context = get_context("spawn")
    hands: list[_Hand[T]] = []
    for _ in range(processes):
        here, there = context.Pipe()
        process = context.Process(target=_serve_anew, args=(there, work), daemon=True)
        process.start()
        there.close()
        hands.append(_Hand(process=process, way=here))
    return _in_order(iter(batches), hands)


def _in_order(batches: Iterator[T], hands: list[_Hand[T]]) -> Iterator[Any]:
    done: dict[int, Any] = {}
    given = told = 0
    next_ones = list(islice(batches, 1))
    try:
        while next_ones or given > told:
            for hand in hands:
                if hand.number is None and next_ones and given - told < AHEAD * len(hands):
                    _give(hand, next_ones.pop())
                    hand.number, given = given, given + 1
                    next_ones = list(islice(batches, 1))
            for hand in _ready(hands):
                number = _number(hand)
                done[number] = _answer(hand)
            while told in done:
                yield done.pop(told)
                told += 1
    finally:
        for hand in hands:
            hand.way.close()
            hand.process.terminate()
            hand.process.join()


def _ready(hands: list[_Hand[T]]) -> list[_Hand[T]]:
    """Those that have an answer; waits for one if all are at work."""
    busy = {hand.way: hand for hand in hands if hand.number is not None}
    return [busy[way] for way in wait(list(busy))] if busy else []


def _number(hand: _Hand[T]) -> int:
    assert hand.number is not None
    return hand.number


def _give(hand: _Hand[T], batch: T) -> None:
    try:
        hand.way.send(batch)
    except (BrokenPipeError, ConnectionResetError):
        raise ProcessLost(_LOST) from None


def _answer(hand: _Hand[T]) -> Any:
    try:
        error, answer = hand.way.recv()
    except (EOFError, ConnectionResetError):
        raise ProcessLost(_LOST) from None
    hand.number = None
    if error is not None:
        raise error
    return answer


def _serve(theirs: Any, own: Any, work: Callable[[Any], Any]) -> None:
    """Take batches until nobody gives any."""
    # Whoever gives them must be the only one at that end: when it dies, this end is told.
    theirs.close()
    # A batch makes values by the million and hardly a cycle among them: looking for those takes a fifth of its time.
    gc.disable()
    for _ in _served(own, work):
        gc.collect()


def _serve_anew(own: Any, work: Callable[[Any], Any]) -> None:
    # Whoever interrupts the command means the one that gives batches; it closes the way to this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for _ in _served(own, work):
        pass


def _served(own: Any, work: Callable[[Any], Any]) -> Iterator[None]:
    """Answers batches until nobody gives any."""
    while True:
        try:
            batch = own.recv()
        except EOFError:
            return
        try:
            answer = (None, work(batch))
        except Exception as error:  # it is raised where the batches come from
            answer = (error, None)
        own.send(answer)
        del batch, answer
        yield
