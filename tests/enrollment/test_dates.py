"""The switch date: what it never does, over years with holidays, leap days and the days on which clocks change."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evenroll.enrollment.dates import (
    DateReason,
    DateRefusalCode,
    SwitchDate,
    SwitchDateRefused,
    SwitchRequest,
    TimingWrong,
    add_months,
    rescission_end,
    scheduled_reads,
    span_end,
    switch_date,
)
from evenroll.programs.program_terms import Span, TermsWrong
from evenroll.programs.timing import NoticeWindow, NoticeWrong, SwitchTiming
from evenroll.quantities.calendars import ServiceCalendar, calendar, calendar_keys

ONE = timedelta(days=1)
# The first look at a year computes its holidays, which takes longer than the usual deadline allows.
steady = settings(deadline=None)
LAKELAND = calendar("US-LAKELAND")
CALENDARS = st.sampled_from([calendar(key) for key in calendar_keys()])
# The days on which dates go wrong, besides any day: leap day, clock changes, holidays, the turn of the year.
ASKED = st.dates(date(2023, 1, 1), date(2034, 12, 31)) | st.sampled_from(
    [date(2028, 2, 28), date(2028, 2, 29), date(2026, 3, 7), date(2026, 10, 31), date(2026, 7, 2), date(2027, 12, 30)]
)
OFFSETS = st.integers(-10, 60)


@st.composite
def requests(draw: st.DrawFn, timing: SwitchTiming | None = None) -> tuple[SwitchRequest, ServiceCalendar]:
    territory, asked_on = draw(CALENDARS), draw(ASKED)
    reads = scheduled_reads(
        cycle_day=draw(st.integers(1, 31)),
        from_on=asked_on - 20 * ONE,
        months=draw(st.integers(0, 6)),
        calendar=territory,
    )
    chosen = draw(st.sampled_from(SwitchTiming)) if timing is None else timing

    def some_day(name: str) -> date | None:
        offset = draw(st.none() | OFFSETS, label=name)
        return None if offset is None else asked_on + offset * ONE

    received_on, window_days = some_day("received"), draw(st.integers(0, 5))
    request = SwitchRequest(
        asked_on=asked_on,
        timing=chosen,
        not_before_on=some_day("wish"),
        rescission_ends_on=received_on
        and rescission_end(terms_received_on=received_on, business_days=window_days, calendar=territory),
        meter_in_service_on=some_day("meter"),
        scheduled_reads=reads,
        notice=NoticeWindow(
            business_days_before=draw(st.integers(0, 12)),
            calendar_days_before=draw(st.integers(0, 20)),
            at_most_days_ahead=draw(st.none() | st.integers(30, 120)),
        ),
    )
    return request, territory


def dated(request: SwitchRequest, territory: ServiceCalendar) -> SwitchDate:
    answer = switch_date(request, calendar=territory)
    assume(isinstance(answer, SwitchDate))
    assert isinstance(answer, SwitchDate)
    return answer


@steady
@given(requests())
def test_never_before_any_limit(drawn: tuple[SwitchRequest, ServiceCalendar]) -> None:
    request, territory = drawn
    switch_on = dated(request, territory).switch_on
    assert switch_on >= request.asked_on
    for limit in (request.not_before_on, request.rescission_ends_on, request.meter_in_service_on):
        assert limit is None or switch_on >= limit
    notice = request.notice
    assert (switch_on - request.asked_on).days >= notice.calendar_days_before
    days_given = (request.asked_on + n * ONE for n in range(1, (switch_on - request.asked_on).days + 1))
    assert sum(map(territory.is_business_day, days_given)) >= notice.business_days_before
    assert notice.at_most_days_ahead is None or (switch_on - request.asked_on).days <= notice.at_most_days_ahead


@steady
@given(drawn=requests(), received=st.integers(-5, 40), business_days=st.integers(1, 5))
def test_never_inside_the_rescission_window(
    drawn: tuple[SwitchRequest, ServiceCalendar], received: int, business_days: int
) -> None:
    request, territory = drawn
    received_on = request.asked_on + received * ONE
    ends_on = rescission_end(terms_received_on=received_on, business_days=business_days, calendar=territory)
    switch_on = dated(replace(request, rescission_ends_on=ends_on), territory).switch_on
    whole_days = (received_on + n * ONE for n in range(1, (switch_on - received_on).days))
    # Every business day of the window has passed in full before the day of the switch begins.
    assert sum(map(territory.is_business_day, whole_days)) >= business_days


@steady
@given(requests(SwitchTiming.NEXT_SCHEDULED_READ))
def test_next_read_is_the_first_that_is_late_enough(drawn: tuple[SwitchRequest, ServiceCalendar]) -> None:
    request, territory = drawn
    answer = dated(request, territory)
    assert answer.read_on == answer.switch_on
    assert answer.switch_on in request.scheduled_reads
    skipped = [day for day in request.scheduled_reads if request.asked_on <= day < answer.switch_on]
    later_reads = tuple(day for day in request.scheduled_reads if day not in skipped)
    assert dated(replace(request, scheduled_reads=later_reads), territory).switch_on == answer.switch_on
    # A read skipped was too early: without the later ones there is no date at all.
    alone = switch_date(replace(request, scheduled_reads=tuple(skipped)), calendar=territory)
    assert isinstance(alone, SwitchDateRefused)
    assert alone.code is DateRefusalCode.NO_SCHEDULED_READ


@steady
@given(drawn=requests(SwitchTiming.NEXT_SCHEDULED_READ), data=st.data())
def test_a_read_on_the_very_day_will_do(drawn: tuple[SwitchRequest, ServiceCalendar], data: st.DataObject) -> None:
    request, territory = drawn
    reads = [day for day in request.scheduled_reads if day >= request.asked_on]
    assume(reads)
    wish = data.draw(st.sampled_from(reads))
    free = SwitchRequest(
        asked_on=request.asked_on, timing=request.timing, not_before_on=wish, scheduled_reads=request.scheduled_reads
    )
    assert dated(free, territory).switch_on == wish


@steady
@given(st.sampled_from([SwitchTiming.FIRST_BUSINESS_DAY, SwitchTiming.ON_METER_EXCHANGE]).flatmap(requests))
def test_off_cycle_is_the_first_business_day(drawn: tuple[SwitchRequest, ServiceCalendar]) -> None:
    request, territory = drawn
    answer = dated(request, territory)
    assert answer.read_on == answer.switch_on
    assert territory.is_business_day(answer.switch_on)
    bound_by = answer.reasons[0]
    if answer.reasons[-1] is DateReason.BUSINESS_DAY:
        day_before = answer.switch_on - ONE
        assert not territory.is_business_day(day_before)
        assert bound_by is not DateReason.BUSINESS_DAY


LATER = ("asked_on", "not_before_on", "rescission_ends_on", "meter_in_service_on", "business", "calendar")


@steady
@given(drawn=requests(), what=st.sampled_from(LATER), days=st.integers(1, 30))
def test_a_later_input_never_gives_an_earlier_date(
    drawn: tuple[SwitchRequest, ServiceCalendar], what: str, days: int
) -> None:
    request, territory = drawn
    request = replace(request, notice=replace(request.notice, at_most_days_ahead=None))
    before = dated(request, territory)
    notice = request.notice
    match what:
        case "business":
            later = replace(request, notice=replace(notice, business_days_before=notice.business_days_before + days))
        case "calendar":
            later = replace(request, notice=replace(notice, calendar_days_before=notice.calendar_days_before + days))
        case _:
            day = getattr(request, what)
            # None is no limit, so any date is later than none.
            later = replace(request, **{what: (request.asked_on if day is None else day) + days * ONE})
    after = switch_date(later, calendar=territory)
    match after:
        case SwitchDate():
            assert after.switch_on >= before.switch_on
        case SwitchDateRefused():
            assert after.code is DateRefusalCode.NO_SCHEDULED_READ
            assert after.earliest_on > max(request.scheduled_reads)


@steady
@given(requests())
def test_same_answer_each_time_and_in_any_order(drawn: tuple[SwitchRequest, ServiceCalendar]) -> None:
    request, territory = drawn
    reads = tuple(reversed(request.scheduled_reads))
    first = switch_date(request, calendar=territory)
    assert first == switch_date(replace(request, scheduled_reads=reads), calendar=replace(territory))


@steady
@given(requests())
def test_reasons_are_the_limits_that_bind(drawn: tuple[SwitchRequest, ServiceCalendar]) -> None:
    request, territory = drawn
    request = replace(request, notice=NoticeWindow())
    answer = dated(request, territory)
    limits = {
        DateReason.ASKED: request.asked_on,
        DateReason.REQUESTED: request.not_before_on,
        DateReason.RESCISSION: request.rescission_ends_on,
        DateReason.METER_IN_SERVICE: request.meter_in_service_on,
    }
    latest = max(day for day in limits.values() if day is not None)
    bound = [reason for reason in answer.reasons if reason in limits]
    assert bound == [reason for reason, day in limits.items() if day == latest]
    assert (answer.switch_on == latest) == (len(bound) == len(answer.reasons))


def test_everyday_path_is_the_next_scheduled_read() -> None:
    asked_on = date(2026, 6, 10)
    reads = scheduled_reads(cycle_day=4, from_on=asked_on, months=3, calendar=LAKELAND)
    # July 4 is a Saturday and observed on Friday; the read moves to Monday.
    assert reads == (date(2026, 7, 6), date(2026, 8, 4), date(2026, 9, 4))
    request = SwitchRequest(asked_on=asked_on, timing=SwitchTiming.NEXT_SCHEDULED_READ, scheduled_reads=reads)
    assert switch_date(request, calendar=LAKELAND) == SwitchDate(
        switch_on=date(2026, 7, 6), read_on=date(2026, 7, 6), reasons=(DateReason.ASKED, DateReason.SCHEDULED_READ)
    )


def test_exchange_waits_for_rescission() -> None:
    # Terms on the Tuesday before Thanksgiving 2026, three business days: Wednesday, Friday, Monday.
    ends_on = rescission_end(terms_received_on=date(2026, 11, 24), business_days=3, calendar=LAKELAND)
    assert ends_on == date(2026, 12, 1)
    request = SwitchRequest(
        asked_on=date(2026, 11, 24),
        timing=SwitchTiming.ON_METER_EXCHANGE,
        rescission_ends_on=ends_on,
        meter_in_service_on=date(2026, 11, 27),
    )
    answer = switch_date(request, calendar=LAKELAND)
    assert isinstance(answer, SwitchDate)
    assert (answer.switch_on, answer.reasons) == (ends_on, (DateReason.RESCISSION,))
    on_the_day = switch_date(replace(request, meter_in_service_on=date(2026, 12, 3)), calendar=LAKELAND)
    assert isinstance(on_the_day, SwitchDate)
    assert on_the_day.switch_on == date(2026, 12, 3)


def test_what_is_missing_is_told() -> None:
    request = SwitchRequest(
        asked_on=date(2028, 2, 28),
        timing=SwitchTiming.NEXT_SCHEDULED_READ,
        scheduled_reads=(date(2028, 2, 28),),
        notice=NoticeWindow(calendar_days_before=1, at_most_days_ahead=30),
    )
    assert switch_date(request, calendar=LAKELAND) == SwitchDateRefused(
        code=DateRefusalCode.NO_SCHEDULED_READ,
        earliest_on=date(2028, 2, 29),
        latest_on=date(2028, 3, 29),
        reasons=(DateReason.NOTICE,),
    )
    far = switch_date(replace(request, scheduled_reads=(date(2028, 3, 30),)), calendar=LAKELAND)
    assert isinstance(far, SwitchDateRefused)
    assert (far.code, far.earliest_on) == (DateRefusalCode.TOO_FAR_AHEAD, date(2028, 3, 30))
    no_meter = switch_date(replace(request, timing=SwitchTiming.ON_METER_EXCHANGE), calendar=LAKELAND)
    assert isinstance(no_meter, SwitchDateRefused)
    assert no_meter.code is DateRefusalCode.METER_DATE_MISSING


@steady
@given(territory=CALENDARS, from_on=ASKED, cycle_day=st.integers(1, 31), months=st.integers(0, 14))
def test_read_cycle(territory: ServiceCalendar, from_on: date, cycle_day: int, months: int) -> None:
    reads = scheduled_reads(cycle_day=cycle_day, from_on=from_on, months=months, calendar=territory)
    assert len(reads) == months
    assert all(day >= from_on and territory.is_business_day(day) for day in reads)
    gaps = [(later - day).days for day, later in pairwise(reads)]
    assert all(22 <= gap <= 40 for gap in gaps)
    assert months == 0 or (reads[0] - from_on).days <= 40
    # Any later start gives the rest of the same cycle.
    if months > 1:
        rest = scheduled_reads(cycle_day=cycle_day, from_on=reads[0] + ONE, months=months - 1, calendar=territory)
        assert rest == reads[1:]


@steady
@given(territory=CALENDARS, received_on=ASKED, business_days=st.integers(1, 10))
def test_rescission_ends_the_day_after_its_last_business_day(
    territory: ServiceCalendar, received_on: date, business_days: int
) -> None:
    ends_on = rescission_end(terms_received_on=received_on, business_days=business_days, calendar=territory)
    inside = [received_on + n * ONE for n in range(1, (ends_on - received_on).days)]
    assert sum(map(territory.is_business_day, inside)) == business_days
    assert territory.is_business_day(inside[-1])
    assert rescission_end(terms_received_on=received_on, business_days=0, calendar=territory) == received_on


def test_impossible_windows_are_refused() -> None:
    with pytest.raises(NoticeWrong, match="negative days"):
        NoticeWindow(business_days_before=-1)
    with pytest.raises(TimingWrong, match="rescission window of -1"):
        rescission_end(terms_received_on=date(2026, 1, 1), business_days=-1, calendar=LAKELAND)
    with pytest.raises(TimingWrong, match="day 32"):
        scheduled_reads(cycle_day=32, from_on=date(2026, 1, 1), months=1, calendar=LAKELAND)


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), months=st.integers(-240, 240))
def test_months_keep_the_day_or_end_with_the_month(day: date, months: int) -> None:
    """18 months from Aug 31 end on the last of February; every other day keeps its number."""
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    is_last = (later + timedelta(days=1)).month != later.month
    assert later.day == day.day or (later.day < day.day and is_last)


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), more=st.integers(0, 40), months=st.integers(0, 40))
def test_a_later_start_or_a_longer_term_never_ends_sooner(day: date, more: int, months: int) -> None:
    assert span_end(day, span=Span(months=months)) <= span_end(day + timedelta(days=more), span=Span(months=months))
    assert span_end(day, span=Span(months=months)) <= span_end(day, span=Span(months=months + 1))
    assert span_end(day, span=Span(days=months)) == day + timedelta(days=months)
    assert span_end(day, span=Span()) == day


@pytest.mark.parametrize(
    ("day", "months", "ends_on"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2026, 11, 2), 18, date(2028, 5, 2)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_terms_in_months_end_by_the_calendar(day: date, months: int, ends_on: date) -> None:
    assert span_end(day, span=Span(months=months)) == ends_on


def test_a_term_is_days_or_months_and_never_less_than_nothing() -> None:
    for wrong in ({"days": 1, "months": 1}, {"days": -1}, {"months": -1}):
        with pytest.raises(TermsWrong, match="in days or in months"):
            Span(**wrong)
