"""Periods of whole days, half-open, and whether a row of them tiles without gap or overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodWrong(ValueError):
    """A period would hold no day: its end is not after its start."""


class PeriodOpen(ValueError):
    """The days of a period without an end were asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatePeriod:
    """The days from start_on up to, not including, end_on; end_on None is a period without an end."""

    start_on: date
    end_on: date | None = None

    def __post_init__(self) -> None:
        if self.end_on is not None and self.end_on <= self.start_on:
            raise PeriodWrong(
                f"A period from {self.start_on} to {self.end_on} holds no day: the end is the first day after it. "
                "Give a later end, or none."
            )

    @property
    def days(self) -> int:
        """Number of days. Raises PeriodOpen if the period has no end."""
        if self.end_on is None:
            raise PeriodOpen(
                f"The period from {self.start_on} has no end yet, so its days cannot be counted. Close it."
            )
        return (self.end_on - self.start_on).days

    def contains(self, day: date) -> bool:
        """Whether the day belongs to the period; end_on does not."""
        return self.start_on <= day and (self.end_on is None or day < self.end_on)

    def overlaps(self, other: "DatePeriod") -> bool:
        """Whether both share at least one day; periods that only touch do not."""
        return (self.end_on is None or other.start_on < self.end_on) and (
            other.end_on is None or self.start_on < other.end_on
        )


class TilingFaultKind(StrEnum):
    """How a row of periods fails to tile."""

    GAP = "gap"
    OVERLAP = "overlap"


@dataclass(frozen=True, kw_only=True, slots=True)
class TilingFault:
    """The days from start_on up to end_on that no period covers (gap) or several do (overlap); None: without an end."""

    kind: TilingFaultKind
    start_on: date
    end_on: date | None


def check_tiling(periods: Iterable[DatePeriod]) -> list[TilingFault]:
    """Every gap and overlap among the periods, by date, whatever their order; an empty list if they tile.

    Days before the first start and after the last end are no gaps. Where three or more periods meet, each one that
    begins on covered days gives its own overlap.
    """
    ordered = sorted(periods, key=lambda period: (period.start_on, period.end_on or date.max))
    faults: list[TilingFault] = []
    covered_until: date | None = None
    for index, period in enumerate(ordered):
        if index == 0:
            covered_until = period.end_on
            continue
        if covered_until is None or period.start_on < covered_until:
            shared_until = _earlier(covered_until, period.end_on)
            faults.append(TilingFault(kind=TilingFaultKind.OVERLAP, start_on=period.start_on, end_on=shared_until))
        elif period.start_on > covered_until:
            faults.append(TilingFault(kind=TilingFaultKind.GAP, start_on=covered_until, end_on=period.start_on))
        covered_until = _later(covered_until, period.end_on)
    return faults


def _earlier(first: date | None, second: date | None) -> date | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)


def _later(first: date | None, second: date | None) -> date | None:
    return None if first is None or second is None else max(first, second)
