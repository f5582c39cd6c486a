"""What all customers are compared by: rates of the catalog, records of the Utility Rate Database, programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from evenroll.costs.customers.plan import ComparedRate, ComparisonPlan, LoadShape, in_force_from, months_covered
from evenroll.costs.lattice.beside import Beside, LaidOn, PricesMissing, laid_on_by
from evenroll.costs.lattice.compiled import RatesRefused, compile_rates
from evenroll.costs.lattice.from_catalog import schedule_of_rate
from evenroll.costs.lattice.schedule import RateSchedule, ScheduleRefused
from evenroll.costs.pricing import HourPrices, Pricing, pricing_of, with_prices
from evenroll.costs.usage import LoadWrong
from evenroll.intake.event_rows import NOTHING_CALLED, CalledHours
from evenroll.programs.catalog import Catalog, ProgramUnknown
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import CalendarUnknown, ServiceCalendar, calendar
from evenroll.quantities.identifiers import ProgramKey, RateKey, named_as
from evenroll.runtime.cli_exit import CommandEnded, not_found, wrong_use
from evenroll.runtime.cli_near import did_you_mean


@dataclass(frozen=True, kw_only=True, slots=True)
class RatesAsked:
    """What the command names.

    rates: keys of the catalog or of records. programs: keys of the catalog. priced_on: whose versions in force; None:
    the latest. records: by key, the versions of what files of records hold. territory: by whose calendar all is billed;
    empty: that of the catalog's rates. prices: of hours, by series. events: those that were called, by program;
    None: nobody told. components: as in ComparisonPlan.
    """

    rates: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    priced_on: date | None = None
    records: Mapping[RateKey, Sequence[RateSchedule]] = field(default_factory=dict[RateKey, Sequence[RateSchedule]])
    territory: str = ""
    prices: Mapping[str, HourPrices] = field(default_factory=dict[str, HourPrices])
    events: Mapping[str, CalledHours] | None = None
    components: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """One of those that are compared. calendar: whose it is in the catalog; empty for a record. cap_w: as there."""

    key: str
    schedule: RateSchedule
    calendar: str = ""
    laid_on: LaidOn | None = None
    cap_w: Mapping[datetime, int] = field(default_factory=dict[datetime, int])


def records_of(files: Iterable[Path], *, territory: str) -> dict[RateKey, Sequence[RateSchedule]]:
    """What files of records hold, by label and by name. Raises FileRefused and CommandEnded."""
    from evenroll.intake.known_rates import rate_of_urdb

    found: dict[RateKey, Sequence[RateSchedule]] = {}
    for path in files:
        if not territory:
            raise wrong_use("A record of the Utility Rate Database tells no clock. Add --calendar, as in US-CA.")
        known = rate_of_urdb(path, territory=_calendar(territory))
        found |= {key: rate.versions for key, rate in known.items()}
    return found


def plan_of(asked: RatesAsked, *, catalog: Catalog, shape: LoadShape) -> ComparisonPlan:
    """The plan for loads of that shape. Raises CommandEnded."""
    try:
        programs = {each.key for each in catalog.programs}
        asked = replace(
            asked,
            rates=_meant(asked.rates, known=_rates_known(asked, catalog)),
            programs=_meant(asked.programs, known=programs),
        )
        named = [_rate(key, asked=asked, catalog=catalog) for key in asked.rates]
        if asked.events is not None:
            asked = replace(asked, events=_called_within(asked.events, programs=asked.programs, shape=shape))
        for key in asked.programs:
            named += _program(key, asked=asked, catalog=catalog, rates=tuple(named[: len(asked.rates)]))
        if not named:
            raise wrong_use("There is nothing to compare. Name rates with --rates KEY,KEY, or --programs KEY,KEY.")
        territory = _territory(named, asked=asked, zone=shape.zone)
        return _plan(named, asked=asked, shape=shape, territory=territory)
    except (LoadWrong, ScheduleRefused, RatesRefused) as error:
        raise wrong_use(str(error), reason="not_compared") from None
    except PricesMissing as missing:
        raise wrong_use(f"{missing} Prices of hours are told with --prices FILE.", reason="prices_missing") from None


def _plan(
    named: Sequence[_Named], *, asked: RatesAsked, shape: LoadShape, territory: ServiceCalendar
) -> ComparisonPlan:
    cycles = months_covered(shape, calendar=territory)
    first_on = cycles[0].start_on
    used = {each.schedule.hourly_series for each in named}
    plan = ComparisonPlan(
        rates=tuple(
            ComparedRate(key=each.key, schedule=in_force_from(each.schedule, first_on=first_on), cap_w=each.cap_w)
            for each in named
        ),
        shape=shape,
        calendar=territory,
        cycles=cycles,
        components=asked.components,
        beside=Beside(
            hour_prices={series: prices for series, prices in asked.prices.items() if series in used},
            laid_on={number: each.laid_on for number, each in enumerate(named) if each.laid_on is not None},
        ),
    )
    # What cannot be billed is refused now, and not by a process later.
    compile_rates(
        [(each.schedule,) for each in plan.rates],
        cycles=cycles,
        calendar=territory,
        minutes=shape.minutes,
        beside=plan.beside,
    )
    return plan


def _rates_known(asked: RatesAsked, catalog: Catalog) -> set[str]:
    return {*(each.key for each in catalog.rates), *asked.records}


def _meant(said: Iterable[str], *, known: Collection[str]) -> tuple[str, ...]:
    """Names as they are known, whatever the capitals; each once."""
    return tuple(dict.fromkeys(named_as(each, known=known) for each in said))


def _called_within(
    events: Mapping[str, CalledHours], *, programs: Iterable[str], shape: LoadShape
) -> dict[str, CalledHours]:
    """The events that the loads reach over. Refuses those of other days altogether, as of another year."""
    end_at = shape.start_at + shape.intervals * timedelta(minutes=shape.minutes)
    found: dict[str, CalledHours] = {}
    for key in programs:
        called = events.get(key, NOTHING_CALLED)
        hours = frozenset(at for at in called.hours if shape.start_at <= at < end_at)
        if called.hours and not hours:
            raise _unlike(
                f"No event of {key} lies within the days of the loads, from {shape.start_at} to {end_at}. Name the "
                "events that were called on these days, or leave its rows out where there were none."
            )
        found[key] = CalledHours(hours=hours, cap_w={at: cap for at, cap in called.cap_w.items() if at in hours})
    return found


def _rate(key: str, *, asked: RatesAsked, catalog: Catalog) -> _Named:
    """A rate of the catalog, or else a record."""
    found = _in_catalog(RateKey(key), asked=asked, catalog=catalog)
    if found is not None:
        return _Named(key=key, schedule=schedule_of_rate(found), calendar=_calendar_of(found, catalog=catalog))
    on = asked.priced_on or date.max
    records = [each for each in asked.records.get(RateKey(key), ()) if each.effective_on <= on]
    if not records:
        when = "" if asked.priced_on is None else f" in force on {asked.priced_on}"
        known = _rates_known(asked, catalog)
        near = "" if key in known else f" {did_you_mean(key, known)}"
        raise not_found(
            f"Neither the catalog nor a record has a rate {key}{when}.{near.rstrip()} Add its sheet, name its record "
            "with --urdb, or leave it out.",
            reason="rate_unknown",
        )
    return _Named(key=key, schedule=max(records, key=lambda each: each.effective_on))


def _in_catalog(key: RateKey, *, asked: RatesAsked, catalog: Catalog) -> Rate | None:
    on = asked.priced_on or date.max
    rates = [each for each in catalog.rates if each.key == key and each.effective_on <= on]
    return max(rates, key=lambda each: each.effective_on) if rates else None


def _program(key: str, *, asked: RatesAsked, catalog: Catalog, rates: Sequence[_Named]) -> list[_Named]:
    """A program: its rate with what it lays on it; one that stands beside others on each of these that it may."""
    try:
        program = catalog.program(ProgramKey(key))
    except ProgramUnknown as unknown:
        near = did_you_mean(key, {each.key for each in catalog.programs})
        raise not_found(f"{unknown} {near}".rstrip(), reason="program_unknown") from None
    if program.rate is None:
        return _on_any_rate(program, asked=asked, catalog=catalog, rates=rates)
    rate = _in_catalog(program.rate, asked=asked, catalog=catalog)
    if rate is None:
        raise not_found(f"The catalog has no rate {program.rate} of program {key} then. Add its sheet.")
    _check_known(program, rate=rate)
    if not rate.rides_on:
        return [_laid_on(rate, key=key, program=program, asked=asked, catalog=catalog)]
    below = [_in_catalog(RateKey(each), asked=asked, catalog=catalog) for each in asked.rates if each in rate.rides_on]
    found = [
        _laid_on(base, key=f"{base.key}+{key}", program=program, asked=asked, catalog=catalog)
        for base in below
        if base is not None
    ]
    if not found:
        raise _unlike(
            f"Program {key} stands beside another rate and has no price without it. Name that rate too: --rates with "
            f"one of {', '.join(rate.rides_on)}."
        )
    return found


def _on_any_rate(
    program: ProgramVersion, *, asked: RatesAsked, catalog: Catalog, rates: Sequence[_Named]
) -> list[_Named]:
    """A program that leaves prices as they are: what it changes is when a car charges, where events lower that."""
    called = (asked.events or {}).get(program.key, NOTHING_CALLED)
    if not called.cap_w:
        raise _unlike(
            f"Program {program.key} brings no rate of its own, so it changes no bill by itself. Leave it out, or say "
            "in --events what a car draws at most in its events (cap_kw)."
        )
    if not rates:
        raise _unlike(f"Program {program.key} stands beside a rate. Name those to compare it on: --rates KEY,KEY.")
    _check_known(program, rate=None)
    of = next(each.calendar for each in catalog.organizations if each.key == program.organization)
    key = f"+{program.key}"
    return [
        replace(
            each,
            key=each.key + key,
            schedule=replace(each.schedule, key=each.key + key),
            calendar=of,
            cap_w=called.cap_w,
        )
        for each in rates
    ]


def _laid_on(rate: Rate, *, key: str, program: ProgramVersion, asked: RatesAsked, catalog: Catalog) -> _Named:
    pricing = pricing_of(rate, program=program)
    _check_bill(program, pricing=pricing, events=asked.events)
    has_more = pricing.credits or pricing.event_usd_per_kwh > 0
    called = (asked.events or {}).get(program.key, NOTHING_CALLED)
    return _Named(
        key=key,
        schedule=replace(schedule_of_rate(rate), key=key),
        calendar=_calendar_of(rate, catalog=catalog),
        laid_on=laid_on_by(with_prices(pricing, hour_prices={}, event_hours=called.hours)) if has_more else None,
        cap_w=called.cap_w,
    )


def _check_known(program: ProgramVersion, *, rate: Rate | None) -> None:
    """Refuses a program of which not all prices are known; of a rate by itself its schedule says it."""
    missing = tuple(dict.fromkeys((*program.unpriced, *(rate.unpriced if rate else ()))))
    if missing:
        raise _unlike(
            f"Not all that program {program.key} charges or pays is known: {', '.join(missing)}. Leave it out, or add "
            "it to its sheet."
        )


def _check_bill(program: ProgramVersion, *, pricing: Pricing, events: Mapping[str, CalledHours] | None) -> None:
    """Refuses what one bill of the whole load does not tell."""
    if pricing.is_beside:
        raise _unlike(
            f"Program {program.key} puts the vehicle on a service of its own beside the household's, which is not "
            "compared here. Leave it out."
        )
    if pricing.event_usd_per_kwh > 0 and events is None:
        raise _unlike(
            f"Program {program.key} prices the hours of events, and it is not said which were called. Name them with "
            "--events FILE, or leave it out; `evenroll compare` tells a range for one customer."
        )


def _calendar_of(rate: Rate, *, catalog: Catalog) -> str:
    return next(each.calendar for each in catalog.organizations if each.key == rate.organization)


def _territory(named: Iterable[_Named], *, asked: RatesAsked, zone: str) -> ServiceCalendar:
    """The one calendar by which all rates are billed."""
    told = (asked.territory, *(each.calendar for each in named))
    keys = sorted({key for key in told if key})
    if len(keys) > 1:
        raise _unlike(f"The rates are billed in {' and '.join(keys)}. Compare those of one territory at a time.")
    found = _calendar(keys[0])
    if found.zone != zone:
        raise _unlike(
            f"The loads are told in {zone} and the rates are billed in {found.zone}. Name rates of that territory, or "
            "correct evenroll.zone."
        )
    return found


def _calendar(key: str) -> ServiceCalendar:
    try:
        return calendar(key)
    except CalendarUnknown as unknown:
        raise wrong_use(str(unknown)) from None


def _unlike(sentence: str) -> CommandEnded:
    return wrong_use(sentence, reason="not_compared")
