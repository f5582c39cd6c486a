"""The reading route of a demo whose clock is moved by hand: it reads the meters for the days that have passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from evenroll.quantities.calendars import calendar
from evenroll.runtime.territory_plan import TERRITORY, UTILITY


def read_meters(now: datetime) -> None:
    """Read what was to be read up to this day, today included; nothing where the database is no demo's.

    now: of the business clock.
    """
    from evenroll.records.business_clock import demo_now
    from evenroll.records.organizations import organization_keys
    from evenroll.runtime.demo_script import all_points
    from evenroll.runtime.territory_reads import catch_up_reads, take_reads

    if demo_now() is None or UTILITY not in organization_keys():
        return
    today = calendar(TERRITORY).business_date(now)
    # All that are due today, as an order that is opened today may switch today.
    take_reads(all_points(), from_on=today, until_on=today + timedelta(days=1))
    catch_up_reads(all_points(), until_on=today + timedelta(days=1))
