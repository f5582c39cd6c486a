"""Cars and bills use one price: what charging costs alone is what the bill grows by, on rates compiled for bills."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from evenroll.costs.fleet.alone import Charging, add_load_alone, costs_alone, load_alone
from evenroll.costs.fleet.rate_prices import grid_of, slot_prices_of
from evenroll.costs.fleet.sessions import ChargingSession, Sessions, sessions_on
from evenroll.costs.fleet.slot_prices import prices_without_caps
from evenroll.costs.lattice.beside import Beside, LaidOn
from evenroll.costs.lattice.bills import Engine, bill_block
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.costs.lattice.schedule import DayHours, EnergyBlock, RateSchedule, ScheduleSeason
from evenroll.costs.pricing import Pricing, prices_from
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import Coverage
from evenroll.programs.program_terms import Incentive, IncentivePer
from evenroll.programs.rate import Rate
from evenroll.quantities.identifiers import RateKey
from tests.costs.fleet.fleets import SLOTS, district, rtp_e8, tou_e8
from tests.costs.lattice.invented import ALL_YEAR, CHICAGO, NIGHT, cycles_from, months_of

YEAR = 2026
CREDIT = Incentive(code="all-year", usd=Decimal("0.01"), per=IncentivePer.KWH)
CATALOG = load_catalog()
RATES = tuple(
    rate for rate in CATALOG.rates if not rate.unpriced and not rate.rides_on and rate.effective_on <= date(YEAR, 1, 1)
)


def compiled(*, rates: tuple[Rate, ...], minutes: int, beside: Beside) -> Engine:
    histories = [(schedule_of_rate(rate),) for rate in rates]
    return Engine(compile_rates(histories, cycles=months_of(YEAR), calendar=CHICAGO, minutes=minutes, beside=beside))


def invented_hours() -> dict:
    start, hours = CHICAGO.start_of_day(date(YEAR, 1, 1)), 8760
    chance = np.random.default_rng(5).integers(-2_000_000, 20_000_000, hours)
    return {start + n * timedelta(hours=1): Decimal(int(each)).scaleb(-8) for n, each in enumerate(chance)}


def beside_of(prices: dict) -> Beside:
    return Beside(hour_prices={rate.hourly_series: prices for rate in RATES if rate.hourly_series})


def nights(grid, *, need_wh: int = 9_000) -> Sessions:
    first = CHICAGO.start_of_day(date(YEAR, 1, 1)) + timedelta(hours=17, minutes=20)
    stays = [first + n * timedelta(days=1) for n in range(360)]
    return sessions_on(
        [
            ChargingSession(
                plug_in_at=at, plug_out_at=at + timedelta(hours=13, minutes=5), need_wh=need_wh, power_w=7_200
            )
            for at in stays
        ],
        grid=grid,
    )


@pytest.mark.parametrize("minutes", [60, 15])
def test_each_interval_costs_what_one_more_kwh_costs_in_its_hour(minutes):
    prices = invented_hours()
    engine = compiled(rates=RATES, minutes=minutes, beside=beside_of(prices))
    found = slot_prices_of(engine.rates)
    start = engine.rates.lattice.start_at
    for number, rate in enumerate(RATES):
        told = prices_from(start, hours=8760, pricing=Pricing(rate=rate, hour_prices=prices), calendar=CHICAGO)
        expected = np.repeat([int(each.scaleb(8)) for each in told], 60 // minutes)
        assert (found.price_e8[number] == expected).all(), rate.key
    assert any(rate.hourly_series for rate in RATES)


def test_an_event_adds_to_its_hours_and_a_credit_to_none():
    rate = CATALOG.rate(RateKey("LE-EV-TOU"), on=date(YEAR, 1, 1))
    hour = CHICAGO.start_of_day(date(YEAR, 7, 14)) + timedelta(hours=16)
    laid_on = LaidOn(event_hours=frozenset({hour}), event_usd_per_kwh=Decimal("0.75"), credits=(CREDIT,))
    plain = slot_prices_of(compiled(rates=(rate,), minutes=15, beside=Beside()).rates)
    event = slot_prices_of(compiled(rates=(rate,), minutes=15, beside=Beside(laid_on={0: laid_on})).rates)
    first = (hour - CHICAGO.start_of_day(date(YEAR, 1, 1))) // timedelta(minutes=15)
    added = np.zeros_like(plain.price_e8)
    added[0, first : first + 4] = 75_000_000
    assert (event.price_e8 - plain.price_e8 == added).all()


def test_of_tiers_that_registers_share_the_first_one_counts_for_each_register():
    shared = EnergyBlock(
        registers=("night", "day"),
        usd_per_kwh=((Decimal("0.05"), Decimal("0.10")), (Decimal("0.20"), Decimal("0.30"))),
        limits=(Decimal(300),),
    )
    hours = DayHours(weekday=NIGHT, weekend=NIGHT)
    season = ScheduleSeason(key="year", months=ALL_YEAR, hours=hours, blocks=(shared,))
    rate = RateSchedule(key="SHARED", coverage=Coverage.BOTH, effective_on=date(2020, 1, 1), seasons=(season,))
    rates = compile_rates([(rate,)], cycles=cycles_from(date(YEAR, 4, 1), 9), calendar=CHICAGO, minutes=60)
    expected = [5_000_000 if name == "night" else 20_000_000 for name in NIGHT] * 9
    assert slot_prices_of(rates).price_e8.tolist() == [expected]


@pytest.mark.parametrize("charging", list(Charging))
def test_the_bill_grows_by_what_charging_costs_alone(charging):
    """On rates without steps, of which each line is rounded to the cent twice: with the car and without it."""
    rates = tuple(
        rate
        for rate in RATES
        if not rate.hourly_series
        and not rate.minimum_bill_usd_per_month
        and not any(row.steps for season in rate.seasons for row in season.prices)
    )
    engine = compiled(rates=rates, minutes=15, beside=Beside())
    prices, sessions = slot_prices_of(engine.rates), nights(grid_of(engine.rates))
    told = costs_alone(sessions, prices=prices, charging=charging)
    base = np.random.default_rng(3).integers(50, 900, (1, engine.rates.lattice.intervals)).astype(np.int64)
    for number in range(len(rates)):
        loads = base.copy()
        unserved = add_load_alone(
            loads, sessions=sessions, rows=np.zeros(360, dtype=np.int64), prices=prices, rate=number, charging=charging
        )
        assert not unserved.any()
        before, after = (int(totals(engine, wh=each)[number]) for each in (base, loads))
        lines = sum(line.bill // 12 == number for line in engine.rates.lines)
        assert after - before == pytest.approx(int(told.cost_e11[:, number].sum()) / 1e9, abs=lines)
    assert len(rates) > 5


def totals(engine: Engine, *, wh: np.ndarray) -> np.ndarray:
    lattice = engine.rates.lattice
    block = LoadBlock(wh=smallest(wh), start_at=lattice.start_at, minutes=lattice.minutes, zone=lattice.zone)
    return bill_block(block, engine=engine).totals[0].sum(axis=1)


@pytest.mark.parametrize("price_e8", [tou_e8(), rtp_e8()], ids=["TOU", "RTP"])
@pytest.mark.parametrize("charging", list(Charging))
def test_loads_of_customers_are_the_loads_of_their_sessions(price_e8, charging):
    sessions, prices = district(300), prices_without_caps(price_e8[np.newaxis])
    rows = np.random.default_rng(1).integers(0, 40, 300)
    loads = np.full((40, SLOTS), 5, dtype=np.int64)
    unserved = add_load_alone(loads, sessions=sessions, rows=rows, prices=prices, rate=0, charging=charging)
    each = load_alone(sessions, prices=prices, rate=0, charging=charging)
    expected = np.full((40, SLOTS), 5, dtype=np.int64)
    np.add.at(expected, rows, each.T)
    assert (loads == expected).all()
    assert (unserved == sessions.need_wh - each.sum(axis=0)).all()
