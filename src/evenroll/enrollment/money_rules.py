"""What a span earns: the conditions of an incentive judged on the ledger; to the cent, or the reason for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, assert_never

from evenroll.enrollment.case import Case
from evenroll.enrollment.dates import add_months
from evenroll.enrollment.ledger import Charging, EventResult, Ledger, MissReason
from evenroll.enrollment.money_spans import MoneySpan
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion, Track
from evenroll.programs.program_terms import EquipmentDay, EventTerms, Incentive, IncentiveIf, IncentivePer
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.energy import Wh, kwh
from evenroll.quantities.money import cents

ALL_OF_IT: Final = 100
"""The share of charging in the window that is asked for where the incentive names none, percent."""

OPT_OUTS_MONTHS: Final = 12
"""Over so many months back opt-outs are counted."""

_MEASURED = frozenset({IncentiveIf.CHARGED_IN_WINDOW, IncentiveIf.NO_PEAK_CHARGING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """The months of a span whose charging nobody has measured yet."""

    months: tuple[str, ...]


def judge(
    incentive: Incentive, *, span: MoneySpan, case: Case, ledger: Ledger, calendar: ServiceCalendar
) -> Decimal | MissReason | Awaited:
    """What a span that is over earns, USD to the cent; or why nothing; or what must be measured first."""
    months = tuple(ledger.charged(each) for each in span.months) if needs_measure(incentive) else ()
    missing = tuple(key for key, found in zip(span.months, months, strict=False) if found is None)
    if missing:
        return Awaited(months=missing)
    measured = tuple(each for each in months if each is not None)
    unmet = _unmet_by_day(incentive, case=case, calendar=calendar) or _unmet(
        incentive, span=span, case=case, ledger=ledger, calendar=calendar
    )
    if unmet is None and incentive.condition in _MEASURED:
        unmet = _unmet_by_meter(incentive, measured)
    return unmet if unmet is not None else _amount(incentive, measured)


def needs_measure(incentive: Incentive) -> bool:
    """Whether an incentive is earned by what was measured of the charging."""
    return incentive.per is IncentivePer.KWH or incentive.condition in _MEASURED


def _amount(incentive: Incentive, measured: Iterable[Charging]) -> Decimal | MissReason:
    if incentive.per is not IncentivePer.KWH:
        return cents(incentive.usd)
    charged = Wh(sum(_paid_wh(incentive, each) for each in measured))
    usd = cents(incentive.usd * kwh(charged))
    return usd if usd else MissReason.NOTHING_CHARGED


def _paid_wh(incentive: Incentive, month: Charging) -> int:
    """What of a month's charging is paid by the kWh: what the condition is about, else all of it."""
    if incentive.condition is IncentiveIf.CHARGED_IN_WINDOW:
        return month.window_wh
    return month.charged_wh


def _unmet(
    incentive: Incentive, *, span: MoneySpan, case: Case, ledger: Ledger, calendar: ServiceCalendar
) -> MissReason | None:
    match incentive.condition:
        case IncentiveIf.ALWAYS | IncentiveIf.CHARGED_IN_WINDOW | IncentiveIf.NO_PEAK_CHARGING:
            return None
        case IncentiveIf.CONTROL_LIVE:
            alone = incentive.once_per_device
            return None if _is_controlled(case, span, calendar, alone=alone) else MissReason.CONTROL_LIVE
        case IncentiveIf.NO_OPT_OUT:
            return None if _opt_outs_in(ledger, span) == 0 else MissReason.NO_OPT_OUT
        case IncentiveIf.FEW_OPT_OUTS:
            return None if _opt_outs_in(ledger, span) <= incentive.count else MissReason.FEW_OPT_OUTS
        case IncentiveIf.EVENTS_JOINED:
            return None if _joined_in(ledger, span) >= max(incentive.count, 1) else MissReason.EVENTS_JOINED
        case _:
            assert_never(incentive.condition)


def _unmet_by_day(incentive: Incentive, *, case: Case, calendar: ServiceCalendar) -> MissReason | None:
    """Why the application is not near enough to the day of the equipment on which the incentive hangs."""
    if incentive.dated is None:
        return None
    day = _equipment_day(incentive.dated.day, case)
    if day is None or case.form is None:
        return MissReason.EQUIPMENT_DAY_UNKNOWN
    apart = abs((calendar.business_date(case.form.received_at) - day).days)
    return None if apart <= incentive.dated.days_max else MissReason.EQUIPMENT_TOO_OLD


def _equipment_day(day: EquipmentDay, case: Case) -> date | None:
    """The day as recorded at rows 6 and 7; the purchase else as the form told it."""
    match day:
        case EquipmentDay.BOUGHT:
            told = case.form.equipment_bought_on if case.form else None
            return (case.equipment.bought_on if case.equipment else None) or told
        case EquipmentDay.INSTALLED:
            return case.equipment.installed_on if case.equipment else None
        case _:
            assert_never(day)


def _unmet_by_meter(incentive: Incentive, measured: tuple[Charging, ...]) -> MissReason | None:
    charged = sum(each.charged_wh for each in measured)
    if charged == 0:
        return MissReason.NOTHING_CHARGED
    if incentive.condition is IncentiveIf.NO_PEAK_CHARGING:
        return None if sum(each.peak_wh for each in measured) == 0 else MissReason.NO_PEAK_CHARGING
    if incentive.per is IncentivePer.KWH:
        # What is paid by the kWh in the window needs no share of it.
        return None
    asked = incentive.count or ALL_OF_IT
    share_met = sum(each.window_wh for each in measured) * 100 >= asked * charged
    return None if share_met else MissReason.CHARGED_IN_WINDOW


def _is_controlled(case: Case, span: MoneySpan, calendar: ServiceCalendar, *, alone: bool) -> bool:
    """Whether a device was live through the span: now, and since its start or since control first began.

    alone: only the first one counts, for which alone the span is judged.
    """
    if case.control_since is None:
        return False
    known = {key: each for key, each in case.tracks.items() if each.track is Track.DEVICE}
    devices = (each for key, each in known.items() if not alone or key == Track.DEVICE.value)
    by = max(span.start_on, case.control_since)
    return any(each.state is State.LIVE and calendar.business_date(each.since) <= by for each in devices)


def _opt_outs_in(ledger: Ledger, span: MoneySpan) -> int:
    return sum(span.start_on <= each.on < span.end_on for each in ledger.opt_outs)


def _joined_in(ledger: Ledger, span: MoneySpan) -> int:
    return sum(each.result is EventResult.JOINED and span.start_on <= each.on < span.end_on for each in ledger.events)


def opt_outs_used(ledger: Ledger, *, on: date) -> int:
    """The opt-outs of the 12 months that end with a day, and of days to come."""
    since = add_months(on, -OPT_OUTS_MONTHS)
    return sum(each.on > since for each in ledger.opt_outs)


def opt_outs_left(ledger: Ledger, *, terms: EventTerms, on: date) -> int | None:
    """How many opt-outs are left; None where there is no limit. Never below zero."""
    if terms.opt_outs_max is None:
        return None
    return max(terms.opt_outs_max - opt_outs_used(ledger, on=on), 0)


def opt_out_again_on(ledger: Ledger, *, on: date) -> date:
    """The first day on which an opt-out is free again, where all are used."""
    since = add_months(on, -OPT_OUTS_MONTHS)
    counted = sorted(each.on for each in ledger.opt_outs if each.on > since)
    return add_months(counted[0], OPT_OUTS_MONTHS) if counted else on + timedelta(days=1)


def event_incentives(program: ProgramVersion) -> tuple[Incentive, ...]:
    """The incentives that a single event earns."""
    return tuple(each for each in program.incentives if each.per is IncentivePer.EVENT)
