"""The bills that were worked by hand: by the biller of single bills and by the lattice, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml

from evenroll.costs.bill import BillKind
from evenroll.costs.lattice.beside import Beside, laid_on_by
from evenroll.costs.lattice.bills import Engine, bill_block
from evenroll.costs.lattice.compiled import compile_rates
from evenroll.costs.lattice.explain import lines_of
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.pricing import Pricing, extras_of_load, pricing_of, with_prices
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import HourlyLoad, usage_of_load
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import ServiceCalendar, calendar
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import block_of

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "worked" / "bills.yaml").read_text(encoding="utf-8")
)["cases"]
HOUR = timedelta(hours=1)
STANDARD, SUMMER = ("CST", "EST"), ("CDT", "EDT")
Line = tuple[str, str, str, Decimal, Decimal]


@dataclass(frozen=True, kw_only=True)
class Worked:
    """A case as it is billed."""

    pricing: Pricing
    period: DatePeriod
    load: HourlyLoad
    where: ServiceCalendar


def _instant(text: str, *, where: ServiceCalendar) -> datetime:
    """A local hour; where it comes twice its zone is written behind it."""
    local, _, name = text.partition(" C")
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(where.zone), fold=1 if f"C{name}" in STANDARD else 0)
    return at.astimezone(UTC)


def _worked(case: Mapping[str, Any]) -> Worked:
    catalog = load_catalog()
    period = DatePeriod(start_on=case["from"], end_on=case["until"])
    rate = catalog.rate(case["rate"], on=period.start_on)
    organization = next(each for each in catalog.organizations if each.key == rate.organization)
    where = calendar(organization.calendar)
    first, end = where.start_of_day(period.start_on), where.start_of_day(case["until"])
    each_wh = int(Decimal(str(case.get("draws_each", 1))) * 1000)
    wh = [each_wh] * ((end - first) // HOUR)
    for text, kwh in case.get("draws", {}).items():
        wh[(_instant(str(text), where=where) - first) // HOUR] = int(Decimal(str(kwh)) * 1000)
    program = catalog.program(case["program"]) if "program" in case else None
    called = frozenset(_instant(str(text), where=where) for text in case.get("events", ()))
    pricing = with_prices(pricing_of(rate, program=program), hour_prices={}, event_hours=called)
    return Worked(pricing=pricing, period=period, load=HourlyLoad(start_at=first, wh=tuple(wh)), where=where)


def _by_hand(case: Mapping[str, Any]) -> list[Line]:
    return [(code, reg, season, Decimal(str(n)), Decimal(usd)) for code, reg, season, n, usd in case["lines"]]


def _by_the_biller(worked: Worked) -> tuple[list[Line], Decimal]:
    rate, period, where = worked.pricing.rate, worked.period, worked.where
    bill = bill_usage(
        usage_of_load(worked.load, rate=rate, period=period, calendar=where),
        rate=rate,
        period=period,
        kind=BillKind.REGULAR,
        actual=True,
        extras=extras_of_load(worked.load, pricing=worked.pricing, period=period, calendar=where),
    )
    lines = [
        (x.code.value, x.register, x.season, Decimal(x.days) if x.days else Decimal(x.quantity_wh) / 1000, x.amount)
        for x in bill.lines
    ]
    return lines, bill.total


def _by_the_lattice(worked: Worked) -> tuple[list[Line], Decimal]:
    schedule = replace(schedule_of_rate(worked.pricing.rate), effective_on=date(2000, 1, 1))
    beside = Beside(laid_on={0: laid_on_by(worked.pricing)})
    cycles = [worked.period]
    engine = Engine(compile_rates([(schedule,)], cycles=cycles, calendar=worked.where, minutes=60, beside=beside))
    bills = bill_block(block_of(engine, np.array([worked.load.wh])), engine=engine, with_lines=True)
    lines = [
        (x.code.value, x.register, x.season, Decimal(x.days) if x.days else Decimal(x.quantity) / 1000, x.amount)
        for x in lines_of(bills, customer=0, rate=0, cycle=0)
    ]
    return lines, Decimal(int(bills.totals[0, 0, 0])).scaleb(-2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_bill_worked_by_hand(case: dict[str, Any]) -> None:
    worked, wanted = _worked(case), _by_hand(case)
    assert case["worked"].strip()
    for lines, total in (_by_the_biller(worked), _by_the_lattice(worked)):
        assert lines == wanted
        assert total == Decimal(case["total"])
    assert sum(line[4] for line in wanted) == Decimal(case["total"])
