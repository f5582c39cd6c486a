"""The verdicts on a file of past bills: its rates, its prices of hours, its events, and each bill made once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from evenroll.costs.lattice.beside import Beside, LaidOn
from evenroll.costs.matching.codes import CannotMake, LineKind, MatchResult
from evenroll.costs.matching.past_bill import KnownRate, MakeRefused, PastBill
from evenroll.costs.matching.verdict import Verdict, match_bill
from evenroll.costs.pricing import HourPrices
from evenroll.enrollment.form import Language
from evenroll.intake.event_rows import NOTHING_CALLED, CalledHours, read_events, zones_of_programs
from evenroll.intake.known_rates import catalog_with, known_rates, rates_of_urdb
from evenroll.intake.load_cells import DateOrder
from evenroll.intake.past_bill_words import Judged
from evenroll.intake.past_bills import PastBills, UnreadBill, read_past_bills
from evenroll.intake.price_rows import read_prices
from evenroll.programs.catalog import Catalog, ProgramUnknown
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ProgramKey, RateKey, named_as
from evenroll.runtime.cli_near import near_names
from evenroll.runtime.output_file import keep_read

_FREE: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchAsked:
    """What is asked. territory: of records of the Utility Rate Database. set_aside: kinds of lines to leave out.

    out: where a report goes that must not lie over a file of intervals which a bill names. language: of sentences.
    """

    file: Path
    rates: tuple[Path, ...] = ()
    urdb: tuple[Path, ...] = ()
    territory: ServiceCalendar | None = None
    prices: Path | None = None
    events: Path | None = None
    set_aside: frozenset[LineKind] = frozenset()
    dates: DateOrder = DateOrder.UNSAID
    out: Path | None = None
    language: Language = Language.EN


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What bills are made by."""

    catalog: Catalog
    rates: Mapping[RateKey, KnownRate]
    unpriced: Mapping[RateKey, str]
    unsupported: Mapping[RateKey, str]
    prices: Mapping[str, HourPrices] = field(repr=False)
    events: Mapping[str, CalledHours] | None


def judged_bills(asked: MatchAsked) -> tuple[list[Judged], list[str]]:
    """The verdict on each bill of a file, and sentences about it. Raises FileRefused, CatalogRefused, CommandEnded."""
    catalog = catalog_with(asked.rates)
    rates, unpriced = known_rates(catalog)
    unsupported: dict[RateKey, str] = {}
    if asked.territory is not None:
        for file in asked.urdb:
            known_there, refused_there = rates_of_urdb(file, territory=asked.territory)
            rates, unsupported = rates | known_there, unsupported | refused_there
    read = read_past_bills(asked.file, rates=rates, dates=asked.dates)
    if asked.out is not None:
        keep_read(asked.out, option="--out", read=read.loads)
    known = _Known(
        catalog=catalog,
        rates=rates,
        unpriced=unpriced,
        unsupported=unsupported,
        prices=read_prices(asked.prices, zone=_zone(asked, read, rates=rates)) if asked.prices else {},
        events=read_events(asked.events, zones=zones_of_programs(catalog)) if asked.events else None,
    )
    notes = [each.sentence(asked.language) for each in read.notes]
    if read.not_read:
        notes.append(f"Not read: the columns {', '.join(read.not_read)}.")
    return [_judged(each, known=known, set_aside=asked.set_aside) for each in read.bills], notes


def _judged(bill: PastBill | UnreadBill, *, known: _Known, set_aside: Iterable[LineKind]) -> Judged:
    if isinstance(bill, UnreadBill):
        return bill
    try:
        if bill.rate not in known.rates:
            raise _no_rate(bill.rate, known=known)
        laid_on = {0: _laid_on(bill, known=known)} if bill.program else {}
    except MakeRefused as refused:
        return Verdict(bill=bill, result=MatchResult.CANNOT_BE_MADE, refused=refused)
    beside = Beside(hour_prices=known.prices, laid_on=laid_on)
    return match_bill(_without(bill, frozenset(set_aside)), rates=known.rates, beside=beside)


def _no_rate(said: RateKey, *, known: _Known) -> MakeRefused:
    """Why there is no rate of that name to make a bill by."""
    for code, why in ((CannotMake.UNPRICED, known.unpriced), (CannotMake.NOT_SUPPORTED, known.unsupported)):
        key = RateKey(named_as(said, known=why))
        if key in why:
            return MakeRefused(code, rate=key, choices=why[key])
    near = near_names(said, {*known.rates, *known.unpriced, *known.unsupported})
    return MakeRefused(CannotMake.RATE_UNKNOWN, rate=said, **({"near": ", ".join(near)} if near else {}))


def _laid_on(bill: PastBill, *, known: _Known) -> LaidOn:
    """What the program of a bill lays on its rate."""
    try:
        named = {each.key for each in known.catalog.programs}
        program = known.catalog.program(ProgramKey(named_as(bill.program, known=named)))
    except ProgramUnknown:
        raise MakeRefused(CannotMake.PROGRAM_UNKNOWN, choices=bill.program) from None
    if known.events is None and any(line.kind is LineKind.EVENT for line in bill.lines):
        raise MakeRefused(CannotMake.EVENTS_MISSING, choices=bill.program)
    return LaidOn(
        event_hours=(known.events or {}).get(program.key, NOTHING_CALLED).hours,
        event_usd_per_kwh=program.events.usd_per_kwh if program.events else _FREE,
        credits=program.billed_incentives,
    )


def _without(bill: PastBill, aside: frozenset[LineKind]) -> PastBill:
    """The bill without the lines that are set aside, its total less what they charge."""
    out = [line.amount for line in bill.lines if line.kind in aside]
    kept = tuple(line for line in bill.lines if line.kind not in aside)
    return replace(bill, lines=kept, total=None if bill.total is None else bill.total - sum(out))


def _zone(asked: MatchAsked, read: PastBills, *, rates: Mapping[RateKey, KnownRate]) -> str:
    """The clock of prices without an offset: that of the territory said, else of the first bill whose rate is known."""
    if asked.territory is not None:
        return asked.territory.zone
    known = (rates[each.rate] for each in read.bills if isinstance(each, PastBill) and each.rate in rates)
    first = next(known, None)
    return "UTC" if first is None else first.calendar.zone
