"""Instants as people of a territory read them: local time, with the zone's abbreviation told once, above them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo


def local(at: datetime, *, zone: ZoneInfo) -> str:
    """The instant to the minute in this zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def zone_names(instants: Iterable[datetime], *, zone: ZoneInfo) -> str:
    """The abbreviations that hold at these instants, such as EST/EDT; the zone's own name for none."""
    found = dict.fromkeys(at.astimezone(zone).tzname() or zone.key for at in sorted(instants))
    return "/".join(found) or zone.key


def zone_of(organization: str) -> ZoneInfo:
    """The zone of an organization's territory."""
    from evenroll.quantities.calendars import calendar
    from evenroll.records.models import Organization

    key = Organization.objects.values_list("calendar", flat=True).get(key=organization)
    return ZoneInfo(calendar(key).zone)
