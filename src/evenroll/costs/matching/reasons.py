"""What may lie behind a difference: each reason is another setting in which the bill is made once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.lattice.practice import MonthBasis
from evenroll.costs.lattice.schedule import RateSchedule
from evenroll.costs.lattice.segments import holidays_by
from evenroll.costs.matching.codes import Reason
from evenroll.costs.matching.making import Setting
from evenroll.programs.tariff_holidays import NO_HOLIDAYS, TERRITORY_HOLIDAYS, holiday_list_keys
from evenroll.quantities.money import Rounding
from evenroll.quantities.periods import DatePeriod

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_EARLY: Final = date(1900, 1, 1)
_SATURDAY: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A reason with the setting that it means. parameters: for its sentence."""

    reason: Reason
    setting: Setting
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


def candidates(setting: Setting, *, versions: Sequence[RateSchedule]) -> Iterator[Candidate]:
    """Every other setting that is tried, the more usual ones first. versions: all of the rate."""
    yield from _of_days(setting)
    yield from _of_proration(setting)
    yield from _of_versions(setting, versions=versions)
    yield from _of_events(setting)
    if setting.load is not None:
        yield from _of_clock(setting)
        yield from _of_holidays(setting)
    yield from _of_registers(setting)
    yield Candidate(reason=Reason.WHOLE_KWH, setting=replace(setting, whole_kwh=True))
    turned = tuple(replace(each, rounding=_other(each.rounding)) for each in setting.history)
    yield Candidate(
        reason=Reason.OTHER_ROUNDING,
        setting=replace(setting, history=turned),
        parameters={"rounding": turned[0].rounding.value},
    )


def always(schedule: RateSchedule) -> RateSchedule:
    """A version as if it had always held."""
    return replace(schedule, effective_on=_EARLY)


def _other(rounding: Rounding) -> Rounding:
    return Rounding.HALF_UP if rounding is Rounding.HALF_EVEN else Rounding.HALF_EVEN


def _of_days(setting: Setting) -> Iterator[Candidate]:
    first, end = setting.period.start_on, setting.period.start_on + setting.period.days * _DAY
    for reason, start_on, end_on in (
        (Reason.END_COUNTED, first, end + _DAY),
        (Reason.DAY_LESS, first, end - _DAY),
        (Reason.DAY_EARLIER, first - _DAY, end - _DAY),
        (Reason.DAY_LATER, first + _DAY, end + _DAY),
    ):
        if end_on > start_on:
            period = DatePeriod(start_on=start_on, end_on=end_on)
            yield Candidate(
                reason=reason,
                setting=replace(setting, period=period),
                parameters={"start_on": str(start_on), "end_on": str(end_on - _DAY), "days": str(period.days)},
            )


def _of_proration(setting: Setting) -> Iterator[Candidate]:
    practice = setting.practice
    for reason, changed in (
        (Reason.MONTH_OF_30_DAYS, {"charges": MonthBasis.OF_30_DAYS}),
        (Reason.WHOLE_MONTH, {"charges": MonthBasis.WHOLE}),
        (Reason.YEAR_OF_365_DAYS, {"charges": MonthBasis.OF_365_DAYS}),
        (Reason.LIMITS_WHOLE, {"limits": MonthBasis.WHOLE}),
        (Reason.LIMITS_OF_30_DAYS, {"limits": MonthBasis.OF_30_DAYS}),
        (Reason.LIMITS_BY_MONTH, {"limits": MonthBasis.OWN_MONTH}),
        (Reason.NO_MINIMUM, {"minimum": None}),
        (Reason.MINIMUM_WHOLE, {"minimum": MonthBasis.WHOLE}),
    ):
        yield Candidate(reason=reason, setting=replace(setting, practice=replace(practice, **changed)))


def _of_versions(setting: Setting, *, versions: Sequence[RateSchedule]) -> Iterator[Candidate]:
    for version in versions:
        if setting.history != (always(version),):
            yield Candidate(
                reason=Reason.OTHER_VERSION,
                setting=replace(setting, history=(always(version),)),
                parameters={"version": str(version.effective_on)},
            )


def _of_events(setting: Setting) -> Iterator[Candidate]:
    """Without the events of one of the days."""
    zone = ZoneInfo(setting.calendar.zone)
    for laid_on in setting.beside.laid_on.values():
        for day in sorted({at.astimezone(zone).date() for at in laid_on.event_hours}):
            if not setting.period.contains(day):
                continue
            kept = frozenset(at for at in laid_on.event_hours if at.astimezone(zone).date() != day)
            beside = replace(setting.beside, laid_on={0: replace(laid_on, event_hours=kept)})
            yield Candidate(
                reason=Reason.EVENT_LEFT_OUT,
                setting=replace(setting, beside=beside),
                parameters={"day": str(day)},
            )


def _of_clock(setting: Setting) -> Iterator[Candidate]:
    load = setting.load
    if load is None:
        return
    hour = 60 // load.minutes
    yield Candidate(reason=Reason.CLOCK_AHEAD, setting=replace(setting, shift=hour))
    yield Candidate(reason=Reason.CLOCK_BEHIND, setting=replace(setting, shift=-hour))
    # In the zones of the tz database whose names carry hours, the sign is turned round.
    noon = load.start_at.astimezone(ZoneInfo(setting.calendar.zone))
    standard = (noon.utcoffset() or timedelta(0)) - (noon.dst() or timedelta(0))
    zone = f"Etc/GMT{-(standard // _HOUR):+d}"
    yield Candidate(
        reason=Reason.STANDARD_TIME,
        setting=replace(setting, calendar=replace(setting.calendar, zone=zone), load=replace(load, zone=zone)),
    )


def _of_holidays(setting: Setting) -> Iterator[Candidate]:
    """None at all, then each list that takes other days of the bill for holidays than those that were tried."""
    days = [setting.period.start_on + n * _DAY for n in range(setting.period.days)]

    def kept(key: str) -> frozenset[date]:
        named = holidays_by(days, key=key, calendar=setting.calendar)
        return frozenset(day for day in named if day.weekday() < _SATURDAY)

    seen = {frozenset(day for each in setting.history for day in kept(each.holidays))}
    for key in (NO_HOLIDAYS, TERRITORY_HOLIDAYS, *holiday_list_keys()):
        if kept(key) in seen:
            continue
        seen.add(kept(key))
        reason = Reason.OTHER_HOLIDAYS if kept(key) else Reason.HOLIDAYS_AS_WEEKDAYS
        history = tuple(replace(each, holidays=key) for each in setting.history)
        yield Candidate(reason=reason, setting=replace(setting, history=history), parameters={"holidays": key})


def _of_registers(setting: Setting) -> Iterator[Candidate]:
    for one, other in combinations(setting.counted_wh, 2):
        counted = dict(setting.counted_wh)
        counted[one], counted[other] = counted[other], counted[one]
        yield Candidate(
            reason=Reason.REGISTERS_SWAPPED,
            setting=replace(setting, counted_wh=counted),
            parameters={"choices": f"{one}, {other}"},
        )
