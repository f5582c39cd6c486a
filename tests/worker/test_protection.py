"""Bills protected on the real database: by the hour, with a rider, at a supplier; what cannot be known waits, named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from evenroll.costs.reference import prorated_months
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Language
from evenroll.enrollment.money_commands import SettleProtection, UsageGiven
from evenroll.enrollment.money_events import PaidSource, ProtectedSpan, ProtectionSettled, UsageMissing
from evenroll.enrollment.money_spans import add_months
from evenroll.enrollment.protection_facts import ProtectionUnknown
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.enrollment.usage_point import Agreement, UsagePoint
from evenroll.pages.ledger_words import ledger_words
from evenroll.pages.texts import render
from evenroll.programs.catalog import load_catalog
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.programs.program_terms import Incentive, IncentiveIf, IncentivePer
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, PodId, ProgramKey, RateKey
from evenroll.quantities.periods import DatePeriod
from evenroll.records.protected_terms import NotComparable, rate_before, sides_of
from evenroll.records.protected_usage import figures_given
from tests.enrollment.money_life import a_program, begin
from tests.meter_work import at
from tests.territory import Territory
from tests.territory_reads import DAY_WH
from tests.worker.test_hourly_bills import HOUR, WHERE, EveryHour, OneEvent

CATALOG = load_catalog()
SWITCHED, SETTLED = date(2026, 11, 12), date(2027, 12, 20)
ALWAYS = EveryHour(until_at=WHERE.start_of_day(date(2029, 1, 1)))
EVENT = OneEvent(WHERE.start_of_day(date(2027, 7, 6)) + 15 * HOUR)


def offered(territory: Territory, key: str, *, by: OrganizationKey, **terms: Any) -> ProgramVersion:
    from evenroll.records.published import publish

    mine = CATALOG.program(ProgramKey(key))
    program = replace(mine, key=ProgramKey(f"{key}-{territory.tag}"), organization=by, **terms)
    publish(program)
    return program


def a_year(territory: Territory, program: ProgramVersion, *, until: date = SETTLED, **partners: Any) -> CaseNumber:
    """A customer with an interval meter, from the application to the end of the protected year."""
    territory.partners = partners
    supplier = territory.esco if program.organization == territory.esco else None
    premise = territory.premise(registers=("total",), capability=MeterCapability.INTERVAL, supplier=supplier)
    number = territory.apply(premise, at=program.organization, program=program)
    territory.run_through(at(until))
    return number


def settled(territory: Territory, organization: OrganizationKey, number: CaseNumber) -> ProtectionSettled:
    event = last_of(territory, organization, number, "protection_settled")
    assert isinstance(event, ProtectionSettled)
    assert territory.case(organization, number).tracks["ledger/protection"].state is State.SETTLED
    assert event.paid == sum(each.paid for each in event.spans)
    assert event.shadow == sum(each.shadow for each in event.spans)
    assert event.credit == max(event.paid - event.shadow, Decimal(0))
    return event


def last_of(territory: Territory, organization: OrganizationKey, number: CaseNumber, kind: str) -> Any:
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(organization):
        entry = [each for each in read_stream(case_stream(number)) if each.event == kind][-1]
    return read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)


def charged(usd_per_month: str, span: ProtectedSpan) -> Decimal:
    """A monthly charge over the days of a span, to the cent."""
    months = prorated_months(DatePeriod(start_on=span.start_on, end_on=span.end_on))
    return rounded(Decimal(usd_per_month) * months.numerator / months.denominator)


def rounded(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def kwh_of(span: ProtectedSpan) -> Decimal:
    return Decimal((span.end_on - span.start_on).days * DAY_WH) / 1000


def test_hourly_prices_are_settled_once_every_hour_is_known_and_until_then_it_is_said_which_are_not(
    territory: Territory,
) -> None:
    program = offered(territory, "LE-EV-HOURLY", by=territory.utility)
    number = a_year(territory, program, until=date(2027, 11, 1), prices=ALWAYS)
    territory.reads.silent_hours = 30
    territory.run_through(at(SETTLED), since=at(date(2027, 11, 1)))
    track = territory.case(territory.utility, number).tracks["ledger/protection"]
    assert (track.state, track.owner) == (State.USAGE_MISSING, Role.BILLING)
    held = last_of(territory, territory.utility, number, "protection_held")
    assert held.reason is UsageMissing.INTERVALS_MISSING and held.end_on >= date(2027, 11, 12)
    words: dict[str, Any] = {"start_on": held.start_on, "end_on": held.end_on}
    words |= ledger_words("protection_held", {"reason": held.reason}, language=Language.EN)
    sentence = render("event.protection_held", language=Language.EN, parameters=words)
    assert "evenroll load interval_reads" in sentence and "2027" in sentence
    territory.reads.silent_hours = 0
    how = {"role": Role.BILLING, "now": at(SETTLED)}
    territory.taken(territory.give(territory.utility, CommandName.SETTLE_PROTECTION, number, SettleProtection(), **how))
    told = settled(territory, territory.utility, number)
    assert told.spans[0].start_on == SWITCHED and told.spans[-1].end_on >= date(2027, 11, 12)
    assert all(one.end_on == then.start_on for one, then in pairwise(told.spans))
    assert [each.source for each in told.spans] == [PaidSource.BILL, *[PaidSource.READS] * (len(told.spans) - 1)]
    june = next(each for each in told.spans if each.start_on.month == 6)
    kwh = kwh_of(june)
    # An hour of the clock costs its number in cents, so a day 11.5 cents per kWh in the mean.
    hours = rounded(kwh * Decimal("0.115")) + rounded(kwh * Decimal("0.0714"))
    assert june.paid == hours + charged("13.25", june)
    assert june.shadow == rounded(kwh * Decimal("0.1362")) + charged("12.50", june)
    credit = territory.case(territory.utility, number).ledger.credits[-1]
    assert (credit.code, credit.usd) == ("price_guarantee", told.credit) and told.credit > 0


def test_a_rider_is_protected_against_the_rate_that_it_rides_on(territory: Territory) -> None:
    program = offered(territory, "LE-EV-PEAK-DAYS", by=territory.utility, incentives=())
    number = a_year(territory, program, events=EVENT)
    told = settled(territory, territory.utility, number)
    assert {each.start_on.month for each in told.spans} == {6, 7, 8, 9}
    differences = {each.start_on: each.paid - each.shadow for each in told.spans}
    # 0.750 kWh in the two hours of the one event at 0.62, and nothing else differs.
    assert sorted(differences.values()) == [0, 0, 0, Decimal("0.47")] and told.credit == Decimal("0.47")
    july = next(each for each in told.spans if each.paid != each.shadow)
    assert july.start_on <= date(2027, 7, 6) < july.end_on


def test_a_supplier_asks_the_utility_what_was_served_before_and_what_the_meter_counted(territory: Territory) -> None:
    number = a_year(territory, offered(territory, "BW-PEAK-SAVER", by=territory.esco), events=EVENT)
    told = settled(territory, territory.esco, number)
    may = next(each for each in told.spans if each.start_on.month == 5)
    assert may.shadow == rounded(kwh_of(may) * price("BW-STD")) + charged(monthly("BW-STD"), may)
    july = next(each for each in told.spans if each.start_on <= date(2027, 7, 6) < each.end_on)
    # 0.750 kWh in the event at 0.55 more.
    own = rounded(kwh_of(july) * price("BW-CPP")) + charged(monthly("BW-CPP"), july)
    assert july.paid == own + Decimal("0.41")


def price(rate: str) -> Decimal:
    seasons = CATALOG.rate(RateKey(rate), on=SWITCHED).seasons
    [row] = seasons[0].prices
    return row.usd_per_kwh


def monthly(rate: str) -> str:
    return str(CATALOG.rate(RateKey(rate), on=SWITCHED).fixed_usd_per_month)


def a_point(*agreements: Agreement) -> UsagePoint:
    return UsagePoint(pod=PodId("LKE1"), agreements=agreements)


def bundled_before(**changes: Any) -> UsagePoint:
    utility, esco = OrganizationKey("lakeland-electric"), OrganizationKey("brightwater-energy")
    before = Agreement(rate=RateKey("LE-R"), supplier=utility, start_on=date(2020, 1, 1), end_on=SWITCHED)
    after = Agreement(rate=RateKey("LE-D"), supplier=esco, start_on=SWITCHED, supply_rate=RateKey("BW-CPP"))
    return a_point(before, replace(after, **changes))


def test_a_supply_that_took_the_place_of_a_rate_for_both_is_compared_without_the_delivery() -> None:
    program = CATALOG.program(ProgramKey("BW-PEAK-SAVER"))
    sides = sides_of(program, point=bundled_before(), since_on=SWITCHED, on=SWITCHED)
    assert sides is not None and sides.less is not None
    assert [each.rate.key for each in sides.all] == ["BW-CPP", "LE-R", "LE-D"]
    # Where it is not known what the delivery costs, prices of different parts are not set against each other.
    assert sides_of(program, point=bundled_before(rate=RateKey("LE-R")), since_on=SWITCHED, on=SWITCHED) is None


def test_it_is_not_guessed_which_of_several_rates_was_replaced() -> None:
    program = CATALOG.program(ProgramKey("BW-PEAK-SAVER"))
    replaced = rate_before(program, point=a_point(), since_on=SWITCHED)
    assert replaced is None
    protected = a_program(protection=program.protection, replaces_rates=program.replaces_rates)
    life = begin(protected)
    start_on = life.case.price_since
    assert start_on is not None
    year = UsageGiven(start_on=start_on, end_on=add_months(start_on, 12), wh={"total": 9_000_000}, paid=Decimal(900))
    known = figures_given(life.case, protected, usage=(year,), replaced=replaced)
    assert isinstance(known, ProtectionUnknown) and known.reason is UsageMissing.RATE_UNKNOWN
    only = replace(program, replaces_rates=(RateKey("BW-STD"),))
    assert rate_before(only, point=a_point(), since_on=SWITCHED) == "BW-STD"


def test_what_would_have_been_under_another_program_s_events_is_not_guessed() -> None:
    program = CATALOG.program(ProgramKey("BW-NIGHT-DRIVE"))
    point = bundled_before()
    cpp = replace(point.agreements[0], rate=RateKey("LE-D"), supply_rate=RateKey("BW-CPP"))
    with pytest.raises(NotComparable):
        sides_of(program, point=a_point(cpp, point.agreements[1]), since_on=SWITCHED, on=SWITCHED)


def test_a_rider_that_lies_on_both_prices_counts_on_both() -> None:
    program = CATALOG.program(ProgramKey("LE-EV-PEAK-DAYS"))
    credit = Incentive(code="c", usd=Decimal("0.01"), per=IncentivePer.KWH, condition=IncentiveIf.ALWAYS)
    served = Agreement(
        rate=RateKey("LE-R"),
        supplier=OrganizationKey("lakeland-electric"),
        start_on=SWITCHED,
        riders=(RateKey("LE-PEAK-DAYS"),),
    )
    sides = sides_of(replace(program, incentives=(credit,)), point=a_point(served), since_on=SWITCHED, on=SWITCHED)
    assert sides is not None and sides.paid.credits == (credit,) and sides.shadow.credits == ()
    assert sides.paid.riders == ("LE-PEAK-DAYS",) and sides.shadow.riders == ()
