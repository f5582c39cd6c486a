"""What waits now, by whom and by when it is due: counted along the index of the queue, with nothing kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, LiteralString

from evenroll.enrollment.roles import Role
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.queries import Viewer
from evenroll.records.report_figures import refuse_others

_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


class Due(StrEnum):
    """When something is due, seen from now, in order."""

    LONG_OVER = "long_over"
    OVER = "over"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """How many waits there are by role and due date; roles for whom nothing waits are not in it."""

    waits: Mapping[Role, Mapping[Due, int]]

    def of(self, due: Due) -> int:
        """How many are due then, whoever is waited on."""
        return sum(each[due] for each in self.waits.values())


# The words of the index `track_in_queue`, so that it answers alone.
_COUNT: Final[LiteralString] = (
    "SELECT owner, width_bucket(due_at, %s::timestamptz[]), count(*) FROM track WHERE organization_id = %s "
    "AND owner IS NOT NULL AND due_at IS NOT NULL AND owner <> ALL(%s) "
    "AND NOT (track = 'case' AND state = 'enrolled' AND times = 0) GROUP BY 1, 2"
)
_UNSEEN: Final = [Role.SYSTEM.value, Role.PEER.value]


def bounds(*, now: datetime, calendar: ServiceCalendar) -> dict[Due, tuple[datetime | None, datetime | None]]:
    """From when on and until before when each of them is; None where it has no end."""
    edges = _edges(now=now, calendar=calendar)
    begins, ends = (None, *edges), (*edges, None)
    return dict(zip(Due, zip(begins, ends, strict=True), strict=True))


def backlog(viewer: Viewer, *, now: datetime) -> Backlog:
    """What waits on people at this moment of the business clock. Raises NotForViewer."""
    refuse_others(viewer)
    with open_organization(viewer.organization) as opened, cursor() as pen:
        edges = list(_edges(now=now, calendar=opened.calendar))
        rows = pen.execute(_COUNT, (edges, opened.id, _UNSEEN)).fetchall()
    waits: dict[Role, dict[Due, int]] = {}
    for owner, bucket, count in rows:
        waits.setdefault(Role(owner), dict.fromkeys(Due, 0))[tuple(Due)[bucket]] = count
    return Backlog(waits={role: waits[role] for role in Role if role in waits})


def _edges(*, now: datetime, calendar: ServiceCalendar) -> tuple[datetime, ...]:
    """Where each of them but the first begins. Late is what was due before this moment."""
    tomorrow = calendar.business_date(now) + _DAY
    return (now - _WEEK, now, calendar.start_of_day(tomorrow), calendar.start_of_day(tomorrow + _WEEK))
