"""Rates: every hour of every month has one register and one price."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenroll.programs.catalog import load_catalog
from evenroll.programs.rate import (
    HourBand,
    RateRefused,
    hours_of,
    register_at,
    register_of_hour,
    registers_of,
    season_at,
)
from evenroll.quantities.identifiers import RateKey

CATALOG = load_catalog()
TOU = CATALOG.rate(RateKey("LE-EV-TOU"), on=date(2026, 1, 1))


@given(
    rate=st.sampled_from([rate for rate in CATALOG.rates if rate.seasons]),
    local=st.datetimes(timezones=st.just(ZoneInfo("America/Chicago"))),
    is_holiday=st.booleans(),
)
def test_every_local_time_has_a_priced_register(rate, local, is_holiday) -> None:
    register = register_at(rate, local=local, is_holiday=is_holiday)
    assert register in registers_of(rate)
    assert season_at(rate, month=local.month).price(register) >= 0


@pytest.mark.parametrize(
    ("local", "is_holiday", "register"),
    [
        ("2026-07-07T13:59", False, "shoulder"),
        ("2026-07-07T14:00", False, "peak"),
        ("2026-07-07T19:59", False, "peak"),
        ("2026-07-07T20:00", False, "shoulder"),
        ("2026-07-07T23:00", False, "night"),
        ("2026-07-08T06:59", False, "night"),
        ("2026-07-08T07:00", False, "shoulder"),
        ("2026-07-11T15:00", False, "shoulder"),  # a Saturday
        ("2026-07-03T15:00", True, "shoulder"),  # Independence Day, observed
    ],
)
def test_register_of_the_night_rate(local: str, is_holiday: bool, register: str) -> None:
    assert register_at(TOU, local=datetime.fromisoformat(local), is_holiday=is_holiday) == register


def test_seasons_change_with_the_month() -> None:
    assert season_at(TOU, month=5).price("peak") == Decimal("0.22830")
    assert season_at(TOU, month=6).price("peak") == Decimal("0.31450")
    with pytest.raises(RateRefused, match="no season for month 13"):
        season_at(TOU, month=13)
    with pytest.raises(RateRefused, match="no price for register 'total'"):
        season_at(TOU, month=6).price("total")


def test_a_band_may_pass_midnight() -> None:
    assert hours_of(HourBand(from_hour=23, to_hour=2, register="night")) == (23, 0, 1)
    assert len(hours_of(HourBand(from_hour=0, to_hour=24, register="total"))) == 24
    with pytest.raises(RateRefused, match="No register for clock hour 4"):
        register_of_hour((HourBand(from_hour=23, to_hour=2, register="night"),), hour=4)


def test_a_rate_lists_what_the_meter_must_tell_apart() -> None:
    assert set(registers_of(TOU)) == {"night", "shoulder", "peak"}
    assert registers_of(CATALOG.rate(RateKey("LE-R"), on=date(2026, 1, 1))) == ("total",)
