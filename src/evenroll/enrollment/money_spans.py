"""The spans that an incentive is earned for: their days, and when each of them is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, takewhile
from typing import assert_never

from evenroll.enrollment.dates import add_months, span_end
from evenroll.programs.program_terms import Incentive, IncentivePer

_ALL_YEAR = tuple(range(1, 13))
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
    spans = takewhile(lambda each: each.end_on <= by, _spans(incentive, active_on=active_on))
    return tuple(each for each in spans if _is_late_enough(incentive, each, active_on=active_on))


def next_over(incentive: Incentive, *, active_on: date, after: date) -> date | None:
    """The first day after `after` on which a span of the incentive is over; None if there is none."""
    for span in _spans(incentive, active_on=active_on):
        if span.end_on > after and _is_late_enough(incentive, span, active_on=active_on):
            return span.end_on
    return None


def next_month(day: date) -> date:
    """The first day of the month after that of a day."""
    return add_months(day.replace(day=1), 1)


def month_key(day: date) -> str:
    """The calendar month of a day, as a span names it."""
    return f"{day.year:04d}-{day.month:02d}"


def _is_late_enough(incentive: Incentive, span: MoneySpan, *, active_on: date) -> bool:
    return span.end_on >= span_end(active_on, span=incentive.after)


def _spans(incentive: Incentive, *, active_on: date) -> Iterator[MoneySpan]:
    match incentive.per:
        case IncentivePer.ENROLLMENT:
            end_on = span_end(active_on, span=incentive.after)
            return iter((MoneySpan(key=ENROLLMENT_SPAN, start_on=active_on, end_on=end_on),))
        case IncentivePer.MONTH | IncentivePer.KWH:
            return _months(incentive, active_on)
        case IncentivePer.SEASON:
            return _seasons(incentive, active_on)
        case IncentivePer.YEAR:
            return (_year(active_on, number) for number in range(1, _YEARS_MAX))
        case IncentivePer.EVENT:
            # Earned when the event is settled, not when time passes.
            return iter(())
        case _:
            assert_never(incentive.per)


def _firsts(active_on: date) -> Iterator[date]:
    """The first days of the months that begin while the enrollment is active."""
    first = active_on if active_on.day == 1 else next_month(active_on)
    for _ in range(12 * _YEARS_MAX):
        yield first
        first = next_month(first)


def _months(incentive: Incentive, active_on: date) -> Iterator[MoneySpan]:
    months = incentive.months or _ALL_YEAR
    for first in _firsts(active_on):
        if first.month in months:
            yield MoneySpan(key=month_key(first), start_on=first, end_on=next_month(first))


def _seasons(incentive: Incentive, active_on: date) -> Iterator[MoneySpan]:
    months = frozenset(incentive.months or _ALL_YEAR)
    for first in _firsts(active_on):
        begins = first.month in months and _before(first.month) not in months
        # A season without a break in the year is the calendar year.
        if begins or (len(months) == 12 and first.month == 1):
            end_on = next_month(first)
            while end_on.month in months and end_on < add_months(first, 12):
                end_on = next_month(end_on)
            last = month_key(end_on - timedelta(days=1))
            yield MoneySpan(key=f"{month_key(first)}/{last}", start_on=first, end_on=end_on)


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
