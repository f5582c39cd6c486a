"""Past bills as a utility may have issued them: by the rate, or with one of its habits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.costs.matching.codes import LineKind, Reason
from evenroll.costs.matching.differing import quantity_of
from evenroll.costs.matching.making import Made, Setting, make_bill
from evenroll.costs.matching.past_bill import KnownRate, PastBill, PastLine, kind_of
from evenroll.costs.matching.reasons import Candidate, candidates
from evenroll.costs.matching.verdict import Verdict, match_bill, setting_of
from evenroll.intake.known_rates import catalog_with, known_rates
from evenroll.quantities.identifiers import RateKey
from evenroll.quantities.periods import DatePeriod

RATES, UNPRICED = known_rates(catalog_with(()))
FLAT, TOU = RateKey("LE-R"), RateKey("LE-EV-TOU")
JULY = DatePeriod(start_on=date(2026, 6, 20), end_on=date(2026, 7, 20))


def past_bill(rate: RateKey, *, period: DatePeriod = JULY, **more: Any) -> PastBill:
    """A bill without lines yet."""
    given: dict[str, Any] = {"version": None, "lines": (), "total": None, **more}
    return PastBill(number="B-1", place=2, rate=rate, period=period, **given)


def lines_as(made: Made) -> tuple[PastLine, ...]:
    """The lines of a bill that was made, as they are printed."""
    return tuple(
        PastLine(
            place=number,
            kind=kind_of(line.code),
            amount=line.amount,
            register=line.register,
            season=line.season,
            quantity=quantity_of(line) if line.days else quantity_of(line).quantize(Decimal("0.001")),
            price=line.price,
        )
        for number, line in enumerate(made.lines, start=2)
    )


def issued(bill: PastBill, *, setting: Setting) -> PastBill:
    """The bill with the lines and the total of a setting."""
    made = make_bill(setting)
    return replace(bill, lines=lines_as(made), total=made.total)


def by_the_rate(bill: PastBill, *, rates: Mapping[RateKey, KnownRate] = RATES) -> Setting:
    """The setting in which a bill should be made."""
    return setting_of(bill, known=rates[bill.rate])


def in_habit(bill: PastBill, *, reason: Reason, rates: Mapping[RateKey, KnownRate] = RATES) -> Candidate:
    """The first setting of a habit."""
    found = candidates(by_the_rate(bill, rates=rates), versions=rates[bill.rate].versions)
    return next(each for each in found if each.reason is reason)


def verdict(bill: PastBill, *, rates: Mapping[RateKey, KnownRate] = RATES) -> Verdict:
    """The verdict on a bill."""
    return match_bill(bill, rates=rates)


def hours(period: DatePeriod, *, rate: RateKey, wh: Sequence[int] | None = None, more_days: int = 0) -> LoadBlock:
    """A load over the days of a bill, and so many days before and after it; each hour of its own, or as given."""
    calendar = RATES[rate].calendar
    first = calendar.start_of_day(date.fromordinal(period.start_on.toordinal() - more_days))
    end = calendar.start_of_day(date.fromordinal(period.start_on.toordinal() + period.days + more_days))
    count = int((end - first).total_seconds() // 3600)
    drawn = np.array(wh if wh is not None else [300 + 37 * (n % 24) + n % 7 for n in range(count)], dtype=np.int64)
    return LoadBlock(wh=smallest(drawn[None, :]), start_at=first, minutes=60, zone=calendar.zone)


def charged(kind: LineKind, amount: str, **more: Any) -> PastLine:
    """A line of some amount."""
    return PastLine(place=9, kind=kind, amount=Decimal(amount), **more)
