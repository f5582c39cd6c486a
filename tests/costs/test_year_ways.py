"""The ways of a year in whole numbers are those of the readable biller: every cent, every line, any price and load."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from evenroll.costs.charging import ChargingYear, PevNeed, charge_at_once, charge_cheapest, charging_year
from evenroll.costs.course_ways import ways_of_course, ways_read
from evenroll.costs.courses import Course, CourseLoads
from evenroll.costs.pricing import Pricing, prices_from, pricing_of
from evenroll.costs.usage import HourlyLoad
from evenroll.costs.ways import CourseWays
from evenroll.costs.year_ways import charged_cheapest, priced_year, wh_of_year
from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import ProgramKey, RateKey
from evenroll.quantities.money import Rounding

CATALOG = load_catalog()
HOUR = timedelta(hours=1)
RATES = [each for each in CATALOG.rates if not (each.unpriced or each.rides_on)]
TERRITORY = {each.key: each.calendar for each in CATALOG.organizations}
YEAR = 2026


def _loads(dice: Random, *, territory: str, highest: int = 4000) -> CourseLoads:
    here = calendar(territory)
    start_at = here.start_of_day(date(YEAR, 1, 1))
    hours = (here.start_of_day(date(YEAR + 1, 1, 1)) - start_at) // HOUR
    # A load that begins before the year: the bills begin with the year all the same.
    before = dice.choice((0, 50))
    household = HourlyLoad(
        start_at=start_at - before * HOUR, wh=tuple(dice.randrange(highest + 1) for _ in range(hours + before))
    )
    need = PevNeed(
        annual_wh=dice.randrange(6_000_000),
        plug_in_hour=dice.choice((0, 1, 17, 18, 22, 23)),
        unplug_hour=7,
        power_w=11_000,
    )
    sessions = charging_year(need, year=YEAR, calendar=here)
    assert isinstance(sessions, ChargingYear)
    at_once = charge_at_once(sessions)
    return CourseLoads(household=household, at_once=at_once, sessions=sessions, year=YEAR, calendar=here)


def _with_hours(pricing: Pricing, dice: Random, *, loads: CourseLoads) -> Pricing:
    """Prices of hours of chance, some below zero, where the rate has them; and the hours of some events."""
    start_at = loads.at_once.start_at
    hours = [start_at + n * HOUR for n in range(len(loads.at_once.wh))]
    prices = {at: Decimal(dice.randrange(-2000, 30_000)).scaleb(-5) for at in hours} if is_hourly(pricing.rate) else {}
    events = frozenset(at for at in hours if dice.random() < 0.01) if pricing.events else frozenset[datetime]()
    return replace(pricing, hour_prices=prices, event_hours=events)


def _told(ways: CourseWays) -> list[object]:
    """All that a way tells, prices by how they are written."""
    every = (ways.today, ways.unchanged, ways.managed)
    lines = [(str(line.price), str(line.amount), line) for each in every for bill in each.bills for line in bill.lines]
    return [*every, lines]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{rate.key}-{rate.effective_on}")
def test_every_rate_of_the_catalog(rate: Rate) -> None:
    dice = Random(rate.key)
    loads = _loads(dice, territory=TERRITORY[rate.organization], highest=dice.choice((30, 4000)))
    pricing = _with_hours(Pricing(rate=rate), dice, loads=loads)
    course = Course(today=pricing, program=pricing)
    assert priced_year(pricing, year=YEAR, calendar=loads.calendar) is not None
    assert _told(ways_of_course(course, loads=loads)) == _told(ways_read(course, loads=loads))


PROGRAMS = ("LE-EV-NIGHT", "LE-EV-METER", "LE-EV-HOURLY", "LE-EV-PEAK-DAYS", "BW-LIVE", "BW-PEAK-SAVER")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("key", PROGRAMS)
def test_every_kind_of_program(key: str, seed: int) -> None:
    dice = Random(f"{key} {seed}")
    program = CATALOG.program(ProgramKey(key))
    assert program.rate is not None
    new = CATALOG.rate(program.rate, on=date(YEAR, 6, 1))
    old = CATALOG.rate((*new.rides_on, *program.replaces_rates, RateKey("LE-R"))[0], on=date(YEAR, 6, 1))
    loads = _loads(dice, territory=TERRITORY[program.organization])
    laid_on = pricing_of(old if new.rides_on else new, program=program)
    course = Course(
        today=_with_hours(Pricing(rate=old), dice, loads=loads), program=_with_hours(laid_on, dice, loads=loads)
    )
    assert _told(ways_of_course(course, loads=loads)) == _told(ways_read(course, loads=loads))


@pytest.mark.parametrize("rounding", list(Rounding))
def test_half_a_cent_and_the_least_bill(rounding: Rounding) -> None:
    rate = CATALOG.rate(RateKey("LE-R"), on=date(YEAR, 1, 1))
    season = rate.seasons[0]
    price = replace(season.prices[0], usd_per_kwh=Decimal("0.005"))
    odd = replace(
        rate,
        rounding=rounding,
        seasons=(replace(season, prices=(price,)),),
        minimum_bill_usd_per_month=Decimal("12.51"),
    )
    loads = _loads(Random(3), territory="US-LAKELAND", highest=5)
    # One kWh a month and no car: each bill is half a cent of energy beneath its minimum.
    first, wh = [date(YEAR, month, 1) for month in range(1, 13)], [0] * len(loads.at_once.wh)
    for day in first:
        wh[(loads.calendar.start_of_day(day) - loads.at_once.start_at) // HOUR] = 1000
    load = HourlyLoad(start_at=loads.at_once.start_at, wh=tuple(wh))
    loads = replace(loads, household=load, at_once=HourlyLoad(start_at=load.start_at, wh=(0,) * len(wh)))
    pricing = Pricing(rate=odd)
    course = Course(today=pricing, program=pricing)
    found = ways_of_course(course, loads=loads)
    assert _told(found) == _told(ways_read(course, loads=loads))
    energy = Decimal("0.01") if rounding is Rounding.HALF_UP else Decimal("0.00")
    assert found.today.bills[0].lines[0].amount == energy


def test_the_cheapest_hours_are_those_of_the_readable_charging() -> None:
    dice = Random(11)
    for key in ("LE-EV-TOU", "LE-RTP"):
        loads = _loads(dice, territory="US-LAKELAND")
        pricing = _with_hours(Pricing(rate=CATALOG.rate(RateKey(key), on=date(YEAR, 6, 1))), dice, loads=loads)
        priced = priced_year(pricing, year=YEAR, calendar=loads.calendar)
        assert priced is not None
        start_at, hours = loads.sessions.start_at, loads.sessions.hours
        read = prices_from(start_at, hours=hours, pricing=pricing, calendar=loads.calendar)
        assert [Decimal(int(each)).scaleb(-8) for each in priced.more_e8] == list(read)
        expected = charge_cheapest(loads.sessions, pricing=pricing, calendar=loads.calendar)
        assert charged_cheapest(loads.sessions, more_e8=priced.more_e8) == expected


def test_what_whole_numbers_cannot_hold_is_read() -> None:
    dice = Random(5)
    loads = _loads(dice, territory="US-LAKELAND")
    pricing = _with_hours(Pricing(rate=CATALOG.rate(RateKey("LE-RTP"), on=date(YEAR, 6, 1))), dice, loads=loads)
    at = next(iter(pricing.hour_prices))
    for usd in (Decimal("0.123456789"), Decimal(100)):
        odd = replace(pricing, hour_prices={**pricing.hour_prices, at: usd})
        assert priced_year(odd, year=YEAR, calendar=loads.calendar) is None
        course = Course(today=pricing, program=odd)
        assert _told(ways_of_course(course, loads=loads)) == _told(ways_read(course, loads=loads))
    much = replace(loads.household, wh=(*loads.household.wh[:-1], 2**31))
    priced = priced_year(pricing, year=YEAR, calendar=loads.calendar)
    assert priced is not None
    assert wh_of_year(much, of=priced.of) is None
    course = Course(today=pricing, program=pricing)
    big = replace(loads, household=much)
    assert _told(ways_of_course(course, loads=big)) == _told(ways_read(course, loads=big))
