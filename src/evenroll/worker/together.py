"""Many commands of one actor in one transaction: locked at once, decided one after the other, committed together.

A transaction costs more than most commands. Nothing is undone by itself here: what one of them is refused is found out
when it is taken alone, and the others are taken again without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Actor
from evenroll.quantities.identifiers import CaseNumber, OrderNumber, OrganizationKey
from evenroll.records.asked import Answer
from evenroll.records.streams import StreamId
from evenroll.records.streams_ahead import streams_of_cases, streams_of_orders
from evenroll.records.taking import names_order
from evenroll.records.unit_of_work import UnitOfWork, unit_of_work

T = TypeVar("T")

REFUSED_MAX = 3
"""So many may fail before it is dearer to take the rest once more than each by itself."""

ALONE = frozenset(
    {
        # They lock places of units, which nobody knows before.
        CommandName.DECIDE,
        # They begin a record, or lock all cases of a usage point.
        CommandName.RECEIVE_CASE,
        CommandName.RECEIVE_SUPPLY_REQUEST,
        CommandName.HEAR_EVENT,
        CommandName.HEAR_MOVE,
        CommandName.LOSE_SUPPLY,
        CommandName.ADMIT_NEXT,
        CommandName.COMPLETE_MOVE,
        CommandName.JUDGE_SUPPLY,
        CommandName.SETTLE_PROTECTION,
    }
)
"""Commands of the clock and of messages that are always taken by themselves."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One command. number: of the case or order; begins: what it locks where no row says so yet."""

    name: CommandName
    number: str
    act: Callable[[UnitOfWork], Answer]
    begins: frozenset[StreamId] = frozenset()


@dataclass(kw_only=True, slots=True)
class Together:
    """What became of pieces, by their places. busy: another holds what they need; the rest is to be taken alone."""

    answers: dict[int, Answer] = field(default_factory=dict[int, Answer])
    busy: set[int] = field(default_factory=set[int])


Admit = Callable[[Mapping[int, Piece]], Mapping[int, Piece]]
"""Says which of the pieces whose locks are held may be taken together, in their transaction; the others alone."""

Close = Callable[[Sequence[int]], None]
"""Writes, in their transaction, that these pieces were taken; what is left for another one is not among them."""


def take_together(
    pieces: Mapping[int, Piece],
    *,
    actor: Actor,
    books: OrganizationKey,
    now: datetime,
    admit: Admit = lambda held: held,
    close: Close = lambda _taken: None,
) -> Together:
    """Take commands in the books of an organization, as many as can be in each transaction.

    No two pieces may be of one number. Whatever cannot be taken so has had no effect.
    """
    told, alone = Together(), 0
    turn = _Turn(actor=actor, books=books, now=now, admit=admit, close=close)
    rest = {at: piece for at, piece in pieces.items() if piece.name not in ALONE}
    while rest and alone <= REFUSED_MAX:
        tried = _Attempt(told=Together())
        try:
            _attempt(rest, tried, turn)
        except Exception:  # by itself it says what is wrong, and is answered or logged then
            if tried.at is None:
                # None of them in particular: they were refused by the database at the end, or it is away.
                return told
            alone += 1
            del rest[tried.at]
            continue
        told.answers |= tried.told.answers
        told.busy |= tried.told.busy
        rest = {at: piece for at, piece in rest.items() if at in tried.left}
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class _Turn:
    """What all pieces share. books: whose they are written in."""

    actor: Actor
    books: OrganizationKey
    now: datetime
    admit: Admit
    close: Close


@dataclass(kw_only=True, slots=True)
class _Attempt:
    """at: the piece in hand; left: those that another transaction is needed for."""

    told: Together
    at: int | None = None
    left: set[int] = field(default_factory=set[int])


def _attempt(rest: Mapping[int, Piece], tried: _Attempt, turn: _Turn) -> None:
    with unit_of_work(turn.books, actor=turn.actor, now=turn.now) as work:
        ahead = _streams_ahead(rest)
        held = work.hold(frozenset[StreamId]().union(*ahead.values()))
        free = {at: piece for at, piece in rest.items() if at in ahead and ahead[at] <= held}
        tried.told.busy |= ahead.keys() - free.keys()
        for at, piece in turn.admit(free).items():
            if work.tells_places:
                # What the next one may take is written first.
                tried.left.add(at)
                continue
            tried.at = at
            tried.told.answers[at] = piece.act(work)
        tried.at = None
        turn.close(tuple(tried.told.answers))


def _streams_ahead(pieces: Mapping[int, Piece]) -> Mapping[int, frozenset[StreamId]]:
    numbers = [piece.number for piece in pieces.values()]
    orders = streams_of_orders([OrderNumber(each) for each in numbers if names_order(each)])
    cases = streams_of_cases([CaseNumber(each) for each in numbers if not names_order(each)])
    known: dict[str, frozenset[StreamId]] = {**orders, **cases}
    ahead = {at: known.get(piece.number, piece.begins) for at, piece in pieces.items()}
    return {at: streams for at, streams in ahead.items() if streams}


def in_rounds(all_of_them: Sequence[T], *, number: Callable[[T], str]) -> Iterator[list[T]]:
    """Rounds in which no number comes twice; those of one number stay in their order."""
    rest = list(all_of_them)
    while rest:
        first = {number(each): each for each in reversed(rest)}
        turn = [each for each in rest if first[number(each)] is each]
        yield turn
        rest = [each for each in rest if first[number(each)] is not each]
