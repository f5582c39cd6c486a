"""What is known of a program's price and of the one it is held against, and what is missing for a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenroll.programs.catalog import Catalog, RateUnknown
from evenroll.programs.program import ProgramVersion, ServiceChange
from evenroll.programs.program_terms import MissingPrice
from evenroll.programs.rate import Rate
from evenroll.quantities.identifiers import RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceKnown:
    """missing: of the program itself. missing_today: of the rates that it would be held against.

    is_credit: it leaves the rate as it is, so that there is nothing to price.
    """

    missing: tuple[MissingPrice, ...] = ()
    missing_today: tuple[MissingPrice, ...] = ()
    is_credit: bool = False

    @property
    def is_priced(self) -> bool:
        """Whether the program's own price is known in full."""
        return not self.missing

    @property
    def is_compared(self) -> bool:
        """Whether row 1 can hold it against what the customer pays today."""
        return not (self.missing or self.missing_today or self.is_credit)


def price_known(program: ProgramVersion, *, catalog: Catalog, on: date) -> PriceKnown:
    """What the catalog knows on that day; a rate that is not in force counts as wholly missing."""
    own = _missing(program.rate, catalog=catalog, on=on) if program.rate else ()
    today: tuple[MissingPrice, ...] = ()
    if program.service_change is ServiceChange.REPLACED_RATE:
        today = _of_any(program.replaces_rates, catalog=catalog, on=on)
    return PriceKnown(
        missing=tuple(dict.fromkeys((*program.unpriced, *own))),
        missing_today=today,
        is_credit=program.service_change is ServiceChange.CREDIT_ONLY,
    )


def _of_any(keys: tuple[RateKey, ...], *, catalog: Catalog, on: date) -> tuple[MissingPrice, ...]:
    """Nothing where one of the rates is priced; else what the first of them lacks."""
    found = [_missing(key, catalog=catalog, on=on) for key in keys]
    return min(found, key=len, default=())


def _missing(key: RateKey, *, catalog: Catalog, on: date) -> tuple[MissingPrice, ...]:
    try:
        rate: Rate = catalog.rate(key, on=on)
    except RateUnknown:
        return (MissingPrice.ALL_PRICES,)
    return rate.unpriced
