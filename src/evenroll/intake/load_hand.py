"""A load while it is in hand: its rows as they are read, its faults as they are found, and whether it may write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from evenroll.enrollment.roles import Actor, Role
from evenroll.intake.load_cells import DateOrder, Reading
from evenroll.intake.load_header import Header
from evenroll.intake.load_rows import LoadRow, read_rows
from evenroll.intake.load_source import Source, SourceRow
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records.load_terms import LoadFault, LoadFaultCode, LoadKind
from evenroll.records.loads_streams import PointWriting

LOADER = ActorKey("load")


class RowWrong(Exception):
    """Values that are readable each by itself and wrong together."""

    def __init__(self, column: str, code: LoadFaultCode, *choices: str) -> None:
        super().__init__(code.value)
        self.column = column
        self.code = code
        self.choices = choices


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadAsked:
    """What is to be loaded. as_of_on: the day whose books the file tells. now: the business clock.

    mapped: our name to the file's name of a column. dry_run: only the difference is told, and nothing is kept.
    """

    organization: OrganizationKey
    kind: LoadKind
    source: Source
    as_of_on: date
    now: datetime
    dry_run: bool = False
    dates: DateOrder = DateOrder.UNSAID
    mapped: Mapping[str, str] = field(default_factory=dict[str, str])
    ignored: frozenset[str] = frozenset()


Teller = Callable[[LoadFault], None]
"""Takes every fault as it is found."""


class Hand:
    """What the loading of a kind works with."""

    def __init__(self, asked: LoadAsked, *, header: Header, rows: Iterator[SourceRow], reading: Reading, tell: Teller):
        self.asked = asked
        self.present = header.present
        self.faults = 0
        self.read = 0
        self.rates: Counter[str] = Counter()
        self._rows = read_rows(rows, kind=asked.kind, header=header, reading=reading)
        self._tell = tell

    @property
    def may_write(self) -> bool:
        """Whether the books may be touched: no fault so far, and no dry run."""
        return not self.faults and not self.asked.dry_run

    @property
    def writing(self) -> PointWriting:
        """In whose name streams are written."""
        actor = Actor(key=LOADER, role=Role.SYSTEM, organization=self.asked.organization)
        return PointWriting(actor=actor, now=self.asked.now)

    def rows(self) -> Iterator[LoadRow]:
        """The rows that can be read; the faults of the others are told."""
        for row in self._rows:
            self.read += 1
            if isinstance(row, LoadRow):
                yield row
            else:
                self.tell(row)

    def built(self, build: Callable[[LoadRow], tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
        """The rows as they are staged, their number first; what is wrong with one as a whole is told."""
        for row in self.rows():
            try:
                yield (row.number, *build(row))
            except RowWrong as wrong:
                self.tell((LoadFault(row=row.number, column=wrong.column, code=wrong.code, choices=wrong.choices),))

    def tell(self, faults: Iterable[LoadFault]) -> None:
        """Note faults; from the first one on nothing is written any more."""
        for fault in faults:
            self.faults += 1
            self._tell(fault)
