"""Past bills by prices of hours, with events and credits: made as row 5d makes them, and a missing event is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from evenroll.costs.bill import BillKind
from evenroll.costs.lattice.beside import Beside, LaidOn, laid_on_by
from evenroll.costs.matching.codes import CannotMake, LineKind, MatchResult, Reason
from evenroll.costs.matching.making import make_bill
from evenroll.costs.matching.past_bill import PastBill
from evenroll.costs.matching.verdict import Verdict, match_bill, setting_of
from evenroll.costs.pricing import Pricing, extras_of_total, pricing_of
from evenroll.costs.reference import bill_usage
from evenroll.costs.usage import usage_of_reads
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.energy import Wh
from evenroll.quantities.identifiers import ProgramKey, RateKey
from evenroll.quantities.periods import DatePeriod
from tests.costs.lattice.invented import CHICAGO
from tests.costs.matching.issued import FLAT, RATES, hours, issued, past_bill

HOUR = timedelta(hours=1)
JUNE = DatePeriod(start_on=date(2026, 6, 1), end_on=date(2026, 7, 1))
CATALOG = load_catalog()
PEAK_DAYS = CATALOG.program(ProgramKey("LE-EV-PEAK-DAYS"))


def _afternoon(day: date) -> frozenset[datetime]:
    first = CHICAGO.start_of_day(day) + 15 * HOUR
    return frozenset(first + n * HOUR for n in range(4))


CALLED = _afternoon(date(2026, 6, 10)) | _afternoon(date(2026, 6, 23))


def _judged(bill: PastBill, beside: Beside) -> Verdict:
    return match_bill(bill, rates=RATES, beside=beside)


def _issued(bill: PastBill, beside: Beside) -> PastBill:
    return issued(bill, setting=setting_of(bill, known=RATES[bill.rate], beside=beside))


def _laid_on(called: frozenset[datetime]) -> Beside:
    pricing = pricing_of(CATALOG.rate(FLAT, on=JUNE.start_on), program=PEAK_DAYS)
    return Beside(laid_on={0: replace(laid_on_by(pricing), event_hours=called)})


def test_events_and_credits_and_an_event_that_the_bill_forgot() -> None:
    bill = past_bill(FLAT, period=JUNE, load=hours(JUNE, rate=FLAT))
    right = _issued(bill, _laid_on(CALLED))
    assert [line.kind for line in right.lines][-2:] == [LineKind.EVENT, LineKind.CREDIT]
    assert _judged(right, _laid_on(CALLED)).result is MatchResult.MATCHED
    forgot = _issued(bill, _laid_on(_afternoon(date(2026, 6, 10))))
    (event,) = _judged(forgot, _laid_on(CALLED)).differences
    assert (event.why[0].reason, event.whole) == (Reason.EVENT_LEFT_OUT, True)
    assert event.why[0].parameters == {"day": "2026-06-23"}


def test_prices_of_hours_and_a_clock_that_is_an_hour_behind() -> None:
    rate = RateKey("LE-RTP")
    first = CHICAGO.start_of_day(JUNE.start_on)
    prices = {first + n * HOUR: Decimal(40 + n * n % 97).scaleb(-3) for n in range(30 * 24)}
    beside = Beside(hour_prices={"le-day-ahead": prices})
    bill = past_bill(rate, period=JUNE, load=hours(JUNE, rate=rate))
    right = _issued(bill, beside)
    assert right.lines[1].kind is LineKind.HOURLY_PRICES
    assert _judged(right, beside).result is MatchResult.MATCHED
    setting = setting_of(bill, known=RATES[rate], beside=beside)
    late = issued(bill, setting=replace(setting, shift=-1))
    assert {each.why[0].reason for each in _judged(late, beside).differences} == {Reason.CLOCK_BEHIND}
    refused = _judged(right, Beside()).refused
    assert refused is not None
    assert refused.code is CannotMake.PRICES_MISSING


def test_a_credit_from_registers_is_shared_out_by_days_as_row_5d_does() -> None:
    period = DatePeriod(start_on=date(2026, 9, 21), end_on=date(2026, 10, 11))
    counted = {"total": Wh(480_777)}
    rate = CATALOG.rate(FLAT, on=period.start_on)
    pricing = Pricing(rate=rate, credits=PEAK_DAYS.billed_incentives)
    usage = usage_of_reads(counted, rate=rate, period=period)
    bill = bill_usage(
        usage,
        rate=rate,
        period=period,
        kind=BillKind.REGULAR,
        actual=True,
        extras=extras_of_total(480_777, pricing=pricing, period=period),
    )
    past = past_bill(FLAT, period=period, counted_wh=counted)
    # A program whose events were called on other days only can be billed from registers.
    laid = LaidOn(credits=PEAK_DAYS.billed_incentives, event_usd_per_kwh=Decimal("0.62"), event_hours=CALLED)
    made = make_bill(setting_of(past, known=RATES[FLAT], beside=Beside(laid_on={0: laid})))
    assert [(x.code, x.quantity, x.amount) for x in made.lines] == [
        (x.code, x.quantity_wh, x.amount) for x in bill.lines
    ]
    june = past_bill(FLAT, period=JUNE, counted_wh=counted, total=Decimal(1))
    refused = _judged(june, Beside(laid_on={0: laid})).refused
    assert refused is not None
    assert refused.code is CannotMake.HOURS_MISSING
