"""When energy is cheapest: rules and single runs together tell each hour of a year, and no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evenroll.costs.cheap_hours import DAYS, CheapHours, cheap_hours, cheapest_registers, has_cheap_hours
from evenroll.costs.usage import is_rate_holiday
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import Rate, register_at, season_at
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.identifiers import RateKey

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FROM_ON = date(2026, 11, 24)
CALENDARS = {each.key: calendar(each.calendar) for each in load_catalog().organizations}
CLOCKED = [each for each in load_catalog().rates if has_cheap_hours(each)]


def rate_of(key: str) -> Rate:
    return load_catalog().rate(RateKey(key), on=FROM_ON)


def hours_by_the_rate(rate: Rate, at: ServiceCalendar) -> set[datetime]:
    """Every hour at the least price of its season, asked of the rate one by one."""
    zone, found = ZoneInfo(at.zone), set[datetime]()
    begins, ends = at.start_of_day(FROM_ON + 3 * DAY), at.start_of_day(FROM_ON + DAYS * DAY)
    hour = begins.astimezone(UTC)
    while hour < ends.astimezone(UTC):
        local = hour.astimezone(zone)
        holiday = is_rate_holiday(local.date(), rate=rate, calendar=at)
        register = register_at(rate, local=local, is_holiday=holiday)
        if register in cheapest_registers(season_at(rate, month=local.month)):
            found.add(hour)
        hour += HOUR
    return found


def hours_told(told: CheapHours, at: ServiceCalendar) -> set[datetime]:
    """The same by the rules and single runs."""
    zone, found = ZoneInfo(at.zone), list[datetime]()
    for rule in told.rules:
        day = rule.first_on
        while day <= rule.last_on:
            if day.month in rule.months and day.weekday() in rule.weekdays and day not in rule.left_out:
                start = datetime(day.year, day.month, day.day, rule.from_hour, tzinfo=zone).astimezone(UTC)
                found += [start + number * HOUR for number in range(rule.hours)]
            day += DAY
    for run in told.singles:
        found += [run.start.astimezone(UTC) + number * HOUR for number in range(run.hours)]
    assert len(found) == len(set(found)), "no hour is told twice"
    begins, ends = at.start_of_day(FROM_ON + 3 * DAY), at.start_of_day(FROM_ON + DAYS * DAY)
    return {each for each in found if begins <= each < ends}


@pytest.mark.parametrize("rate", CLOCKED, ids=lambda rate: rate.key)
def test_rules_and_singles_tell_the_cheapest_hours_and_no_other(rate: Rate) -> None:
    at = CALENDARS[rate.organization]
    told = cheap_hours(rate, calendar=at, from_on=FROM_ON)
    assert hours_told(told, at) == hours_by_the_rate(rate, at)
    assert len(told.rules) < 10, "a year in few rules"


def test_a_night_on_which_the_clock_changes_is_told_by_itself() -> None:
    rate = rate_of("LE-EV-TOU")
    told = cheap_hours(rate, calendar=CALENDARS[rate.organization], from_on=FROM_ON)
    assert {each.hours for each in told.rules} == {8}
    assert [(each.start.date(), each.hours) for each in told.singles] == [
        (date(2027, 3, 13), 7),
        (date(2027, 11, 6), 9),
    ]


@pytest.mark.parametrize("key", ["LE-R", "LE-D"])
def test_a_rate_that_is_the_same_at_all_hours_has_none(key: str) -> None:
    rate = rate_of(key)
    assert not has_cheap_hours(rate)
    assert cheap_hours(rate, calendar=CALENDARS[rate.organization], from_on=FROM_ON) == CheapHours(rules=(), singles=())
