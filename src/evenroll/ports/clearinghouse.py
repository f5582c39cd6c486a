"""The clearinghouse: who provides the commodity at a usage point on a day (row 2a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable

from evenroll.enrollment.facts import PartnerAway, ProviderAnswer
from evenroll.quantities.identifiers import PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderQuestion:
    """Which usage point is meant: by its number, or by postal code and address where the customer knows no number.

    address: personal; it goes to the clearinghouse and nowhere else.
    """

    pod: PodId | None = None
    postal_code: str = ""
    address: str = field(default="", repr=False)


class Clearinghouse(Protocol):
    """Whoever keeps the registry of supply in a territory."""

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """Who delivers to and supplies the usage point on that day; away is never a no."""
        ...


@runtime_checkable
class AsksMany(Protocol):
    """A clearinghouse that takes many questions at once."""

    def find_many(self, questions: Sequence[ProviderQuestion], *, on: date) -> tuple[ProviderAnswer | PartnerAway, ...]:
        """As `find`, of each, in the order of the questions."""
        ...


def find_providers(
    clearinghouse: Clearinghouse, questions: Sequence[ProviderQuestion], *, on: date
) -> tuple[ProviderAnswer | PartnerAway, ...]:
    """The answers to many questions, in their order: at once, or one by one where it takes no more."""
    if isinstance(clearinghouse, AsksMany):
        return clearinghouse.find_many(questions, on=on)
    return tuple(clearinghouse.find(each, on=on) for each in questions)
