"""The day on which supply changes hands: properties over every territory, and over every window of rescission."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenroll.enrollment.dates import scheduled_reads
from evenroll.enrollment.supply_dates import (
    SupplyDate,
    SupplyDateRefused,
    SupplyDateRequest,
    supply_date,
    window_end,
)
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rescission import (
    DayKind,
    RescissionRule,
    Sale,
    Seller,
    TermsDelivery,
    parse_rescission,
    rescission_rule,
    rescission_rules,
)
from evenroll.programs.supply_terms import SupplyReads, SupplyTerms, all_supply_terms, supply_terms
from evenroll.programs.yaml_table import CatalogRefused
from evenroll.quantities.calendars import calendar

TERMS = tuple(all_supply_terms().values())
DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))


@st.composite
def requests(draw: st.DrawFn) -> tuple[SupplyDateRequest, SupplyTerms]:
    terms = draw(st.sampled_from(TERMS))
    asked_on = draw(DAYS)
    reads = scheduled_reads(
        cycle_day=draw(st.integers(1, 31)), from_on=asked_on, months=18, calendar=calendar(terms.key)
    )
    wish = draw(st.one_of(st.none(), st.integers(-20, 80).map(lambda n: asked_on + timedelta(days=n))))
    window = draw(st.one_of(st.none(), st.integers(-5, 20).map(lambda n: asked_on + timedelta(days=n))))
    request = SupplyDateRequest(
        asked_on=asked_on,
        requested_on=wish,
        rescission_ends_on=window,
        off_cycle=draw(st.booleans()),
        notice_days_before_read=draw(st.sampled_from([0, 12])),
        scheduled_reads=reads,
    )
    return request, terms


@given(requests())
@settings(max_examples=200, deadline=None)
def test_never_before_the_request_the_wish_or_the_end_of_the_window(
    drawn: tuple[SupplyDateRequest, SupplyTerms],
) -> None:
    """Invariant 8: no supplier switch takes effect inside a rescission window; in no territory, for no request."""
    request, terms = drawn
    found = supply_date(request, terms=terms, calendar=calendar(terms.key))
    if isinstance(found, SupplyDateRefused):
        assert found.code in (RejectCode.DATE_WRONG, RejectCode.INFORMATION_MISSING, RejectCode.OTHER)
        return
    limits = (request.asked_on, request.requested_on, request.rescission_ends_on)
    assert all(found.effective_on >= day for day in limits if day is not None)


@given(requests())
@settings(max_examples=200, deadline=None)
def test_a_day_is_a_read_of_the_cycle_or_a_special_one_on_a_business_day(
    drawn: tuple[SupplyDateRequest, SupplyTerms],
) -> None:
    request, terms = drawn
    found = supply_date(request, terms=terms, calendar=calendar(terms.key))
    if isinstance(found, SupplyDate):
        if found.special_read:
            assert calendar(terms.key).is_business_day(found.effective_on)
        else:
            assert found.effective_on in request.scheduled_reads


@given(requests(), st.integers(1, 15))
@settings(max_examples=150, deadline=None)
def test_a_longer_window_never_gives_an_earlier_day(drawn: tuple[SupplyDateRequest, SupplyTerms], more: int) -> None:
    request, terms = drawn
    if terms.reads is SupplyReads.NEAR_READ or request.rescission_ends_on is None:
        return
    from dataclasses import replace

    later = replace(request, rescission_ends_on=request.rescission_ends_on + timedelta(days=more))
    first, second = (supply_date(each, terms=terms, calendar=calendar(terms.key)) for each in (request, later))
    if isinstance(first, SupplyDate) and isinstance(second, SupplyDate):
        assert second.effective_on >= first.effective_on


@pytest.mark.parametrize(
    "rule", rescission_rules(), ids=lambda rule: f"{rule.jurisdiction}-{rule.sale}-{rule.delivery}"
)
@given(sent_on=DAYS, terms=st.sampled_from(TERMS))
@settings(max_examples=40, deadline=None)
def test_no_supply_begins_inside_a_window_of_the_table(rule: RescissionRule, sent_on: date, terms: SupplyTerms) -> None:
    """Every line of the table of windows, in every territory: after the last day of the window at the soonest."""
    days = calendar(rule.jurisdiction)
    ends_on = window_end(rule, sent_on=sent_on, calendar=days)
    received_on = sent_on + timedelta(days=rule.receipt_days)
    inside = [received_on + timedelta(days=n) for n in range((ends_on - received_on).days)]
    counted = [day for day in inside[1:] if rule.day_kind is DayKind.CALENDAR or days.is_business_day(day)]
    assert len(counted) == rule.days
    reads = scheduled_reads(cycle_day=3, from_on=sent_on, months=6, calendar=calendar(terms.key))
    request = SupplyDateRequest(asked_on=sent_on, rescission_ends_on=ends_on, scheduled_reads=reads)
    found = supply_date(request, terms=terms, calendar=calendar(terms.key))
    assert isinstance(found, SupplyDate) and found.effective_on not in inside and found.effective_on >= ends_on


def test_texas_takes_a_read_near_the_third_business_day_else_a_special_one() -> None:
    """Source: standard switches of 2009: 3 business days, a read within 3 days, else one within 4."""
    terms, days = supply_terms("US-TX"), calendar("US-TX")
    asked_on = date(2026, 9, 14)
    near = SupplyDateRequest(asked_on=asked_on, scheduled_reads=(date(2026, 9, 19),))
    assert supply_date(near, terms=terms, calendar=days) == SupplyDate(effective_on=date(2026, 9, 19))
    far = SupplyDateRequest(asked_on=asked_on, scheduled_reads=(date(2026, 10, 2),))
    assert supply_date(far, terms=terms, calendar=days) == SupplyDate(effective_on=date(2026, 9, 17), special_read=True)


@pytest.mark.parametrize(
    ("territory", "days", "refused"),
    [("US-TX", 90, False), ("US-TX", 91, True), ("US-TX", -270, False), ("US-TX", -271, True), ("US-IL", 46, True)],
)
def test_days_too_far_ahead_or_back_are_refused(territory: str, days: int, refused: bool) -> None:
    """TX: more than 90 days ahead or 270 back; IL: more than 45 ahead (DIV)."""
    asked_on = date(2026, 9, 14)
    reads = tuple(asked_on + timedelta(days=n) for n in range(5, 200, 15))
    request = SupplyDateRequest(asked_on=asked_on, requested_on=asked_on + timedelta(days=days), scheduled_reads=reads)
    found = supply_date(request, terms=supply_terms(territory), calendar=calendar(territory))
    assert isinstance(found, SupplyDateRefused) == refused
    if isinstance(found, SupplyDateRefused) and days > 0:
        assert found.code is RejectCode.DATE_WRONG and found.retry_on is not None
        again = SupplyDateRequest(asked_on=found.retry_on, requested_on=request.requested_on, scheduled_reads=reads)
        assert isinstance(supply_date(again, terms=supply_terms(territory), calendar=calendar(territory)), SupplyDate)


def test_a_special_read_that_is_not_granted_is_a_remark_and_no_refusal() -> None:
    """W09 is a status: the usual read is taken."""
    reads = (date(2026, 9, 30),)
    request = SupplyDateRequest(asked_on=date(2026, 9, 14), off_cycle=True, scheduled_reads=reads)
    found = supply_date(request, terms=supply_terms("US-IL"), calendar=calendar("US-IL"))
    assert found == SupplyDate(effective_on=reads[0], statuses=(RejectCode.SPECIAL_READ_REFUSED,))


def test_a_regulated_rate_and_a_renewal_have_no_window() -> None:
    """Rule 11: rescission belongs to a supplier's sale or switch; what the table does not list is not waited for."""
    for delivery in TermsDelivery:
        assert rescission_rule("US-PA", seller=Seller.UTILITY, sale=Sale.NEW, delivery=delivery) is None
        assert rescission_rule("US-PA", seller=Seller.SUPPLIER, sale=Sale.RENEWAL, delivery=delivery) is None


def test_the_table_counts_from_receipt_by_its_own_days() -> None:
    """Thursday before a weekend: three business days and five calendar days, in person and by mail."""
    sent_on, days = date(2026, 9, 10), calendar("US-LAKELAND")
    ends = {
        (sale, delivery): window_end(rule, sent_on=sent_on, calendar=days)
        for sale in (Sale.NEW, Sale.SWITCH)
        for delivery in TermsDelivery
        if (rule := rescission_rule("US-LAKELAND", seller=Seller.SUPPLIER, sale=sale, delivery=delivery))
    }
    assert ends[Sale.NEW, TermsDelivery.IN_PERSON] == date(2026, 9, 16)
    assert ends[Sale.NEW, TermsDelivery.MAIL] == date(2026, 9, 17)
    assert ends[Sale.SWITCH, TermsDelivery.ELECTRONIC] == date(2026, 9, 16)
    assert ends[Sale.SWITCH, TermsDelivery.MAIL] == date(2026, 9, 19)


LINE = (
    "  - {jurisdiction: US-PA, seller: supplier, sale: new, deliveries: [mail], days: 3, day_kind: business,\n"
    "     receipt_days: 0, checked: true, source: code}\n"
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rules:\n" + LINE + LINE, "stands twice; keep one window"),
        ("rules:\n" + LINE.replace("days: 3", "days: 0"), "a window of 0 days is none"),
        ("rules:\n" + LINE.replace("US-PA", "US-ZZ"), "No service calendar is called 'US-ZZ'"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(CatalogRefused, match=reason) as refused:
        parse_rescission(text, file="wrong.yaml")
    assert refused.value.line >= 2
