"""The cells of a row of past bills: each read by its column; what cannot be read is noted with row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from evenroll.costs.matching.codes import LineKind, PastFaultCode
from evenroll.intake.columns import normalized
from evenroll.intake.load_cells import CellWrong, Reading, read_cell
from evenroll.intake.load_columns import Column, Form
from evenroll.intake.own_load_words import Said
from evenroll.records.load_terms import LoadFaultCode

TEXT_MAX: Final = 200
_CENT: Final = Decimal("0.01")
_AMOUNT_MAX: Final = 10**9


@dataclass(frozen=True, kw_only=True, slots=True)
class PastFault:
    """One thing that is wrong. row: as a spreadsheet shows it, or the line of a YAML or JSON. column: "" for the row.

    choices: what the sentence names. said: what is wrong with the file that the cell names.
    """

    row: int
    column: str
    code: LoadFaultCode | PastFaultCode
    choices: tuple[str, ...] = ()
    said: Said | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRow:
    """The cells of a row by column. number: as a spreadsheet shows it, or the line of a YAML or JSON."""

    number: int
    cells: Mapping[str, str] = field(repr=False)


class ReadWord(StrEnum):
    """A row that tells what was counted, and charges nothing."""

    READ = "read"
    READ_DEMAND = "read_demand"


COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        each.name: each
        for each in (
            Column(
                name="bill",
                form=Form.NUMBER_GIVEN,
                length=60,
                other_names=("bill_number", "invoice", "invoice_number", "bill_id"),
            ),
            Column(name="rate", form=Form.TEXT, length=60, other_names=("rate_key", "tariff", "schedule")),
            Column(name="program", form=Form.TEXT, length=60, other_names=("program_key", "rider")),
            Column(name="version", form=Form.DAY, other_names=("rate_version", "effective_on")),
            Column(name="start_on", form=Form.DAY, other_names=("from", "start", "service_from", "previous_read_on")),
            Column(name="end_on", form=Form.DAY, other_names=("to", "end", "service_to", "read_on")),
            Column(name="total", form=Form.PRICE, other_names=("bill_total", "total_amount")),
            Column(name="load", form=Form.TEXT, length=TEXT_MAX, other_names=("load_file", "intervals")),
            Column(name="line", form=Form.TEXT, length=TEXT_MAX, other_names=("line_code", "code", "charge")),
            Column(name="text", form=Form.TEXT, length=TEXT_MAX, other_names=("description",)),
            Column(name="register", form=Form.CODE, other_names=("period", "tou_period")),
            Column(name="season", form=Form.CODE),
            Column(name="quantity", form=Form.PRICE, other_names=("units", "usage", "kwh")),
            Column(name="price", form=Form.PRICE, other_names=("unit_price", "rate_per_unit")),
            Column(name="amount", form=Form.PRICE, other_names=("charge_amount", "usd")),
        )
    }
)
"""The columns of a file of past bills, by name."""

_OWN_WORD: Final[Mapping[str, LoadFaultCode | PastFaultCode]] = MappingProxyType(
    {
        "amount": LoadFaultCode.NOT_AN_AMOUNT,
        "total": LoadFaultCode.NOT_AN_AMOUNT,
        "quantity": PastFaultCode.NOT_A_QUANTITY,
    }
)
"""What is said of a number that is none, where its column holds no price."""

_ALSO: Final[Mapping[str, LineKind | ReadWord]] = MappingProxyType(
    {
        "usage": LineKind.ENERGY,
        "kwh": LineKind.ENERGY,
        "customer_charge": LineKind.FIXED_MONTHLY,
        "basic_charge": LineKind.FIXED_MONTHLY,
        "service_charge": LineKind.FIXED_MONTHLY,
        "meter_charge": LineKind.FIXED_DAILY,
        "daily_charge": LineKind.FIXED_DAILY,
        "minimum_bill": LineKind.MINIMUM,
        "taxes": LineKind.TAX,
        "sales_tax": LineKind.TAX,
        "state_tax": LineKind.TAX,
        "franchise_fee": LineKind.TAX,
        "fee": LineKind.TAX,
        "reading": ReadWord.READ,
    }
)


class Cells:
    """The cells of one row while it is read; `faults` gathers what is wrong with them."""

    def __init__(self, row: int, cells: Mapping[str, str], *, reading: Reading, faults: list[PastFault]) -> None:
        self.row = row
        self.faults = faults
        self._cells = cells
        self._reading = reading

    def has(self, name: str) -> bool:
        """Whether something stands in a cell."""
        return bool(self._cells.get(name, "").strip())

    def fault(self, name: str, code: LoadFaultCode | PastFaultCode, *choices: str) -> None:
        """Note a fault; its value is not kept."""
        self.faults.append(PastFault(row=self.row, column=name, code=code, choices=choices))

    def text(self, name: str) -> str:
        """A text; "" where nothing stands."""
        found = self._read(name)
        return found if isinstance(found, str) else ""

    def day(self, name: str) -> date | None:
        """A day; None where nothing stands."""
        found = self._read(name)
        return found if isinstance(found, date) else None

    def number(self, name: str) -> Decimal | None:
        """A number of any sign, with or without a dollar sign; None where nothing stands."""
        found = self._read(name)
        return found if isinstance(found, Decimal) else None

    def amount(self, name: str) -> Decimal | None:
        """USD to the cent; None where nothing stands."""
        found = self.number(name)
        if found is None:
            return None
        if found != found.quantize(_CENT) or abs(found) >= _AMOUNT_MAX:
            self.fault(name, LoadFaultCode.NOT_AN_AMOUNT)
            return None
        return found.quantize(_CENT)

    def thousandths(self, name: str) -> int | None:
        """A quantity of three decimals at most, not below zero, in thousandths: Wh or W."""
        found = self.number(name)
        if found is None:
            return None
        whole = found.scaleb(3)
        if whole != whole.to_integral_value() or not 0 <= whole <= _AMOUNT_MAX:
            self.fault(name, LoadFaultCode.NOT_AN_ENERGY)
            return None
        return int(whole)

    def line(self) -> LineKind | ReadWord:
        """What the row charges for; a word that is not known is a line of another kind."""
        word = normalized(self.text("line"))
        for known in (*LineKind, *ReadWord):
            if word == known.value:
                return known
        return _ALSO.get(word, LineKind.OTHER)

    def _read(self, name: str) -> object:
        text = " ".join(self._cells.get(name, "").split())
        if not text:
            return None
        column = COLUMNS[name]
        try:
            return read_cell(
                _with_sign(text) if column.form is Form.PRICE else text, column=column, reading=self._reading
            )
        except CellWrong as wrong:
            code = _OWN_WORD.get(name, wrong.code) if wrong.code is LoadFaultCode.NOT_A_PRICE else wrong.code
            self.fault(name, code, *wrong.choices)
            return None


def _with_sign(text: str) -> str:
    """A negative amount as -4.20, also where it was written -$4.20, $-4.20, (4.20) or 4.20-."""
    plain = text.replace("$", "").replace(" ", "")
    if plain.startswith("(") and plain.endswith(")"):
        return f"-{plain[1:-1]}"
    return f"-{plain[:-1]}" if plain.endswith("-") else plain
