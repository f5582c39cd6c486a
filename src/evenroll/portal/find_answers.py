"""The answers to the four questions before any sign-in, as a session keeps them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from django.http import HttpRequest

_KEPT: Final = "find"

UTILITY_BILLS: Final = "utility"
OTHER_BILLS: Final = "other"
UNKNOWN_BILLS: Final = "unknown"
"""Who bills the electricity, where it is none of the suppliers that are listed."""
OTHER_VEHICLE: Final = "other"
QUESTIONS: Final = ("find-program", "find-vehicle", "find-charging", "find-billing", "find-costs")
"""The names of the pages of the questions in their order, then that of the costs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What was answered; empty or None where a question was not asked yet. Nobody's name.

    utility: whose wires. vehicle: a key of the list, or OTHER_VEHICLE. wh_per_100_miles: of another one, where said.
    outlet_w: what the plug at home gives. billed_by: a supplier's key, or one of the constants above. monthly_kwh: 0
    where not said.
    """

    utility: str = ""
    postal_code: str = ""
    vehicle: str = ""
    wh_per_100_miles: int | None = None
    miles: int | None = None
    plug_in_hour: int = 18
    unplug_hour: int = 7
    outlet_w: int = 7200
    billed_by: str = ""
    monthly_kwh: int = 0

    def kept_in(self, request: HttpRequest) -> None:
        """Keep them in the session of this browser."""
        request.session[_KEPT] = asdict(self)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Those of this browser; none where nothing was answered."""
        kept: Any = request.session.get(_KEPT)
        if not isinstance(kept, dict):
            return cls()
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def but(self, **changed: Any) -> Self:
        """The same with some answered anew."""
        return replace(self, **changed)

    @property
    def next_page(self) -> str:
        """The page of the first question that has no answer yet; that of the costs where all have one."""
        answered = (self.utility != "", self.vehicle != "", self.miles is not None, self.billed_by != "", False)
        return QUESTIONS[answered.index(False)]
