"""Usage points as their streams tell them, with what the books say beside it; both by one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from evenroll.enrollment.usage_point import UsagePoint
from evenroll.quantities.identifiers import PodId
from evenroll.records.folds import read_state
from evenroll.records.foreseen import Fact, looked_up
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


def point_told(pod: PodId) -> PointTold | None:
    """The usage point of this number in the open organization, not locked; None without a stream."""
    return looked_up(Fact.POINT_TOLD, pod, lambda: points_told([pod]).get(pod))


def points_told(pods: Collection[PodId]) -> dict[PodId, PointTold]:
    """The usage points of these numbers in the open organization, not locked; one without a stream is left out."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT told.pod, told.state, p.read_cycle, p.net_metering, p.interval_opt_out FROM point_record told "
            "LEFT JOIN usage_point p ON p.organization_id = told.organization_id AND p.pod = told.pod "
            "WHERE told.organization_id = %s AND told.pod = ANY(%s)",
            (current().id, list(pods)),
        ).fetchall()
    return {PodId(pod): point_told_of(state, row) for pod, state, *row in rows}


def point_told_of(state: str, row: Sequence[Any]) -> PointTold:
    """A usage point from its state and from its columns in the books, in the order of `PointRow`; all null for none."""
    read_cycle, net_metering, opted_out = row
    return PointTold(
        point=cast("UsagePoint", read_state(StreamKind.USAGE_POINT, state)),
        row=None
        if read_cycle is None
        else PointRow(read_cycle=read_cycle, net_metering=net_metering, interval_opt_out=opted_out),
    )
