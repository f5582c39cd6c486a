"""Instants as people of a territory read them: local time, with the zone's abbreviation told once, above them."""

from __future__ import annotations

from collections import Counter
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


def beside_utc(at: datetime, *, organizations: Iterable[str]) -> str:
    """The instant in UTC, and beside it in the local time of each zone of these organizations, the most used first."""
    zones = Counter(zone_of(each).key for each in organizations)
    there = (at.astimezone(ZoneInfo(key)) for key, _ in zones.most_common())
    shown = ", ".join(dict.fromkeys(f"{each:%Y-%m-%d %H:%M} {each.tzname()}" for each in there))
    return f"{at:%Y-%m-%d %H:%M} UTC ({shown})" if shown else f"{at:%Y-%m-%d %H:%M} UTC"


def zone_of(organization: str) -> ZoneInfo:
    """The zone of an organization's territory."""
    from evenroll.quantities.calendars import calendar
    from evenroll.records.models import Organization

    key = Organization.objects.values_list("calendar", flat=True).get(key=organization)
    return ZoneInfo(calendar(key).zone)
