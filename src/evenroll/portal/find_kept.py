"""What was worked out once for the same answers at the same prices, kept in this process for a while, and no longer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from threading import Event, Lock
from typing import Final, Generic, TypeVar

from evenroll.costs.pricing import KnownPrices
from evenroll.enrollment.facts import PartnerAway
from evenroll.ports.prices import PriceSource
from evenroll.quantities.identifiers import OrganizationKey

Value = TypeVar("Value")

_SECONDS: Final = 900.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept(Generic[Value]):
    """So many values by what they were made of; the one that was asked for longest ago goes first.

    most: how many. seconds: how long each stays. Of those who ask for the same at once one works it out, and the others
    wait for it: at the start of a day all of them want the same prices.
    """

    most: int
    seconds: float = _SECONDS
    clock: Callable[[], float] = time.monotonic
    values: OrderedDict[Hashable, tuple[float, Value]] = field(
        default_factory=OrderedDict[Hashable, tuple[float, Value]], repr=False
    )
    making: dict[Hashable, Event] = field(default_factory=dict[Hashable, Event], repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of this key, made where none is kept. key: everything that enters into it."""
        while True:
            with self.lock:
                found = self.values.get(key)
                if found is not None and found[0] > self.clock():
                    self.values.move_to_end(key)
                    return found[1]
                ahead = self.making.get(key)
                if ahead is None:
                    self.making[key] = Event()
                    break
            # Where the other fails, this one tries by itself.
            ahead.wait()
        return self._made(key, make)

    def _made(self, key: Hashable, make: Callable[[], Value]) -> Value:
        try:
            made = make()
            with self.lock:
                self.values[key] = (self.clock() + self.seconds, made)
                self.values.move_to_end(key)
                while len(self.values) > self.most:
                    self.values.popitem(last=False)
        finally:
            with self.lock:
                self.making.pop(key).set()
        return made


SERIES_MOST: Final = 12
"""Of so many series a process knows the prices of all their hours, 8 MB each."""

# Its key tells every change of the prices, so that nothing is read anew within a day.
_series: Final[Kept[KnownPrices]] = Kept(most=SERIES_MOST, seconds=24 * 3600.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPrices:
    """The prices of a source, each series read once until its owner's prices change. stamps: counts of changes."""

    source: PriceSource
    stamps: tuple[tuple[OrganizationKey, int], ...]

    def prices(
        self, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
    ) -> Mapping[datetime, Decimal] | PartnerAway:
        """USD per kWh by the start of each hour, UTC, as the source knows them; a source that is away is asked anew."""
        key = (type(self.source), series, owner, from_at, until_at, dict(self.stamps).get(owner, 0))
        try:
            return _series.of(key, lambda: _known(self.source, series, owner=owner, from_at=from_at, until_at=until_at))
        except _Away as away:
            return away.answer


class _Away(Exception):
    def __init__(self, answer: PartnerAway) -> None:
        super().__init__(answer.partner)
        self.answer = answer


def _known(
    source: PriceSource, series: str, *, owner: OrganizationKey, from_at: datetime, until_at: datetime
) -> KnownPrices:
    found = source.prices(series, owner=owner, from_at=from_at, until_at=until_at)
    if isinstance(found, PartnerAway):
        raise _Away(found)
    return KnownPrices(found)
