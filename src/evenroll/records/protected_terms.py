"""What a protection compares: the program as it is paid, and what was served before it, with what lies on both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from evenroll.costs.pricing import Pricing, pricing_of
from evenroll.enrollment.point_events import replaced_rate
from evenroll.enrollment.usage_point import VACANT, Agreement, UsagePoint
from evenroll.programs.catalog import Catalog, load_catalog
from evenroll.programs.program import Coverage, ProgramVersion, ServiceChange
from evenroll.programs.rate import Rate, is_hourly
from evenroll.quantities.identifiers import RateKey


class NotComparable(ValueError):
    """Two prices of which what was paid cannot be set against what would have been."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """The two prices of one billing period.

    events_of: the program whose events add to what is paid. less: what the shadow covers and the program does not, as
    the delivery part where a supply took the place of a rate for both; it is taken off the shadow.
    """

    paid: Pricing
    shadow: Pricing
    events_of: ProgramVersion | None = None
    less: Pricing | None = None

    @property
    def all(self) -> tuple[Pricing, ...]:
        """Every price that is billed."""
        return (self.paid, self.shadow) if self.less is None else (self.paid, self.shadow, self.less)

    @property
    def series(self) -> Pricing | None:
        """The price that changes by the hour; None where none does."""
        return next((each for each in self.all if is_hourly(each.rate)), None)


def rate_before(program: ProgramVersion, *, point: UsagePoint, since_on: date) -> RateKey | None:
    """The rate that the program replaced: what ended that day, else the only one that the catalog says it can replace.

    Of a rider it is what it lies on. None where it is not known.
    """
    ended = _ended(point, on=since_on)
    if ended is not None:
        return replaced_rate(ended, change=program.service_change)
    return program.replaces_rates[0] if len(program.replaces_rates) == 1 else None


def sides_of(program: ProgramVersion, *, point: UsagePoint, since_on: date, on: date) -> Sides | None:
    """Both prices in force on a day; None where it is not known what was replaced.

    since_on: the first day of the program's price. Raises RateUnknown, NotComparable.
    """
    catalog, before = load_catalog(), rate_before(program, point=point, since_on=since_on)
    served = point.agreement_on(on)
    if program.rate is None:
        raise NotComparable(f"Program {program.key} brings no rate, so no bill of it can be protected.")
    if program.service_change is ServiceChange.RIDER:
        base = served.rate if served else before
        found = None if base is None else _with_rider(program, base=catalog.rate(base, on=on))
    else:
        found = None if before is None else _in_place_of(program, before, catalog=catalog, served=served, on=on)
    return None if found is None else _with_others(found, program, catalog=catalog, served=served, on=on)


def _ended(point: UsagePoint, *, on: date) -> Agreement | None:
    return next((each for each in point.agreements if each.end_on == on and each.rate != VACANT), None)


def _with_rider(program: ProgramVersion, *, base: Rate) -> Sides:
    paid = replace(pricing_of(base, program=program), riders=(program.rate,) if program.rate else ())
    return Sides(paid=paid, shadow=Pricing(rate=base), events_of=program if paid.event_usd_per_kwh else None)


def _in_place_of(
    program: ProgramVersion, before: RateKey, *, catalog: Catalog, served: Agreement | None, on: date
) -> Sides | None:
    assert program.rate is not None
    paid = pricing_of(catalog.rate(program.rate, on=on), program=program)
    brought = next((each for each in reversed(catalog.programs) if each.rate == before), None)
    shadow = pricing_of(catalog.rate(before, on=on), program=brought)
    if shadow.event_usd_per_kwh:
        raise NotComparable(
            f"Which events of rate {before} would have met the customer is not known. Settle it by hand."
        )
    sides = Sides(paid=paid, shadow=shadow, events_of=program if paid.event_usd_per_kwh else None)
    covers = (shadow.rate.coverage, paid.rate.coverage)
    if covers[0] == covers[1]:
        return sides
    delivery = catalog.rate(served.rate, on=on) if served else None
    if covers == (Coverage.BOTH, Coverage.SUPPLY) and delivery and delivery.coverage is Coverage.DELIVERY:
        return replace(sides, less=Pricing(rate=delivery))
    return None


def _with_others(
    sides: Sides, program: ProgramVersion, *, catalog: Catalog, served: Agreement | None, on: date
) -> Sides:
    """Credits of riders that lie on both prices: the bill has them, so what is compared with it has them too."""
    riders = tuple(key for key in (served.riders if served else ()) if key != program.rate)
    for key in riders:
        rider = catalog.rate(key, on=on)
        if not {sides.paid.rate.key, sides.shadow.rate.key} <= set(rider.rides_on):
            continue
        brought = next((each for each in reversed(catalog.programs) if each.rate == key), None)
        laid = pricing_of(sides.paid.rate, program=brought)
        if laid.event_usd_per_kwh:
            raise NotComparable(f"Rider {key} has events of another program beside it. Settle it by hand.")
        sides = replace(sides, paid=_and(sides.paid, key, laid), shadow=_and(sides.shadow, key, laid))
    return sides


def _and(pricing: Pricing, rider: RateKey, laid: Pricing) -> Pricing:
    return replace(pricing, riders=(*pricing.riders, rider), credits=(*pricing.credits, *laid.credits))
