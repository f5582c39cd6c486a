"""A file of past bills, a row for each line item: what it tells of each bill, and what cannot be read, with its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.costs.lattice.loads import LoadBlock
from evenroll.costs.matching.codes import LineKind, PastFaultCode
from evenroll.costs.matching.past_bill import OF_DEMAND, KnownRate, PastBill, PastLine
from evenroll.costs.usage import TOTAL_REGISTER
from evenroll.intake.columns import normalized
from evenroll.intake.file_shape import FileRefused
from evenroll.intake.load_cells import DateOrder, Reading
from evenroll.intake.load_header import nearest_told
from evenroll.intake.load_source import opened, source_of
from evenroll.intake.own_load import drawn_load
from evenroll.intake.own_load_file import read_own_load
from evenroll.intake.own_load_words import Listed, OwnFileRefused
from evenroll.intake.past_bill_cells import COLUMNS, Cells, PastFault, RawRow, ReadWord
from evenroll.intake.past_bill_tree import ENDINGS, rows_of_tree
from evenroll.quantities.identifiers import RateKey, named_as
from evenroll.quantities.periods import DatePeriod
from evenroll.records.load_terms import LoadFaultCode

_NEEDED: Final = ("bill", "line")
_OF_BILL: Final = ("rate", "program", "version", "start_on", "end_on", "total", "load")
"""The columns that say something of the bill as a whole: on one of its rows, or the same on each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadBill:
    """A bill of which some row cannot be read. place: its first row."""

    number: str
    place: int
    faults: tuple[PastFault, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PastBills:
    """The bills of a file in its order. not_read: columns that are not known. notes: what is to be known of loads.

    loads: the files of intervals that its bills name, also where one cannot be read.
    """

    bills: tuple[PastBill | UnreadBill, ...]
    loads: tuple[Path, ...] = ()
    not_read: tuple[str, ...] = ()
    notes: tuple[Listed, ...] = ()


def read_past_bills(
    path: Path, *, rates: Mapping[RateKey, KnownRate], dates: DateOrder = DateOrder.UNSAID
) -> PastBills:
    """The bills of a CSV or Parquet with a row for each line item, or of a YAML or JSON with a list of bills.

    rates: whose territories tell the clock of loads. dates: which number of a day is the month where both could be.
    Raises FileRefused for a file as a whole; what is wrong with a row stands in its bill.
    """
    if path.suffix.casefold() in ENDINGS:
        rows, unknown = rows_of_tree(path)
        return _some(bills_of_rows(rows, folder=path.parent, rates=rates, dates=dates, not_read=unknown), path=path)
    source = source_of(path)
    with opened(source) as (header, rows):
        places, not_read = _places(header, path=path)
        raw = [
            RawRow(
                number=row.number,
                cells={name: row.cells[at] for name, at in places.items() if at < len(row.cells)},
            )
            for row in rows
        ]
    return _some(bills_of_rows(raw, folder=path.parent, rates=rates, dates=dates, not_read=not_read), path=path)


def _some(found: PastBills, *, path: Path) -> PastBills:
    """Nothing to judge must not pass for bills that all matched."""
    if not found.bills:
        raise FileRefused(f"{path} tells of no bill. Give a file with one at least; see docs/match_bills.md.")
    return found


def bills_of_rows(
    rows: Iterable[RawRow],
    *,
    folder: Path,
    rates: Mapping[RateKey, KnownRate],
    dates: DateOrder,
    not_read: tuple[str, ...] = (),
) -> PastBills:
    """The bills of rows. folder: where the files of loads that they name stand."""
    grouped: dict[str, list[RawRow]] = {}
    number = ""
    for row in rows:
        # A row without a number goes on with the bill above it.
        number = " ".join(row.cells.get("bill", "").split()) or number
        grouped.setdefault(number, []).append(row)
    loads = _Loads(folder=folder)
    found: list[PastBill | UnreadBill] = []
    for number, own in grouped.items():
        found.append(_bill(number, own, rates=rates, reading=Reading(dates=dates, zone=ZoneInfo("UTC")), loads=loads))
    named = dict.fromkeys(name for own in grouped.values() for row in own if (name := _load_named(row)))
    return PastBills(
        bills=tuple(found),
        loads=tuple(folder / name for name in named),
        not_read=not_read,
        notes=tuple(loads.notes),
    )


def _load_named(row: RawRow) -> str:
    return " ".join(row.cells.get("load", "").split())


def _places(header: Sequence[str], *, path: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    names = [normalized(cell) for cell in header]
    found: dict[str, int] = {}
    for name, column in COLUMNS.items():
        at = [place for place, cell in enumerate(names) if cell == name]
        at = at or [place for place, cell in enumerate(names) if cell in column.other_names]
        if len(at) > 1:
            raise FileRefused(f"{path} has {len(at)} columns for {name}. Leave one of them in its first row.")
        if at:
            found[name] = at[0]
    missing = [name for name in (*_NEEDED, "rate", "start_on", "end_on") if name not in found]
    if missing:
        told = ", ".join(f"{name}{nearest_told(name, names)}" for name in missing)
        raise FileRefused(
            f"{path} is no file of past bills: its first row lacks {told}. It needs bill, rate, start_on, end_on, line "
            "and may have version, total, load, text, register, season, quantity, price, amount; see "
            "docs/match_bills.md."
        )
    used = set(found.values())
    return found, tuple(cell.strip() for place, cell in enumerate(header) if place not in used and cell.strip())


@dataclass(kw_only=True)
class _Loads:
    """Files of intervals that bills name, each read once."""

    folder: Path
    read: dict[tuple[str, str], LoadBlock] = field(default_factory=dict[tuple[str, str], LoadBlock])
    notes: list[Listed] = field(default_factory=list[Listed])

    def load(self, name: str, *, zone: str) -> LoadBlock:
        """The intervals of a file in the folder of the bills, for these may come from others. Raises FileRefused."""
        if not (self.folder / name).resolve().is_relative_to(self.folder.resolve()):
            raise FileRefused(f"{name} lies outside the folder of the bills. Put it beside them, and name it so.")
        if (name, zone) not in self.read:
            found = read_own_load(self.folder / name, zone=zone)
            own = drawn_load(found)
            self.notes += [Listed([name, warning], ": ") for warning in (*found.warnings, *own.warnings)]
            self.read[name, zone] = own.load
        return self.read[name, zone]


@dataclass(kw_only=True)
class _Told:
    """What the rows of one bill tell, while they are read."""

    values: dict[str, object] = field(default_factory=dict[str, object])
    lines: list[PastLine] = field(default_factory=list[PastLine])
    counted_wh: dict[str, int] = field(default_factory=dict[str, int])
    peaks_w: dict[str, int] = field(default_factory=dict[str, int])
    faults: list[PastFault] = field(default_factory=list[PastFault])


def _bill(
    number: str, rows: Sequence[RawRow], *, rates: Mapping[RateKey, KnownRate], reading: Reading, loads: _Loads
) -> PastBill | UnreadBill:
    told, first = _Told(), rows[0].number
    if not number:
        told.faults.append(PastFault(row=first, column="bill", code=PastFaultCode.NO_BILL))
    for row in rows:
        _take(Cells(row.number, row.cells, reading=reading, faults=told.faults), told)
    bill = None if told.faults else _made(number, first, told=told, rates=rates, loads=loads)
    if bill is None or told.faults:
        return UnreadBill(number=number, place=first, faults=tuple(told.faults))
    return bill


def _take(cells: Cells, told: _Told) -> None:
    _take_of_bill(cells, told)
    if not cells.has("line"):
        if any(cells.has(name) for name in ("quantity", "price", "amount", "text")):
            cells.fault("line", LoadFaultCode.MISSING)
        return
    kind, register = cells.line(), cells.text("register")
    if isinstance(kind, ReadWord):
        counted = told.counted_wh if kind is ReadWord.READ else told.peaks_w
        name = register or (TOTAL_REGISTER if kind is ReadWord.READ else "")
        amount = cells.thousandths("quantity")
        if not cells.has("quantity"):
            cells.fault("quantity", LoadFaultCode.MISSING)
        if name in counted:
            cells.fault("register", LoadFaultCode.DUPLICATE, name or kind.value)
        counted[name] = amount or 0
        return
    amount = cells.amount("amount")
    if not cells.has("amount"):
        cells.fault("amount", LoadFaultCode.MISSING)
    told.lines.append(
        PastLine(
            place=cells.row,
            kind=kind,
            amount=amount or Decimal(0),
            text=cells.text("text") or (cells.text("line") if kind in (LineKind.OTHER, LineKind.TAX) else ""),
            register=register,
            season=cells.text("season"),
            quantity=cells.number("quantity"),
            price=cells.number("price"),
        )
    )


def _take_of_bill(cells: Cells, told: _Told) -> None:
    for name in _OF_BILL:
        if not cells.has(name):
            continue
        value: object
        if name in ("version", "start_on", "end_on"):
            value = cells.day(name)
        else:
            value = cells.amount(name) if name == "total" else cells.text(name)
        if value is not None and told.values.setdefault(name, value) != value:
            cells.fault(name, PastFaultCode.BILL_SAYS_OTHERWISE)


def _made(
    number: str, place: int, *, told: _Told, rates: Mapping[RateKey, KnownRate], loads: _Loads
) -> PastBill | None:
    start_on, end_on, rate = (told.values.get(name) for name in ("start_on", "end_on", "rate"))
    if not (isinstance(start_on, date) and isinstance(end_on, date)):
        told.faults.append(PastFault(row=place, column="start_on", code=PastFaultCode.NO_DAYS))
        return None
    if not isinstance(rate, str):
        told.faults.append(PastFault(row=place, column="rate", code=PastFaultCode.NO_RATE))
        return None
    rate = named_as(rate, known=rates)
    if end_on <= start_on:
        told.faults.append(PastFault(row=place, column="end_on", code=LoadFaultCode.END_NOT_AFTER_START))
        return None
    total, version = told.values.get("total"), told.values.get("version")
    if not told.lines and total is None:
        told.faults.append(PastFault(row=place, column="amount", code=PastFaultCode.NOTHING_BILLED))
        return None
    load = _load(told, place=place, known=rates.get(RateKey(rate)), loads=loads)
    counted, peaks, from_lines = told.counted_wh, told.peaks_w, False
    if load is None and not counted:
        counted, from_lines = _counted_by(told.lines), True
        peaks = peaks or _peaks_by(told.lines)
    return PastBill(
        number=number,
        place=place,
        rate=RateKey(rate),
        version=version if isinstance(version, date) else None,
        period=DatePeriod(start_on=start_on, end_on=end_on),
        lines=tuple(told.lines),
        total=total if isinstance(total, Decimal) else None,
        counted_wh=counted,
        peaks_w=peaks,
        load=load,
        from_lines=from_lines and bool(counted),
        program=str(told.values.get("program", "")),
    )


def _load(told: _Told, *, place: int, known: KnownRate | None, loads: _Loads) -> LoadBlock | None:
    name = told.values.get("load")
    if not isinstance(name, str) or known is None:
        return None
    try:
        return loads.load(name, zone=known.calendar.zone)
    except FileRefused as refused:
        said = refused.said if isinstance(refused, OwnFileRefused) else None
        fault = PastFault(row=place, column="load", code=PastFaultCode.LOAD_REFUSED, choices=(str(refused),), said=said)
        told.faults.append(fault)
        return None


def _counted_by(lines: Sequence[PastLine]) -> dict[str, int]:
    """The energy of a bill that tells no reads, by the lines that charge for it; none where one does not say it."""
    energy = [line for line in lines if line.kind is LineKind.ENERGY]
    found: dict[str, int] = {}
    seasons = all(line.season and line.register for line in energy)
    for line in energy:
        if line.quantity is None or line.quantity.scaleb(3) % 1 or line.quantity < 0:
            return {}
        name = line.register or TOTAL_REGISTER
        name = f"{line.season}/{name}" if seasons else name
        found[name] = found.get(name, 0) + int(line.quantity.scaleb(3))
    return found


def _peaks_by(lines: Sequence[PastLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        if line.kind in OF_DEMAND and line.quantity is not None and line.quantity >= 0:
            # The tiers of a demand are parts of it.
            found[line.register] = found.get(line.register, 0) + int(line.quantity.scaleb(3))
    return found
