"""What the pages of the desk say again and again: when something is due, in business days, and links to records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.urls import reverse

from evenroll.enrollment.form import Language
from evenroll.pages.formats import day
from evenroll.pages.texts import render
from evenroll.pages.web_widgets import Tag, Tone
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.streams import StreamKind

_FAR_DAYS: Final = 30
"""What is further away is told by its day."""
_DAY: Final = timedelta(days=1)


def business_days_to(due_on: date, *, today: date, calendar: ServiceCalendar) -> int:
    """Business days after today until and with a day; negative where it has passed."""
    first, last = min(today, due_on), max(today, due_on)
    between = (first + _DAY * each for each in range(1, (last - first).days + 1))
    found = sum(calendar.is_business_day(each) for each in between)
    return found if due_on >= today else -found


def due_tag(due_at: datetime, *, now: datetime, calendar: ServiceCalendar, language: Language) -> Tag:
    """When something is due, in business days where it is near."""
    today, due_on = calendar.business_date(now), calendar.business_date(due_at)
    if due_at < now:
        late = -business_days_to(due_on, today=today, calendar=calendar)
        key = "desk.overdue" if late < 1 else "desk.overdue_one" if late == 1 else "desk.overdue_many"
        return Tag(text=render(key, language=language, parameters={"days": late}), tone=Tone.TROUBLE)
    if (due_on - today).days > _FAR_DAYS:
        return Tag(text=day(due_on, language=language))
    left = business_days_to(due_on, today=today, calendar=calendar)
    key = "desk.due_today" if left < 1 else "desk.due_one" if left == 1 else "desk.due_many"
    tone = Tone.WAITING if left <= 1 else Tone.PLAIN
    return Tag(text=render(key, language=language, parameters={"days": left}), tone=tone)


def address_of_record(kind: StreamKind, number: str) -> str:
    """The page of a record that waits; "" for one that has none."""
    match kind:
        case StreamKind.CASE:
            return reverse("desk-case", args=[number])
        case StreamKind.SERVICE_ORDER:
            return reverse("desk-order", args=[number])
        case StreamKind.SUPPLY_REQUEST:
            return reverse("desk-switch", args=[number])
        case _:
            return ""
