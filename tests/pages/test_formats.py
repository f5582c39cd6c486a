"""Days, instants, money, energy and numbers, as a reader of each language meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.formats import day, energy, instant, money, number, unit_price

EN, ES = Language.EN, Language.ES
NEW_YORK = ZoneInfo("America/New_York")


def test_a_day() -> None:
    assert day(date(2027, 3, 8), language=EN) == "March 8, 2027"
    assert day(date(2028, 2, 29), language=ES) == "29 de febrero de 2028"
    assert len({day(date(2027, month, 1), language=ES) for month in range(1, 13)}) == 12


def test_an_instant_is_told_in_the_zone_of_the_territory() -> None:
    noon, midnight = datetime(2027, 7, 1, 16, 5, tzinfo=UTC), datetime(2027, 1, 5, 5, 0, tzinfo=UTC)
    assert instant(noon, language=EN, zone=NEW_YORK) == "July 1, 2027, 12:05 p.m. EDT"
    assert instant(midnight, language=ES, zone=NEW_YORK) == "5 de enero de 2027, 12:00 a.m. EST"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first, second = (datetime(2027, 11, 7, hour, 30, tzinfo=UTC) for hour in (5, 6))
    assert instant(first, language=EN, zone=NEW_YORK).endswith("1:30 a.m. EDT")
    assert instant(second, language=EN, zone=NEW_YORK).endswith("1:30 a.m. EST")


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instant(datetime.fromisoformat("2027-01-01T00:00"), language=EN, zone=NEW_YORK)


def test_amounts() -> None:
    assert money(Decimal("1234.5"), language=EN) == "$1,234.50"
    assert money(Decimal("-3"), language=ES) == "-$3.00"
    assert money(Decimal("-0.001"), language=EN) == "$0.00"
    assert unit_price(Decimal("0.0625"), language=EN) == "$0.0625 per kWh"
    assert unit_price(Decimal("0.30"), language=ES) == "$0.30 por kWh"
    assert unit_price(Decimal("-0.015"), language=EN) == "-$0.015 per kWh"
    assert energy(1_234_500, language=EN) == "1,234.5 kWh"
    assert energy(10_000_000, language=ES) == "10,000 kWh"
    assert number(1234567, language=ES) == "1,234,567"
