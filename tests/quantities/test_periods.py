"""Periods of days and their tiling, against counting day by day."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.quantities.periods import DatePeriod, PeriodOpen, PeriodWrong, TilingFaultKind, check_tiling

BASE = date(2028, 2, 20)
HORIZON = 60


def day(n: int) -> date:
    return BASE + timedelta(days=n)


@st.composite
def periods(draw: st.DrawFn) -> DatePeriod:
    start = draw(st.integers(0, 30))
    length = draw(st.none() | st.integers(1, 15))
    return DatePeriod(start_on=day(start), end_on=None if length is None else day(start + length))


@given(periods(), periods())
def test_overlap_is_a_shared_day(first: DatePeriod, second: DatePeriod) -> None:
    shared = any(first.contains(day(n)) and second.contains(day(n)) for n in range(HORIZON))
    assert first.overlaps(second) == second.overlaps(first) == shared


@given(st.lists(periods(), max_size=6))
def test_tiling_faults_are_the_days_not_covered_once(given_periods: list[DatePeriod]) -> None:
    faults = check_tiling(given_periods)
    covered = Counter(n for period in given_periods for n in range(HORIZON) if period.contains(day(n)))
    inner = range(min(covered, default=0), max(covered, default=-1) + 1)

    def named(kind: TilingFaultKind) -> set[int]:
        spans = [DatePeriod(start_on=fault.start_on, end_on=fault.end_on) for fault in faults if fault.kind is kind]
        return {n for span in spans for n in range(HORIZON) if span.contains(day(n))}

    assert named(TilingFaultKind.GAP) == {n for n in inner if covered[n] == 0}
    assert named(TilingFaultKind.OVERLAP) == {n for n in inner if covered[n] > 1}


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.randoms())
def test_periods_end_to_end_tile_in_any_order(lengths: list[int], random: Random) -> None:
    edges = [sum(lengths[:index]) for index in range(len(lengths) + 1)]
    row = [DatePeriod(start_on=day(a), end_on=day(b)) for a, b in pairwise(edges)]
    row.append(DatePeriod(start_on=day(edges[-1])))
    random.shuffle(row)
    assert check_tiling(row) == []


def test_days_and_edges() -> None:
    february = DatePeriod(start_on=date(2028, 2, 1), end_on=date(2028, 3, 1))
    assert february.days == 29
    assert february.contains(date(2028, 2, 29))
    assert not february.contains(date(2028, 3, 1))
    with pytest.raises(PeriodOpen, match="no end yet"):
        _ = DatePeriod(start_on=BASE).days
    with pytest.raises(PeriodWrong, match="holds no day"):
        DatePeriod(start_on=BASE, end_on=BASE)
