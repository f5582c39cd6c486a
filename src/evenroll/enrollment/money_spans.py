"""The spans that an incentive is earned for: their days, and when each of them is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, takewhile
from typing import assert_never

from evenroll.enrollment.dates import add_months, span_end
from evenroll.programs.program_terms import Incentive, IncentivePer

_ALL_YEAR = tuple(range(1, 13))
_DAY = timedelta(days=1)
_YEARS_MAX = 100
"""No enrollment is looked further ahead than this."""

ENROLLMENT_SPAN = "enrollment"


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneySpan:
    """The days [start_on, end_on) that a credit is for. On end_on it is counted.

    key: the month ("2027-03"), the season by its first and last month ("2027-06/2027-09"), the year of the enrollment
    ("year-1"), or the enrollment itself.
    """

    key: str
    start_on: date
    end_on: date

    @property
    def months(self) -> tuple[str, ...]:
        """The calendar months that lie within it as a whole."""
        first = self.start_on if self.start_on.day == 1 else next_month(self.start_on)
        found: list[str] = []
        while next_month(first) <= self.end_on:
            found.append(month_key(first))
            first = next_month(first)
        return tuple(found)


def spans_over(incentive: Incentive, *, active_on: date, by: date) -> tuple[MoneySpan, ...]:
    """The spans of an incentive that are over on a day, the first one first.

    Only whole months, seasons and years of an active enrollment count; one that ends sooner than `after_days` after
    the enrollment was active earns nothing.
    """
    late_on = span_end(active_on, span=incentive.after)
    spans = takewhile(lambda each: each.end_on <= by, _spans(incentive, active_on=active_on, ending_on=late_on))
    return tuple(each for each in spans if each.end_on >= late_on)


def next_over(incentive: Incentive, *, active_on: date, after: date) -> date | None:
    """The first day after `after` on which a span of the incentive is over; None if there is none."""
    earliest_on = max(after + _DAY, span_end(active_on, span=incentive.after))
    spans = _spans(incentive, active_on=active_on, ending_on=earliest_on)
    return next((span.end_on for span in spans if span.end_on >= earliest_on), None)


def next_month(day: date) -> date:
    """The first day of the month after that of a day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_key(day: date) -> str:
    """The calendar month of a day, as a span names it."""
    return f"{day.year:04d}-{day.month:02d}"


def _spans(incentive: Incentive, *, active_on: date, ending_on: date) -> Iterator[MoneySpan]:
    """The spans in their order; of those that end before ending_on some may be left out."""
    match incentive.per:
        case IncentivePer.ENROLLMENT:
            end_on = span_end(active_on, span=incentive.after)
            return iter((MoneySpan(key=ENROLLMENT_SPAN, start_on=active_on, end_on=end_on),))
        case IncentivePer.MONTH | IncentivePer.KWH:
            return _months(incentive, active_on, ending_on)
        case IncentivePer.SEASON:
            return _seasons(incentive, active_on, ending_on)
        case IncentivePer.YEAR:
            return (_year(active_on, number) for number in range(1, _YEARS_MAX))
        case IncentivePer.EVENT:
            # Earned when the event is settled, not when time passes.
            return iter(())
        case _:
            assert_never(incentive.per)


def _firsts(active_on: date, *, since: date) -> Iterator[date]:
    """The first days of the months that begin while the enrollment is active, from that of a day on."""
    first = max(active_on if active_on.day == 1 else next_month(active_on), since.replace(day=1))
    for _ in range(12 * _YEARS_MAX):
        yield first
        first = next_month(first)


def _months(incentive: Incentive, active_on: date, ending_on: date) -> Iterator[MoneySpan]:
    months = incentive.months or _ALL_YEAR
    for first in _firsts(active_on, since=ending_on - _DAY):
        if first.month in months:
            yield _month(first)


@lru_cache(maxsize=2048)
def _month(first: date) -> MoneySpan:
    return MoneySpan(key=month_key(first), start_on=first, end_on=next_month(first))


def _seasons(incentive: Incentive, active_on: date, ending_on: date) -> Iterator[MoneySpan]:
    months = incentive.months or _ALL_YEAR
    # A season without a break in the year is the calendar year.
    begins = tuple(each for each in sorted(set(months)) if _before(each) not in months) or (1,)
    year = max(active_on, add_months(ending_on, -12)).year
    for number in range(year, year + _YEARS_MAX):
        for first in (date(number, month, 1) for month in begins):
            if first >= active_on:
                yield _season(first, months)


@lru_cache(maxsize=2048)
def _season(first: date, months: tuple[int, ...]) -> MoneySpan:
    end_on = next_month(first)
    while end_on.month in months and end_on < add_months(first, 12):
        end_on = next_month(end_on)
    return MoneySpan(key=f"{month_key(first)}/{month_key(end_on - _DAY)}", start_on=first, end_on=end_on)


def _before(month: int) -> int:
    return 12 if month == 1 else month - 1


def _year(active_on: date, number: int) -> MoneySpan:
    start_on, end_on = (add_months(active_on, 12 * each) for each in (number - 1, number))
    return MoneySpan(key=f"year-{number}", start_on=start_on, end_on=end_on)


def season_of(months: tuple[int, ...], *, day: date) -> tuple[date, date]:
    """The season that a day lies in, [start, end), of those that the months make; its calendar year where all do."""
    if len(set(months)) == 12:
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    back = takewhile(lambda first: first.month in months, (add_months(day.replace(day=1), -n) for n in range(12)))
    start_on = min(chain((day.replace(day=1),), back))
    end_on = next_month(day)
    while end_on.month in months:
        end_on = next_month(end_on)
    return start_on, end_on
