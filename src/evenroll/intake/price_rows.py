"""The prices of hours in a file: what a row says, and a file read by itself, without any books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from evenroll.costs.pricing import HourPrices
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import Reading
from evenroll.intake.load_hand import RowWrong
from evenroll.intake.load_header import read_header
from evenroll.intake.load_rows import read_rows
from evenroll.intake.load_source import opened, source_of
from evenroll.intake.load_texts import fault_sentence
from evenroll.records.load_terms import LoadFault, LoadFaultCode, LoadKind

_HOUR: Final = timedelta(hours=1)
_E8: Final = Decimal(10**8)
_EXPONENT: Final = -8


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceRow:
    """A price for [start_at, end_at), 1e-8 USD per kWh."""

    series: str
    start_at: datetime
    end_at: datetime
    price_e8: int


def price_of(said: Mapping[str, Any]) -> PriceRow:
    """The price that the values of a row come to. Raises RowWrong."""
    usd, cents = said["price_usd_per_kwh"], said["price_cents_per_kwh"]
    if usd is None and cents is None:
        raise RowWrong("price_usd_per_kwh", LoadFaultCode.ONE_OF_MISSING, "price_usd_per_kwh", "price_cents_per_kwh")
    if usd is not None and cents is not None:
        raise RowWrong("price_cents_per_kwh", LoadFaultCode.ONE_OF_TWICE, "price_usd_per_kwh", "price_cents_per_kwh")
    exact = _exact(usd, times=_E8) if cents is None else _exact(cents, times=_E8 / 100)
    if exact != int(exact):
        raise RowWrong("price_usd_per_kwh" if cents is None else "price_cents_per_kwh", LoadFaultCode.NOT_A_PRICE)
    start_at, end_at = said["start_at"], said["end_at"] or said["start_at"] + _HOUR
    if end_at <= start_at:
        raise RowWrong("end_at", LoadFaultCode.END_NOT_AFTER_START)
    return PriceRow(series=said["series"], start_at=start_at, end_at=end_at, price_e8=int(exact))


def read_prices(path: Path, *, zone: str) -> Mapping[str, HourPrices]:
    """USD per kWh by the start of each hour, UTC, by series: a file as `evenroll load price_series` takes it.

    zone: of times without an offset. Raises FileRefused at the first row that cannot be used; of hours alone.
    """
    found: dict[str, dict[datetime, Decimal]] = {}
    reading = Reading(zone=ZoneInfo(zone))
    with opened(source_of(path)) as (cells, rows):
        header = read_header(cells, kind=LoadKind.PRICE_SERIES, mapped={})
        for row in read_rows(rows, kind=LoadKind.PRICE_SERIES, header=header, reading=reading):
            if isinstance(row, tuple):
                raise FileRefused(f"{path}: {_in_one(fault_sentence(row[0]))}")
            try:
                price = price_of(row.values)
            except RowWrong as wrong:
                fault = LoadFault(row=row.number, column=wrong.column, code=wrong.code, choices=wrong.choices)
                raise FileRefused(f"{path}: {_in_one(fault_sentence(fault))}") from None
            _keep(price, found, where=f"{path}: Row {row.number}")
    return found


def _keep(price: PriceRow, found: dict[str, dict[datetime, Decimal]], *, where: str) -> None:
    if price.end_at - price.start_at != _HOUR or price.start_at.replace(minute=0, second=0) != price.start_at:
        raise FileRefused(f"{where}: the price is for no full hour of the clock. Give a price for each hour.")
    series, usd = found.setdefault(price.series, {}), Decimal(price.price_e8).scaleb(_EXPONENT)
    if series.setdefault(price.start_at, usd) != usd:
        raise FileRefused(f"{where}: this hour of {price.series} has another price before. Keep one of them.")


def _in_one(sentence: str) -> str:
    return " ".join(sentence.split())


def _exact(price: Decimal | None, *, times: Decimal) -> Decimal:
    return (price or Decimal(0)) * times
