"""When a program lets its service begin: the kind of switch and the notice it must be given.

The dates themselves are computed on the enrollment floor; a program only says which rule applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SwitchTiming(StrEnum):
    """The event on which a new service may begin."""

    NEXT_SCHEDULED_READ = "next_scheduled_read"
    ON_METER_EXCHANGE = "on_meter_exchange"
    FIRST_BUSINESS_DAY = "first_business_day"


class NoticeWrong(ValueError):
    """A notice window that no tariff can mean."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeWindow:
    """How long before the switch it must be announced, and how far ahead it may be set.

    business_days_before: business days of the territory, at least this many.
    calendar_days_before: calendar days, at least this many; both conditions hold together.
    at_most_days_ahead: calendar days from the announcement; absent means no such limit.
    Raises NoticeWrong for negative days.
    """

    business_days_before: int = 0
    calendar_days_before: int = 0
    at_most_days_ahead: int | None = None

    def __post_init__(self) -> None:
        if min(self.business_days_before, self.calendar_days_before, self.at_most_days_ahead or 0) < 0:
            raise NoticeWrong("A notice window has negative days; give 0 where no notice is needed.")
