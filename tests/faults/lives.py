"""Lives whose stages the faults meet: customers from row 2 to the end of service, a waiting list, files, books."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from evenroll.enrollment.case import Opening, Prompter
from evenroll.enrollment.case_commands import NoPayload, OpenCase, SubmitForm
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.leaving_codes import LeaveReason
from evenroll.enrollment.leaving_commands import Unenroll
from evenroll.enrollment.order_commands import BookVisit, CompleteBackOffice, RecordVisit
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.service_order import BackOfficeItem, VisitResult
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability, ProgramVersion
from evenroll.programs.program_terms import Cap
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, case_number
from evenroll.records.load_terms import LoadKind
from tests.application_rows import application_row, in_capitals
from tests.faults.works import Command, Drive, Enroll, Here, Load, Seal, Work
from tests.meter_work import at, the_exchange
from tests.territory import NIGHT_RATE, NOW, POSTAL_CODE, Premise, Territory, capped_program, days, new_territory

VISIT_ON = date(2026, 11, 10)
SETTLED = timedelta(minutes=10)
"""By then what a dead worker had in hand is free, and what failed once was tried again."""
ROWS = 4

_NO_CASE = CaseNumber("")
_NOBODY = OrganizationKey("")


@dataclass(kw_only=True)
class Life:
    """One life: its territory, what it is about, and its clock, which the stages move."""

    folder: Path
    territory: Territory = field(default_factory=new_territory)
    now: datetime = NOW
    premise: Premise | None = None
    number: CaseNumber = _NO_CASE
    first: CaseNumber = _NO_CASE
    """Of a waiting list: the case that has the place."""
    program: ProgramVersion | None = None
    books: OrganizationKey = _NOBODY
    is_bent: bool = False
    """Whether a fault made it rightly tell another story."""

    @property
    def here(self) -> Here:
        return Here(territory=self.territory, installation=self.territory.installation)

    def command(self, name: C, number: str, payload: Any = None, **more: Any) -> Command:
        organization = more.pop("at", self.territory.utility)
        return Command(
            organization=organization,
            name=name,
            number=number,
            payload=NoPayload() if payload is None else payload,
            key=f"{name.value}-{secrets.token_hex(6)}",
            now=more.pop("now", self.now),
            **more,
        )

    def drive(self, until: datetime) -> Drive:
        since, self.now = self.now, until + SETTLED
        return Drive(since=since, until=until)


Stage = Callable[[Life], Work]


def _open(life: Life) -> Work:
    life.premise = life.premise or life.territory.premise()
    life.number = case_number(secrets.token_bytes(16))
    program = life.program or life.territory.night
    opening = Opening(
        opened_at=life.now,
        channel=Channel.WEB,
        language=Language.EN,
        prompted_by=Prompter.DEALER,
        program=program.key,
        postal_code=POSTAL_CODE,
    )
    opened = OpenCase(number=life.number, organization=life.territory.utility, opening=opening)
    return life.command(C.OPEN_CASE, life.number, opened)


def _submit(life: Life) -> Work:
    assert life.premise is not None
    form = life.territory.form(life.program, received_at=life.now, consents_hand_over=True)
    return life.command(C.SUBMIT_FORM, life.number, SubmitForm(form=form), answers=life.premise.answers())


def _seal(life: Life) -> Work:
    return Seal()


def _drive(life: Life) -> Work:
    return life.drive(life.now)


def _drive_days(count: int) -> Stage:
    return lambda life: life.drive(life.now + days(count))


def _book(life: Life) -> Work:
    order = life.territory.order_of(life.territory.utility, life.number).number
    return life.command(C.BOOK_VISIT, order, BookVisit(visit_on=VISIT_ON), role=Role.METER_OFFICE)


def _visit(life: Life) -> Work:
    assert life.premise is not None
    order = life.territory.order_of(life.territory.utility, life.number).number
    exchange = the_exchange(life.territory, life.premise, on=VISIT_ON, registers=NIGHT_RATE)
    life.now = at(VISIT_ON)
    visited = RecordVisit(result=VisitResult.EXCHANGED, visited_on=VISIT_ON, exchange=exchange)
    return life.command(C.RECORD_VISIT, order, visited, role=Role.METER_CREW)


def _back_office(life: Life) -> Work:
    order = life.territory.order_of(life.territory.utility, life.number).number
    done = CompleteBackOffice(done=frozenset(BackOfficeItem))
    return life.command(C.COMPLETE_BACK_OFFICE, order, done, role=Role.METER_OFFICE)


def _unenroll(life: Life) -> Work:
    return life.command(C.UNENROLL, life.number, Unenroll(reason=LeaveReason.HARDSHIP), role=Role.ENROLLMENT_DESK)


def _rescind(life: Life) -> Work:
    return life.command(C.RESCIND, life.number, at=life.territory.esco)


def _withdraw(life: Life) -> Work:
    return life.command(C.WITHDRAW, life.number, at=life.territory.esco)


def _leave_the_line(life: Life) -> Work:
    return life.command(C.WITHDRAW, life.first)


def _accept(life: Life) -> Work:
    return life.command(C.ACCEPT_PLACE, life.number)


def _at_the_esco(folder: Path) -> Life:
    life = Life(folder=folder)
    life.premise, life.program = life.territory.premise(supplier=life.territory.esco), life.territory.supply
    return life


def _in_line(folder: Path) -> Life:
    """One is enrolled, and there is a place for one."""
    life = Life(folder=folder)
    life.program = capped_program(life.territory, Cap(places=1))
    metered = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    life.first = life.territory.apply(life.territory.premise(**metered), program=life.program)
    life.territory.run()
    life.premise, life.now = life.territory.premise(**metered), NOW + timedelta(hours=1)
    return life


def _two_at_a_point(folder: Path) -> Life:
    """Two applications for one usage point, both about to be decided."""
    life = Life(folder=folder)
    metered = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    life.premise = life.territory.premise(**metered)
    life.first, life.number = (_about_to_be_decided(life) for _ in range(2))
    return life


def _about_to_be_decided(life: Life) -> CaseNumber:
    assert life.premise is not None
    territory, number = life.territory, life.territory.apply(life.premise)
    while (case := territory.case(territory.utility, number)).status is not State.DECIDING:
        assert case.course.on_lapse is not None
        territory.taken(territory.give(territory.utility, case.course.on_lapse, number, role=Role.SYSTEM))
    return number


def _decide_both(life: Life) -> Work:
    other = life.command(C.DECIDE, life.number, role=Role.SYSTEM)
    return replace(life.command(C.DECIDE, life.first, role=Role.SYSTEM), beside=other)


def _with_a_file(folder: Path) -> Life:
    life = Life(folder=folder)
    life.program = in_capitals(life.territory, life.territory.night, name="NIGHT")
    return life


def _enroll(life: Life) -> Work:
    assert life.program is not None
    path = life.folder / f"applications-{life.territory.tag}.jsonl"
    metered = {"registers": NIGHT_RATE, "capability": MeterCapability.PERIOD_REGISTERS}
    with path.open("w", encoding="utf-8") as file:
        for row in range(ROWS):
            answers = life.territory.premise(**metered).answers()
            told = application_row(life.territory.utility, life.program.key, answers, application=f"A-{row}")
            file.write(json.dumps(told) + "\n")
    return Enroll(path=path, programs=frozenset({str(life.program.key)}), now=life.now, rows=ROWS)


def _with_books(folder: Path) -> Life:
    from evenroll.records.organizations import add_organization

    life = Life(folder=folder)
    life.books = OrganizationKey(f"books-{life.territory.tag}")
    add_organization(
        life.books, name=life.books, kinds=frozenset({OrganizationKind.UTILITY}), calendar_key="US-LAKELAND"
    )
    life.territory.more = (life.books,)
    return life


def _load(kind: LoadKind, table: str, rows: Sequence[str], *, after: int) -> Stage:
    def stage(life: Life) -> Work:
        path = life.folder / f"{kind.value}-{life.territory.tag}-{secrets.token_hex(2)}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return Load(
            path=path,
            kind=kind,
            organization=life.books,
            as_of_on=life.now.date(),
            now=life.now,
            table=table,
            rows=after,
        )

    return stage


_LOADS: tuple[Stage, ...] = (
    _load(
        LoadKind.ACCOUNTS,
        "customer_account",
        (
            "account,name,phone,email,customer_class,opened_on,last_bill_amount",
            "4410-001,Jo Nunez,555-010-2030,jo@example.org,residential,2020-05-01,$84.20",
            '4410-002,"Rey, Ana",,,residential,2019-11-23,"1,204.05"',
        ),
        after=2,
    ),
    _load(
        LoadKind.PREMISES,
        "service_location",
        ("premise,address,postal_code,dwelling", "P-1,12 Elm St,60999,own", "P-2,14 Elm St,60999,"),
        after=2,
    ),
    _load(
        LoadKind.USAGE_POINTS,
        "usage_point",
        (
            "usage_point,premise,account,read_cycle,net_metering",
            *(f"LKL-{each},P-{1 + each % 2},,7,no" for each in range(40)),
        ),
        after=40,
    ),
    _load(
        LoadKind.METERS,
        "meter",
        (
            "usage_point,serial,capability,registers,rollover_kwh,installed_on,removed_on,opening_kwh,closing_kwh",
            *(f"LKL-{each},M-{each},interval,,100000,2021-06-01,,0," for each in range(40)),
        ),
        after=40,
    ),
    _load(
        LoadKind.RATES,
        "service_agreement",
        (
            "usage_point,rate,supplier,from_on,until_on",
            *(f"LKL-{each},STD,,2021-06-01,{'2024-01-01' if each < 10 else ''}" for each in range(40)),
            *(f"LKL-{each},TOU-D,,2024-01-01," for each in range(10)),
        ),
        after=50,
    ),
    _load(
        LoadKind.METERS,
        "meter",
        (
            "usage_point,serial,capability,registers,rollover_kwh,installed_on,removed_on,opening_kwh,closing_kwh",
            *(f"LKL-{each},M-{each},interval,,100000,2021-06-01,2026-01-01,0,900" for each in range(20)),
            *(f"LKL-{each},R-{each},interval,,100000,2026-01-01,,0," for each in range(20)),
        ),
        after=60,
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """How a life begins, and its stages."""

    begin: Callable[[Path], Life]
    stages: tuple[Stage, ...]


SCRIPTS: dict[str, Script] = {
    "exchange": Script(
        begin=lambda folder: Life(folder=folder),
        stages=(
            *(_open, _submit, _seal, _drive, _book, _visit, _back_office, _drive_days(100), _unenroll, _drive_days(60)),
        ),
    ),
    "handed_over": Script(begin=_at_the_esco, stages=(_open, _submit, _drive, _rescind, _drive)),
    "supplied": Script(begin=_at_the_esco, stages=(_open, _submit, _drive, _drive_days(8), _withdraw, _drive)),
    "line": Script(
        begin=_in_line, stages=(_open, _submit, _drive, _leave_the_line, _drive_days(3), _accept, _seal, _drive)
    ),
    "twins": Script(begin=_two_at_a_point, stages=(_decide_both, _drive)),
    "file": Script(begin=_with_a_file, stages=(_enroll, _seal)),
    "books": Script(begin=_with_books, stages=(*_LOADS, _seal)),
}
