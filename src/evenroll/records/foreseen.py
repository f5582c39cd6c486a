"""What was read for many decisions at once: whoever looks it up is answered from here, and asks no database for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TypeVar, cast

T = TypeVar("T")


class Fact(StrEnum):
    """What can be read for many; each stands for the look-up of one."""

    OFFER_SHOWN = "offer_shown"
    SHELF = "shelf"
    POINT = "point"
    POINT_TOLD = "point_told"
    ACCOUNT = "account"
    BILLED_POINT = "billed_point"
    CUSTOMER_KEY = "customer_key"
    FAMILIES_AT_UNIT = "families_at_unit"
    UNITS_AT_LOCATION = "units_at_location"
    LOCKOUTS = "lockouts"
    CHANGES_AT_POINT = "changes_at_point"
    METERS_AT = "meters_at"
    VIN_OF_CASE = "vin_of_case"
    VEHICLES_ELSEWHERE = "vehicles_elsewhere"


class Unforeseen(RuntimeError):
    """Something was looked up, for a decision among many, that was not read for them; it is decided by itself."""


class Foreseen:
    """The facts of decisions, each by what it is and by its key.

    is_whole: whether nothing else may be looked up, as for many decisions; of a single one the rest is read when asked.
    """

    __slots__ = ("_told", "is_whole")

    def __init__(self, *, is_whole: bool = True) -> None:
        self._told: dict[tuple[Fact, Hashable], object] = {}
        self.is_whole = is_whole

    def tell(self, fact: Fact, key: Hashable, value: object) -> None:
        """Keep a fact; None, too, is one."""
        self._told[fact, key] = value

    def tell_all(self, fact: Fact, values: Mapping[T, object]) -> None:
        """Keep many of a kind, by key."""
        for key, value in values.items():
            self._told[fact, key] = value

    def knows(self, fact: Fact, key: Hashable) -> bool:
        """Whether it was told."""
        return (fact, key) in self._told

    def told(self, fact: Fact, key: Hashable) -> object:
        """What was told. Raises Unforeseen."""
        try:
            return self._told[fact, key]
        except KeyError:
            raise Unforeseen(f"{fact.value} was not read for the decisions that are taken together.") from None


_foreseen: ContextVar[Foreseen | None] = ContextVar("evenroll_foreseen", default=None)


@contextmanager
def deciding_from(foreseen: Foreseen) -> Iterator[None]:
    """In this block what is looked up was told before; what was not raises Unforeseen, if the facts are whole."""
    token = _foreseen.set(foreseen)
    try:
        yield
    finally:
        _foreseen.reset(token)


def looked_up(fact: Fact, key: Hashable, read: Callable[[], T]) -> T:
    """The fact as it was told for many, else as `read` gives it. Raises Unforeseen."""
    foreseen = _foreseen.get()
    if foreseen is None or not (foreseen.is_whole or foreseen.knows(fact, key)):
        return read()
    return cast("T", foreseen.told(fact, key))


def is_foreseen() -> bool:
    """Whether a decision is taken in a block of `deciding_from`."""
    return _foreseen.get() is not None


def looked_up_once(fact: Fact, key: Hashable, read: Callable[[], T]) -> T:
    """As `looked_up`, for what all organizations share and no decision changes: the first that asks reads for all."""
    foreseen = _foreseen.get()
    if foreseen is None:
        return read()
    if not foreseen.knows(fact, key):
        foreseen.tell(fact, key, read())
    return cast("T", foreseen.told(fact, key))


def refuse_reading() -> None:
    """Raises Unforeseen where decisions go by what was told before."""
    foreseen = _foreseen.get()
    if foreseen is not None and foreseen.is_whole:
        raise Unforeseen("A row was to be read that was not read for the decisions that are taken together.")
