"""What a load of the utility's own books makes of a usage point: its meters and its agreements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from evenroll.enrollment.usage_point import Agreement, PointMeter, UsagePoint


def with_agreements(point: UsagePoint, loaded: Sequence[Agreement]) -> tuple[Agreement, ...]:
    """The agreements after a load: what is loaded holds from its first day on, what stood before that day stays.

    loaded: not empty, in any order. An agreement that ran into the first day ends there. Whether the result tiles is
    for the caller to see (`quantities.periods.check_tiling`).
    """
    rows = sorted(loaded, key=lambda each: each.start_on)
    first_on = rows[0].start_on
    before = (each for each in point.agreements if each.start_on < first_on)
    cut = (replace(each, end_on=first_on) if each.end_on is None or each.end_on > first_on else each for each in before)
    return (*cut, *rows)


def closed_by_next(loaded: Sequence[Agreement]) -> tuple[Agreement, ...]:
    """The rows of one usage point by their days; one without an end ends where the next one begins."""
    rows = sorted(loaded, key=lambda each: each.start_on)
    nexts = [each.start_on for each in rows[1:]]
    return tuple(
        replace(each, end_on=after) if each.end_on is None and after is not None and after > each.start_on else each
        for each, after in zip(rows, (*nexts, None), strict=True)
    )


def with_meters(point: UsagePoint, loaded: Sequence[PointMeter]) -> tuple[PointMeter, ...]:
    """The meters after a load, by the day of their installation: a row stands for the meter of its serial and day.

    Meters that the load does not name stay as they are.
    """
    named = {(each.serial, each.installed_on): each for each in loaded}
    known = {(each.serial, each.installed_on) for each in point.meters}
    kept = [named.get((each.serial, each.installed_on), each) for each in point.meters]
    added = [each for key, each in named.items() if key not in known]
    # Sorting is stable: a register map changed on the very day of another keeps its place.
    return tuple(sorted((*kept, *added), key=lambda each: each.installed_on))


def in_place_at_once(meters: Sequence[PointMeter]) -> bool:
    """Whether two meters would hang in one place at the same time: only the last one may be there still."""
    return any(
        before.removed_on is None or before.removed_on > after.installed_on for before, after in pairwise(meters)
    )


def goes_on_from(point: UsagePoint, *, agreements: Sequence[Agreement], meters: Sequence[PointMeter]) -> bool:
    """Whether a load leaves alone what this system did at the usage point itself, and only tells what came after it.

    Every agreement and meter that stands must be there again; the last one of each may have got its end.
    """
    return _agreements_go_on(point.agreements, agreements) and _meters_go_on(point.meters, meters)


def _agreements_go_on(before: Sequence[Agreement], after: Sequence[Agreement]) -> bool:
    if not before:
        return True
    *closed, last = before
    if list(after[: len(closed)]) != closed or len(after) < len(before):
        return False
    same = after[len(closed)]
    return same == last or (last.end_on is None and replace(same, end_on=None) == last)


def _meters_go_on(before: Sequence[PointMeter], after: Sequence[PointMeter]) -> bool:
    if not before:
        return True
    *gone, last = before
    if list(after[: len(gone)]) != gone or len(after) < len(before):
        return False
    same = after[len(gone)]
    opened = replace(same, removed_on=None, closing_wh={})
    return same == last or (last.removed_on is None and opened == last)
