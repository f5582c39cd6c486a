"""Cases worked by hand: days on which the clock jumps, holidays, proration, a price that changes in mid-cycle."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from evenroll.costs.bill import LineCode
from evenroll.costs.lattice.bills import Engine, bill_block, bill_block_plainly
from evenroll.costs.lattice.compiled import RatesRefused
from evenroll.costs.lattice.explain import LinesMissing, lines_of
from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.lattice.schedule import (
    DayHours,
    DemandPrice,
    EnergyBlock,
    Ratchet,
    RateSchedule,
    ScheduleRefused,
)
from evenroll.costs.lattice.segments import CyclesWrong
from evenroll.costs.usage import LoadWrong
from evenroll.programs.rate import StepBasis
from evenroll.quantities.money import Rounding
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import (
    ALL_YEAR,
    NIGHT,
    block_of,
    cycles_from,
    engine_of,
    flat,
    months_of,
    night_and_day,
)

MARCH, NOVEMBER = 2, 10


def _lines(engine: Engine, wh: object, *, cycle: int = 0, rate: int = 0) -> list[tuple[LineCode, str, int, str]]:
    block = block_of(engine, wh)
    bills = bill_block(block, engine=engine, with_lines=True)
    plain = bill_block_plainly(block, engine=engine, with_lines=True)
    found = lines_of(bills, customer=0, rate=rate, cycle=cycle)
    assert found == lines_of(plain, customer=0, rate=rate, cycle=cycle)
    assert bills.totals[0, rate, cycle] == 100 * sum(line.amount for line in found)
    return [(line.code, line.register, line.quantity, str(line.amount)) for line in found]


@pytest.mark.parametrize("minutes", [60, 15])
def test_days_on_which_the_clock_jumps_may_stand_alone(minutes: int) -> None:
    # A cycle of nothing but such a day, a Sunday, with whole days before and after it; 1 kWh an hour, all of it night.
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25)):
        engine = engine_of((night_and_day(),), cycles=cycles_from(day - timedelta(days=1), 1, 1, 1), minutes=minutes)
        found = [_lines(engine, 1000 * minutes // 60, cycle=cycle) for cycle in (0, 1)]
        assert [[line[2] for line in each] for each in found] == [[24_000, 0], [hours * 1000, 0]]


@pytest.mark.parametrize("minutes", [60, 15])
def test_an_hour_is_missing_in_march_and_comes_twice_in_november(minutes: int) -> None:
    # 1 kWh an hour. March 2026: 22 weekdays x 6 night hours, 9 weekend days x 24, less the hour of 2:00 on Sunday 8.
    engine = engine_of((night_and_day(),), cycles=months_of(2026), minutes=minutes)
    wh = 1000 * minutes // 60
    march = _lines(engine, wh, cycle=MARCH)
    assert march == [
        (LineCode.ENERGY, "night", (22 * 6 + 9 * 24 - 1) * 1000, "17.35"),  # 347 kWh at 0.05
        (LineCode.ENERGY, "day", 22 * 18 * 1000, "79.20"),
    ]
    # November 2026: 21 weekdays, 9 weekend days, and 1:00 twice on Sunday 1.
    november = _lines(engine, wh, cycle=NOVEMBER)
    assert november[0] == (LineCode.ENERGY, "night", (21 * 6 + 9 * 24 + 1) * 1000, "17.15")


def test_the_energy_of_the_jumping_night_goes_to_the_hours_of_the_clock() -> None:
    # Sunday 8 March 2026: 0:00, 1:00, 3:00 .. Each hour draws a power of its own; 2:00 to 3:00 has a price of its own.
    hours = ("a", "a", "b", *("c",) * 21)
    season = replace(
        night_and_day().seasons[0],
        hours=DayHours(weekday=hours, weekend=hours),
        blocks=tuple(EnergyBlock(registers=(name,), usd_per_kwh=((Decimal("1"),),)) for name in "abc"),
    )
    rate = replace(night_and_day(), seasons=(season,))
    spring = engine_of((rate,), cycles=cycles_from(date(2026, 3, 8), 1))
    wh = np.array([[1, 2, *(4,) * 21]])
    assert [quantity for _, _, quantity, _ in _lines(spring, wh)] == [3, 0, 84]
    autumn = engine_of((rate,), cycles=cycles_from(date(2026, 11, 1), 1))
    wh = np.array([[1, 2, 4, 8, *(16,) * 21]])
    assert [quantity for _, _, quantity, _ in _lines(autumn, wh)] == [7, 8, 336]


def test_holidays_are_a_type_of_day_of_their_own() -> None:
    # Christmas 2026 is a Friday. By the list `six` it is a holiday; its hours are all day here, else all night.
    cycle = cycles_from(date(2026, 12, 25), 1)
    own = engine_of((night_and_day(holiday=("day",) * 24, holidays="six"),), cycles=cycle)
    assert _lines(own, 1000)[1] == (LineCode.ENERGY, "day", 24_000, "4.80")
    weekend = engine_of((night_and_day(holidays="six"),), cycles=cycle)
    assert _lines(weekend, 1000)[0] == (LineCode.ENERGY, "night", 24_000, "1.20")
    none = engine_of((night_and_day(),), cycles=cycle)
    assert _lines(none, 1000)[1] == (LineCode.ENERGY, "day", 18_000, "3.60")


def test_rates_with_other_holidays_stand_beside_each_other() -> None:
    cycle = cycles_from(date(2026, 12, 25), 1)
    rates = (night_and_day(holidays="six"), night_and_day(holidays="gp2"), night_and_day(holidays="territory"))
    engine = engine_of(*((each,) for each in rates), cycles=cycle)
    assert [_lines(engine, 1000, rate=n)[0][2] for n in range(3)] == [24_000, 6_000, 24_000]


def test_a_leap_day_is_billed() -> None:
    engine = engine_of((flat(),), cycles=months_of(2028))
    assert _lines(engine, 1000, cycle=1) == [(LineCode.ENERGY, "all", 29 * 24_000, "69.60")]


def test_charges_per_month_are_prorated_by_days_of_their_own_month() -> None:
    # 20 June to 20 July 2026: 11 of 30 days and 19 of 31: 30.00 x (11/30 + 19/31) = 29.3870..; 30 days at 0.10.
    rate = flat(fixed_usd_per_month=Decimal("30.00"), fixed_usd_per_day=Decimal("0.10"))
    engine = engine_of((rate,), cycles=cycles_from(date(2026, 6, 20), 30))
    assert [line[3] for line in _lines(engine, 0)] == ["0.00", "29.39", "3.00"]


def test_a_price_that_changes_in_mid_cycle_holds_from_its_day_on() -> None:
    old = flat(usd="0.10", fixed_usd_per_month=Decimal("10"))
    new = flat(usd="0.30", fixed_usd_per_month=Decimal("20"), effective_on=date(2026, 4, 11))
    engine = engine_of((new, old), cycles=months_of(2026))
    # April 2026: 10 days at the old price, 20 at the new one; 240 and 480 kWh.
    assert _lines(engine, 1000, cycle=3) == [
        (LineCode.ENERGY, "all", 240_000, "24.00"),
        (LineCode.ENERGY, "all", 480_000, "144.00"),
        (LineCode.FIXED_MONTHLY, "", 0, "3.33"),
        (LineCode.FIXED_MONTHLY, "", 0, "13.33"),
    ]
    assert [line[3] for line in _lines(engine, 1000, cycle=2)] == ["74.30", "10.00"]
    assert [line[3] for line in _lines(engine, 1000, cycle=4)] == ["223.20", "20.00"]


def test_a_switch_of_service_in_mid_month_is_two_cycles() -> None:
    cycles = cycles_from(date(2026, 4, 1), 10, 20)
    engine = engine_of((flat(fixed_usd_per_month=Decimal("9")),), cycles=cycles)
    assert [_lines(engine, 1000, cycle=n)[1][3] for n in (0, 1)] == ["3.00", "6.00"]
    assert [_lines(engine, 1000, cycle=n)[0][2] for n in (0, 1)] == [240_000, 480_000]


def _tiered(**block: object) -> RateSchedule:
    """Two registers that fill the same tiers: the first 300 kWh of a month at one price, what is more at another."""
    season = night_and_day().seasons[0]
    one: dict[str, object] = {
        "registers": ("night", "day"),
        "limits": (Decimal(300),),
        "usd_per_kwh": ((Decimal("0.05"), Decimal("0.10")), (Decimal("0.20"), Decimal("0.40"))),
    }
    made = EnergyBlock(**{**one, **block})  # pyright: ignore[reportArgumentType]
    return replace(night_and_day(), seasons=(replace(season, blocks=(made,)),))


def test_a_tier_is_shared_by_use_and_no_watt_hour_is_lost() -> None:
    # April 2026, 1 kWh an hour: 22 weekdays and 8 weekend days: night 324 kWh, day 396 kWh; 300 kWh = 135 + 165.
    engine = engine_of((_tiered(),), cycles=months_of(2026))
    assert _lines(engine, 1000, cycle=3) == [
        (LineCode.ENERGY, "night", 135_000, "6.75"),
        (LineCode.ENERGY, "night", 189_000, "18.90"),
        (LineCode.ENERGY, "day", 165_000, "33.00"),
        (LineCode.ENERGY, "day", 231_000, "92.40"),
    ]


def test_limits_per_day_and_per_kilowatt() -> None:
    daily = engine_of((_tiered(limits=(Decimal(10),), basis=StepBasis.DAY),), cycles=months_of(2026))
    assert [line[2] for line in _lines(daily, 1000, cycle=3)] == [135_000, 189_000, 165_000, 231_000]
    per_kw = engine_of((_tiered(limits=(Decimal(300),), per_kw=True),), cycles=months_of(2026))
    assert [line[2] for line in _lines(per_kw, 1000, cycle=3)] == [135_000, 189_000, 165_000, 231_000]
    assert [line[2] for line in _lines(per_kw, 500, cycle=3)] == [67_500, 94_500, 82_500, 115_500]


def test_demand_is_the_highest_interval_and_has_tiers() -> None:
    # 15 minutes of 3,000 Wh are 12 kW: 10 kW at 2 USD, 2 kW at 5 USD. In the night 1,000 Wh, 4 kW at 1 USD.
    season = replace(
        night_and_day().seasons[0],
        demands=(
            DemandPrice(usd_per_kw=(Decimal(2), Decimal(5)), limits=(Decimal(10),)),
            DemandPrice(register="night", usd_per_kw=(Decimal(1),)),
        ),
        demand_hours=DayHours(weekday=NIGHT, weekend=("",) * 24),
    )
    engine = engine_of((replace(night_and_day(), seasons=(season,)),), cycles=months_of(2026), minutes=15)
    wh = np.zeros((1, engine.rates.lattice.intervals), dtype=np.int64)
    wh[0, 40] = 3000  # Thursday 1 January, 10:00
    wh[0, 5] = 1000
    wh[0, 96 * 2 + 3] = 2500  # Saturday: no hour of demand that is priced by hours
    found = [line for line in _lines(engine, wh) if line[0] is not LineCode.ENERGY]
    assert found == [
        (LineCode.DEMAND, "", 10_000, "20.00"),
        (LineCode.DEMAND, "", 2_000, "10.00"),
        (LineCode.DEMAND_OF_HOURS, "night", 4_000, "4.00"),
    ]


def test_a_ratchet_bills_a_share_of_the_highest_demand_of_cycles_before() -> None:
    # 20 kW in January; after it 4 kW. 60 % of the two cycles before: 12 kW in February and March, 4 kW from April on.
    ratchet = Ratchet(share=Decimal("0.6"), cycles_back=2)
    season = replace(flat().seasons[0], demands=(DemandPrice(usd_per_kw=(Decimal(3),), ratchet=ratchet),))
    engine = engine_of((replace(flat(), seasons=(season,)),), cycles=months_of(2026), minutes=15)
    wh = np.full((1, engine.rates.lattice.intervals), 1000)
    wh[0, 7] = 5000
    demand = [_lines(engine, wh, cycle=n)[1] for n in range(12)]
    assert [line[2] for line in demand] == [20_000, 12_000, 12_000, *(4_000,) * 9]
    assert [line[3] for line in demand[:4]] == ["60.00", "36.00", "36.00", "12.00"]
    assert engine.rates.history_short == {0, 1}, "January and February look further back than the year"


def test_a_ratchet_on_some_hours_or_over_nothing_is_refused() -> None:
    season, hours = flat().seasons[0], DayHours(weekday=NIGHT, weekend=NIGHT)
    for ratchet, register, feature in (
        (Ratchet(share=Decimal("0.6"), cycles_back=2), "night", "a ratchet on demand of some hours"),
        (Ratchet(share=Decimal("0.6"), cycles_back=0), "", "a ratchet"),
        (Ratchet(share=Decimal(60), cycles_back=2), "", "a ratchet"),
    ):
        demand = DemandPrice(register=register, usd_per_kw=(Decimal(1),), ratchet=ratchet)
        with pytest.raises(ScheduleRefused) as refused:
            replace(flat(), seasons=(replace(season, demands=(demand,), demand_hours=hours),))
        assert refused.value.feature == feature


def test_the_minimum_bill_tops_up() -> None:
    rate = flat(fixed_usd_per_month=Decimal("5"), minimum_usd_per_month=Decimal("20"), minimum_usd_per_day=Decimal(0))
    engine = engine_of((rate,), cycles=months_of(2026))
    assert _lines(engine, 100)[-1] == (LineCode.MINIMUM, "", 0, "7.56")  # 74.4 kWh: 7.44 + 5.00 + 7.56 = 20.00
    assert _lines(engine, 1000)[-1][0] is LineCode.FIXED_MONTHLY


def test_half_a_cent_goes_by_the_rule_of_the_rate() -> None:
    cycle = cycles_from(date(2026, 1, 1), 1)
    up, even = flat(usd="0.125"), flat(usd="0.125", rounding=Rounding.HALF_EVEN)
    negative = flat(usd="-0.125")
    engine = engine_of((up,), (even,), (negative,), cycles=cycle)
    # 24 kWh at 0.125 are 3.00; 23.880 kWh are 2.985: half a cent.
    wh = np.full((1, 24), 995)
    assert [_lines(engine, wh, rate=n)[0][3] for n in range(3)] == ["2.99", "2.98", "-2.99"]


def test_supply_and_delivery_keep_what_they_cover() -> None:
    engine = engine_of((flat(),), (night_and_day(),), cycles=months_of(2026))
    assert [each.value for each in engine.rates.coverages] == ["both", "both"]
    assert engine.rates.keys == ("FLAT", "NIGHT")


def test_what_cannot_be_billed_is_said() -> None:
    engine = engine_of((flat(),), cycles=months_of(2026))
    hours = engine.rates.lattice.intervals
    with pytest.raises(LoadWrong, match="do not cover"):
        bill_block(block_of(engine, np.zeros((1, hours - 1))), engine=engine)
    quarter = engine_of((flat(),), cycles=months_of(2026), minutes=15)
    with pytest.raises(LoadWrong, match="Compile them for these loads"):
        bill_block(block_of(quarter, 1), engine=engine)
    with pytest.raises(LoadWrong, match="the highest demand that is priced exactly"):
        bill_block(block_of(engine, 2_000_000_000), engine=engine)
    with pytest.raises(LoadWrong, match="the most that is priced exactly"):
        bill_block(block_of(engine, 67_000_000), engine=engine)
    with pytest.raises(LoadWrong, match="customer by customer"):
        replace(block_of(engine, np.ones((2, 24))), wh=np.asfortranarray(np.ones((2, 24), dtype=np.uint16)))
    with pytest.raises(LoadWrong, match="less than nothing"):
        LoadBlock(
            wh=np.full((1, 24), -1, dtype=np.int32), start_at=engine.rates.lattice.start_at, minutes=60, zone="UTC"
        )
    with pytest.raises(LinesMissing, match="without their lines"):
        lines_of(bill_block(block_of(engine, 1), engine=engine), customer=0, rate=0, cycle=0)
    with pytest.raises(RatesRefused, match="Add the version that held before"):
        engine_of((flat(effective_on=date(2026, 2, 1)),), cycles=months_of(2026))
    with pytest.raises(RatesRefused, match="averages demand over 30 minutes"):
        engine_of((flat(demand_minutes=30),), cycles=months_of(2026))
    gap = (*cycles_from(date(2026, 1, 1), 31), DatePeriod(start_on=date(2026, 2, 2), end_on=date(2026, 3, 1)))
    with pytest.raises(CyclesWrong, match="follow each other"):
        engine_of((flat(),), cycles=gap)
    with pytest.raises(RatesRefused, match="differ in key or coverage"):
        engine_of((flat(), night_and_day(effective_on=date(2025, 1, 1))), cycles=months_of(2026))
    with pytest.raises(RatesRefused, match="two hold from one day on"):
        engine_of((flat(), flat(usd="0.3")), cycles=months_of(2026))
    with pytest.raises(RatesRefused, match="without any version"):
        engine_of((), cycles=months_of(2026))
    with pytest.raises(CyclesWrong, match="A billing cycle of 201 days"):
        engine_of((flat(),), cycles=cycles_from(date(2026, 1, 1), 201))
    with pytest.raises(CyclesWrong, match="no billing cycle"):
        engine_of((flat(),), cycles=())


def test_an_estimated_interval_marks_its_cycle() -> None:
    engine = engine_of((flat(),), cycles=months_of(2026))
    block = block_of(engine, np.ones((2, engine.rates.lattice.intervals)))
    bits = np.zeros(block.wh.shape, dtype=np.bool_)
    bits[1, 31 * 24] = True
    marked = replace(block, estimated=np.packbits(bits, axis=1))
    found = bill_block(marked, engine=engine).estimated
    assert found.sum() == 1
    assert found[1, 1]
    assert not bill_block(block, engine=engine).estimated.any()


def test_months_of_a_year_stand_in_one_season() -> None:
    with pytest.raises(ValueError, match="each of 1 to 12"):
        replace(flat(), seasons=(replace(flat().seasons[0], months=ALL_YEAR[:11]),))
