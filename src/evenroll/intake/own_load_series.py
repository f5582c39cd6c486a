"""Intervals as a file told them made into a load without holes: what repeats, overlaps or is missing is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from evenroll.costs.lattice.loads import LoadBlock, smallest
from evenroll.intake.own_load import Direction, Gap, OwnLoad, meter_word
from evenroll.intake.own_load_words import Listed, OwnFileRefused, Said, at, refuse, say
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord

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
    the file; place_word: AT_LINE or AT_ROW, what that counts. file, meter: as they are named to a person.
    """

    start_s: NDArray[np.int64]
    length_s: NDArray[np.int64]
    wh_e6: NDArray[np.int64]
    estimated: NDArray[np.bool_]
    place: NDArray[np.int64]
    place_word: OwnWord
    file: str
    meter: str
    direction: Direction


def load_of_series(series: Series, *, zone: str) -> OwnLoad:
    """A load of quarter-hours where all intervals are of 15 minutes or parts of them, else of hours.

    zone: the IANA name of the clock by which it is billed. Parts of a Wh are carried on to the next interval: the sum
    is exact. Raises OwnFileRefused: nothing in it, intervals longer than an hour or off their place, overlapping ones,
    energy fed in, more than half missing.
    """
    _check_each(series, zone=zone)
    kept, repeated, differing = _without_repeats(series)
    step_s = QUARTER_S if bool((QUARTER_S % kept.length_s == 0).all()) else HOUR_S
    slots = _slots(kept, step_s=step_s)
    warnings = _repeats_told(repeated, differing)
    gaps = _gaps(slots.told, first_s=slots.first_s, step_s=step_s)
    count = int((~slots.told).sum())
    if count * 100 > MISSING_PERCENT_MAX * slots.told.size:
        told = {"all": int(slots.told.size), "count": count, "gaps": _told(gaps, zone)}
        raise _refused(series, OwnRefusal.MOSTLY_MISSING, **told)
    if gaps:
        warnings.append(say(OwnNote.MISSING, count=count, gaps=_told(gaps, zone)))
    wh = _whole_wh(_filled(slots, step_s=step_s))
    if int(wh.max()) * MILLION > _WH_E6_MAX:
        raise _refused(series, OwnRefusal.SUM_TOO_MUCH)
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


def _check_each(series: Series, *, zone: str) -> None:
    if not series.start_s.size:
        raise _refused(series, OwnRefusal.NO_INTERVAL)
    start, length, wh = series.start_s, series.length_s, series.wh_e6
    _refuse_first(series, (start < _FROM_S) | (start >= _TO_S), OwnRefusal.OUT_OF_YEARS)
    odd = (length <= 0) | (length > HOUR_S)
    odd |= HOUR_S % np.where(odd, 1, length) != 0
    _refuse_first(series, odd, OwnRefusal.NO_PART_OF_HOUR)
    _refuse_first(series, start % length != 0, OwnRefusal.OFF_ITS_PLACE)
    _refuse_first(series, wh < 0, OwnRefusal.FED_IN, zone=zone)
    _refuse_first(series, wh > _WH_E6_MAX, OwnRefusal.TOO_MUCH)


def _refuse_first(series: Series, wrong: NDArray[np.bool_], code: OwnRefusal, *, zone: str = "UTC") -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        line, others = int(series.place[first]), int(wrong.sum()) - 1
        where = at(series.place_word, file=series.file, line=line, others=others)
        # A day that is out of every calendar has no words.
        told = {"start": _clock(_at(int(series.start_s[first])), zone)} if code is OwnRefusal.FED_IN else {}
        raise refuse(code, at=where, meter=meter_word(series.meter), **told)


def _refused(series: Series, code: OwnRefusal, **parameters: str | int | Listed) -> OwnFileRefused:
    return refuse(code, file=series.file, meter=meter_word(series.meter), **parameters)


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
    _refuse_first(kept, over, OwnRefusal.OVERLAP)
    return kept, int(again.sum()), int(other.sum())


def _repeats_told(repeated: int, differing: int) -> list[Said]:
    if not repeated:
        return []
    return [say(OwnNote.REPEATED, count=repeated, **({"differing": differing} if differing else {}))]


def _slots(series: Series, *, step_s: int) -> _Slots:
    slot = series.start_s // step_s
    first, last = int(slot[0]), int(slot[-1])
    if (last - first) * step_s > _SPAN_S_MAX:
        days = {"first": _at(first * step_s), "last": _at(last * step_s)}
        told = {name: f"{each:%Y-%m-%d}" for name, each in days.items()}
        raise _refused(series, OwnRefusal.TOO_MANY_YEARS, most=YEARS_MAX, **told)
    count = last - first + 1
    wh, covered = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    estimated = np.zeros(count, dtype=np.bool_)
    np.add.at(wh, slot - first, series.wh_e6)
    np.add.at(covered, slot - first, series.length_s)
    estimated[slot[series.estimated] - first] = True
    told = covered == step_s
    whole = np.flatnonzero(told)
    if not whole.size:
        raise _refused(series, OwnRefusal.NO_WHOLE_HOUR)
    # What stands at either end in part only is no use of a whole interval, and nothing lies beyond it to fill it from.
    part = slice(int(whole[0]), int(whole[-1]) + 1)
    return _Slots(first_s=(first + part.start) * step_s, wh_e6=wh[part], told=told[part], estimated=estimated[part])


def _gaps(told: NDArray[np.bool_], *, first_s: int, step_s: int) -> tuple[Gap, ...]:
    edges = np.flatnonzero(np.diff(told.astype(np.int8)))
    return tuple(
        Gap(start_at=_at(first_s + (int(begin) + 1) * step_s), intervals=int(end - begin))
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _told(gaps: tuple[Gap, ...], zone: str) -> Listed:
    said = [say(OwnWord.GAP, count=gap.intervals, start=_clock(gap.start_at, zone)) for gap in gaps[:_GAPS_TOLD]]
    more = [say(OwnWord.MORE_GAPS, count=len(gaps) - _GAPS_TOLD)] if len(gaps) > _GAPS_TOLD else []
    return Listed([*said, *more], ", ")


def _clock(at_: datetime, zone: str) -> str:
    return f"{at_.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %z}"


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
