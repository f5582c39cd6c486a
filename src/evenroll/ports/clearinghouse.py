"""The clearinghouse: who provides the commodity at a usage point on a day (row 2a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

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
