"""Intervals as a file told them made into a load without holes: what repeats, overlaps or is missing is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.own_load import Direction, Gap, OwnLoad

HOUR_S: Final = 3_600
QUARTER_S: Final = 900
WEEK_S: Final = 7 * 24 * HOUR_S
MILLION: Final = 10**6
MISSING_PERCENT_MAX: Final = 50
YEARS_MAX: Final = 20
_WH_E6_MAX: Final = (2**31 - 1) * MILLION
_SPAN_S_MAX: Final = YEARS_MAX * 366 * 24 * HOUR_S
_FROM_S: Final = 0
_TO_S: Final = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
_GAPS_TOLD: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Intervals as told, in the order of the file; one place of each array an interval.

    start_s: since 1970 in UTC. length_s: seconds. wh_e6: millionths of a Wh. estimated: not measured. place: where in
    the file; place_word: what that counts, "line" or "row". file, meter: as they are named to a person.
    """

    start_s: NDArray[np.int64]
    length_s: NDArray[np.int64]
    wh_e6: NDArray[np.int64]
    estimated: NDArray[np.bool_]
    place: NDArray[np.int64]
    place_word: str
    file: str
    meter: str
    direction: Direction


def load_of_series(series: Series, *, zone: str) -> OwnLoad:
    """A load of quarter-hours where all intervals are of 15 minutes or parts of them, else of hours.

    zone: the IANA name of the clock by which it is billed. Parts of a Wh are carried on to the next interval: the sum
    is exact. Raises FileRefused: nothing in it, intervals longer than an hour or off their place, overlapping ones,
    energy fed in, more than half missing.
    """
    _check_each(series)
    kept, repeated, differing = _without_repeats(series)
    step_s = QUARTER_S if bool((QUARTER_S % kept.length_s == 0).all()) else HOUR_S
    slots = _slots(kept, step_s=step_s)
    warnings = _repeats_told(repeated, differing)
    gaps = _gaps(slots.told, first_s=slots.first_s, step_s=step_s)
    count = int((~slots.told).sum())
    if count * 100 > MISSING_PERCENT_MAX * slots.told.size:
        raise FileRefused(
            f"{series.file}: of {slots.told.size} intervals of {series.meter}, {count} are missing: "
            f"{_told(gaps, zone)}. More than half cannot be filled in honestly; give a file "
            "of a time that is whole."
        )
    if gaps:
        warnings.append(
            f"{count} intervals are missing: {_told(gaps, zone)}. They were filled in from the same hour of the "
            "nearest week, and count as estimated."
        )
    wh = _whole_wh(_filled(slots, step_s=step_s))
    if int(wh.max()) * MILLION > _WH_E6_MAX:
        raise FileRefused(
            f"{series.file}: {series.meter} draws more than 2,147 MWh in an hour or quarter-hour, which no customer's "
            "meter counts. Download the file again."
        )
    estimated = slots.estimated | ~slots.told
    load = LoadBlock(
        wh=smallest(wh)[np.newaxis, :],
        start_at=_at(slots.first_s),
        minutes=step_s // 60,
        zone=zone,
        estimated=np.packbits(estimated)[np.newaxis, :] if estimated.any() else None,
    )
    return OwnLoad(
        meter=series.meter,
        direction=series.direction,
        load=load,
        told_wh=sum(map(int, slots.wh_e6[slots.told])) // MILLION,
        gaps=gaps,
        repeated=repeated,
        differing=differing,
        warnings=tuple(warnings),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slots:
    first_s: int
    wh_e6: NDArray[np.int64]
    told: NDArray[np.bool_]
    estimated: NDArray[np.bool_]


def _check_each(series: Series) -> None:
    if not series.start_s.size:
        raise FileRefused(f"{series.file}: {series.meter} has no interval. Give a file of a time with use in it.")
    start, length, wh = series.start_s, series.length_s, series.wh_e6
    _refuse_first(series, (start < _FROM_S) | (start >= _TO_S), "an interval starts before 1970 or after 2199")
    odd = (length <= 0) | (length > HOUR_S)
    odd |= HOUR_S % np.where(odd, 1, length) != 0
    _refuse_first(series, odd, "an interval is no hour nor an even part of one, so that nobody knows its hours' energy")
    _refuse_first(series, start % length != 0, "an interval does not start at a whole multiple of its length")
    _refuse_first(series, wh < 0, "an interval draws less than nothing; energy that is fed in is not supported here")
    _refuse_first(series, wh > _WH_E6_MAX, "an interval draws more than 2,147 MWh, which no customer's meter counts")


def _refuse_first(series: Series, wrong: NDArray[np.bool_], why: str) -> None:
    if wrong.any():
        first = int(series.place[int(np.argmax(wrong))])
        count = int(wrong.sum())
        others = f", and {count - 1} others like it" if count > 1 else ""
        raise FileRefused(
            f"{series.file}, {series.place_word} {first}{others}: {why} ({series.meter}). Give a file of electricity "
            "delivered, by the hour or by the quarter-hour."
        )


def _without_repeats(series: Series) -> tuple[Series, int, int]:
    """Each start once, the last one of the file; how many stood again, and how many of these told something else."""
    order = np.lexsort((np.arange(series.start_s.size), series.start_s))
    start, length, wh = series.start_s[order], series.length_s[order], series.wh_e6[order]
    again = start[1:] == start[:-1]
    other = again & ((length[1:] != length[:-1]) | (wh[1:] != wh[:-1]))
    last = order[np.append(~again, True)]
    kept = Series(
        start_s=series.start_s[last],
        length_s=series.length_s[last],
        wh_e6=series.wh_e6[last],
        estimated=series.estimated[last],
        place=series.place[last],
        place_word=series.place_word,
        file=series.file,
        meter=series.meter,
        direction=series.direction,
    )
    over = np.append(False, kept.start_s[1:] < kept.start_s[:-1] + kept.length_s[:-1])
    _refuse_first(kept, over, "an interval begins before the one before it has ended")
    return kept, int(again.sum()), int(other.sum())


def _repeats_told(repeated: int, differing: int) -> list[str]:
    if not repeated:
        return []
    said = f"; {differing} of them with another value, of which the last in the file counts" if differing else ""
    return [f"{repeated} intervals stand more than once and count once{said}."]


def _slots(series: Series, *, step_s: int) -> _Slots:
    slot = series.start_s // step_s
    first, last = int(slot[0]), int(slot[-1])
    if (last - first) * step_s > _SPAN_S_MAX:
        raise FileRefused(
            f"{series.file}: the intervals of {series.meter} reach from {_at(first * step_s):%Y-%m-%d} to "
            f"{_at(last * step_s):%Y-%m-%d}, more than {YEARS_MAX} years. One of these days is wrong; download the "
            "file again."
        )
    count = last - first + 1
    wh, covered = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    estimated = np.zeros(count, dtype=np.bool_)
    np.add.at(wh, slot - first, series.wh_e6)
    np.add.at(covered, slot - first, series.length_s)
    estimated[slot[series.estimated] - first] = True
    told = covered == step_s
    whole = np.flatnonzero(told)
    if not whole.size:
        raise FileRefused(f"{series.file}: {series.meter} has no whole hour. Give a file of a longer time.")
    # What stands at either end in part only is no use of a whole interval, and nothing lies beyond it to fill it from.
    part = slice(int(whole[0]), int(whole[-1]) + 1)
    return _Slots(first_s=(first + part.start) * step_s, wh_e6=wh[part], told=told[part], estimated=estimated[part])


def _gaps(told: NDArray[np.bool_], *, first_s: int, step_s: int) -> tuple[Gap, ...]:
    edges = np.flatnonzero(np.diff(told.astype(np.int8)))
    return tuple(
        Gap(start_at=_at(first_s + (int(begin) + 1) * step_s), intervals=int(end - begin))
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _told(gaps: tuple[Gap, ...], zone: str) -> str:
    said = [
        f"{gap.intervals} from {gap.start_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %z}" for gap in gaps[:_GAPS_TOLD]
    ]
    more = [f"and {len(gaps) - _GAPS_TOLD} gaps more"] if len(gaps) > _GAPS_TOLD else []
    return ", ".join([*said, *more])


def _filled(slots: _Slots, *, step_s: int) -> NDArray[np.int64]:
    """What is missing as in the nearest week that has it, the earlier one of two; else as the mean of all."""
    wh, week = slots.wh_e6.copy(), WEEK_S // step_s
    left = np.flatnonzero(~slots.told)
    for weeks in range(1, wh.size // week + 2):
        for shift in (-weeks * week, weeks * week):
            source = left + shift
            inside = (source >= 0) & (source < wh.size)
            inside[inside] = slots.told[source[inside]]
            wh[left[inside]] = slots.wh_e6[source[inside]]
            left = left[~inside]
        if not left.size:
            break
    if left.size:
        wh[left] = sum(map(int, slots.wh_e6[slots.told])) // int(slots.told.sum())
    return wh


def _whole_wh(wh_e6: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole Wh, what is less carried on: no part of the sum is lost but the last."""
    whole, rest = np.divmod(wh_e6, MILLION)
    carried = np.cumsum(rest) // MILLION
    return whole + np.diff(carried, prepend=0)


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
