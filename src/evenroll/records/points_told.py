"""Usage points as their streams tell them, with what the books say beside it; both by one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import PodId
from evenroll.records.folds import read_state
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamKind


@dataclass(frozen=True, kw_only=True, slots=True)
class PointRow:
    """What the books say of a usage point beside its stream."""

    read_cycle: str
    net_metering: bool
    interval_opt_out: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PointTold:
    """A usage point of ours. row: None where the books have none of it."""

    point: UsagePoint
    row: PointRow | None


def points_told(pods: Collection[PodId]) -> dict[PodId, PointTold]:
    """The usage points of these numbers in the open organization, not locked; one without a stream is left out."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT told.pod, told.state, p.read_cycle, p.net_metering, p.interval_opt_out FROM point_record told "
            "LEFT JOIN usage_point p ON p.organization_id = told.organization_id AND p.pod = told.pod "
            "WHERE told.organization_id = %s AND told.pod = ANY(%s)",
            (current().id, list(pods)),
        ).fetchall()
    return {
        PodId(pod): PointTold(
            point=cast("UsagePoint", read_state(StreamKind.USAGE_POINT, state)),
            row=None
            if read_cycle is None
            else PointRow(read_cycle=read_cycle, net_metering=net_metering, interval_opt_out=opted_out),
        )
        for pod, state, read_cycle, net_metering, opted_out in rows
    }
