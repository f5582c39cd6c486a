"""The prices of hours that a comparison knows: of a file, of this installation, of the invented organizations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from evenroll.comparison.series import SeriesKnown, past_prices, series_of
from evenroll.costs.compare import Assumption, AssumptionCode
from evenroll.costs.pricing import HourPrices
from evenroll.programs.catalog import CatalogOrganization, load_catalog
from evenroll.programs.rate import Rate
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import RateKey
from evenroll.runtime.territory_prices import SERIES, hour_prices

_E8 = -8


def known_series(
    organization: CatalogOrganization,
    *,
    rates: Iterable[RateKey],
    on: date,
    file: Path | None = None,
    from_installation: bool = False,
) -> SeriesKnown:
    """The prices of every series that is needed and known.

    A series of the file counts as the file tells it; else that of the database, where it is to be asked; else the
    invented one. Raises FileRefused; what a session raises, where the database is asked.
    """
    needed = _needed(organization, rates=rates, on=on)
    told = _of_file(file, organization) if file else {}
    if from_installation:
        told = {**_of_installation(needed, organization=organization, on=on), **told}
    until_at = calendar(organization.calendar).start_of_day(on)
    invented = {each.key: each for each in SERIES if each.key in needed and each.key not in told}
    made = {key: _before(hour_prices(each), until_at) for key, each in invented.items()}
    said = {key: Assumption(code=AssumptionCode.INVENTED_PRICES, parameters={"series": key}) for key in made}
    return SeriesKnown(prices={**made, **told}, assumptions=said)


def _needed(organization: CatalogOrganization, *, rates: Iterable[RateKey], on: date) -> dict[str, Rate]:
    """The series by which a program of the organization, or a price of today, is priced, each with such a rate."""
    offered = load_catalog().programs_of(organization.key, on=on)
    return series_of((*rates, *(each.rate for each in offered if each.rate)), on=on)


def _of_file(path: Path, organization: CatalogOrganization) -> dict[str, HourPrices]:
    # What reads rows brings the books with it, which take longer to import than a comparison without prices takes.
    from evenroll.intake.price_rows import read_prices

    return dict(read_prices(path, zone=calendar(organization.calendar).zone))


def _of_installation(
    needed: Mapping[str, Rate], *, organization: CatalogOrganization, on: date
) -> dict[str, HourPrices]:
    from evenroll.partners.loaded_prices import LoadedPrices
    from evenroll.runtime.cli_exit import unavailable
    from evenroll.runtime.cli_session import session
    from evenroll.runtime.migrating import pending_migrations

    with session(migrates=False):
        if pending_migrations():
            raise unavailable(
                "This installation has no database yet, or one of an older Evenroll, so it knows no prices of hours. "
                "Set it up with `evenroll db migrate`, or give a file with --prices.",
                reason="not_migrated",
            )
        return past_prices(LoadedPrices(), needed=needed, calendar=calendar(organization.calendar), on=on)


def _before(prices: Iterable[tuple[datetime, int]], until_at: datetime) -> dict[datetime, Decimal]:
    return {at: Decimal(price_e8).scaleb(_E8) for at, price_e8 in prices if at < until_at}
