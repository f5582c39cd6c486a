"""The events of a correction: one person proposes, another settles, and the wrong value stays in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.enrollment.event import Event
from evenroll.enrollment.leaving_codes import CorrectableFact


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionProposed(Event):
    """Action: a recorded fact is said to be wrong. number: of the correction in its case. by: who proposes, by code."""

    number: int
    fact: CorrectableFact
    before: str
    after: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionMade(Event):
    """Action: another person agreed; from here on the right value counts, and what hangs on it is computed anew.

    rescission_ends_on, minimum_stay_ends_on, lockout_ends_on: as they are now, where they hang on this fact.
    """

    number: int
    fact: CorrectableFact
    before: str
    after: str
    by: str
    rescission_ends_on: date | None = None
    minimum_stay_ends_on: date | None = None
    lockout_ends_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionDeclined(Event):
    """Action: another person looked, and the recorded value stands."""

    number: int
    fact: CorrectableFact
    by: str
