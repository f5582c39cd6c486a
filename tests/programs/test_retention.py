"""The table of retention: every day on which a case may have ended belongs to one line of its class."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from evenroll.programs.retention import RetentionClass, RetentionTable, parse_retention

LATER = (date(2027, 7, 1), date(2031, 1, 1))


def entry(kept_as: RetentionClass, since: date, *, years: int) -> str:
    return (
        f"- {{class: {kept_as.value}, since: {since}, days: 0, years: {years}, holds: true, by_worker: false, "
        "checked: false, source: invented}\n"
    )


def table() -> RetentionTable:
    """Two classes were changed since: kept shorter, and then longer again."""
    text = "".join(entry(each, date(2020, 1, 1), years=7) for each in RetentionClass)
    for kept_as in (RetentionClass.REJECTED, RetentionClass.ACCEPTED):
        text += entry(kept_as, LATER[0], years=2) + entry(kept_as, LATER[1], years=10)
    return parse_retention(f"erase_within_days: 30\nclasses:\n{text}", file="invented.yaml")


@given(
    kept_as=st.sampled_from(RetentionClass),
    ended_on=st.dates(min_value=date(2015, 1, 1), max_value=date(2040, 1, 1)) | st.sampled_from(LATER),
)
def test_each_day_lies_in_the_span_of_the_line_that_is_for_it(kept_as: RetentionClass, ended_on: date) -> None:
    own = [
        rule
        for rule, first, end in table().spans()
        if rule.kept_as is kept_as and (first is None or first <= ended_on) and (end is None or ended_on < end)
    ]
    assert own == [table().rule(kept_as, ended_on=ended_on)]
