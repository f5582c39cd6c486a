"""What a process does while a fault meets it: a command, a worker's rounds, a seal round, a file of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField
from evenroll.enrollment.roles import Role
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.load_terms import LoadKind
from tests.faults.plan import Act, Point
from tests.territory import Territory

SLICE = 6
"""So many waits and messages a worker has in hand between two looks at the clock."""
ROUNDS_MAX = 400
SEALED_AT_ONCE = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command given at a door, with its key."""

    organization: OrganizationKey
    name: CommandName
    number: str
    key: str
    payload: Any = None
    role: Role = Role.CUSTOMER
    now: datetime
    answers: Mapping[FormField, str] = field(default_factory=dict)
    beside: Command | None = None
    """What another process does at the same time, where it is not the same once more; at last both are done."""

    act = Act.COMMAND


@dataclass(frozen=True, kw_only=True, slots=True)
class Drive:
    """A worker's rounds while the business clock runs from one instant to another."""

    since: datetime
    until: datetime

    act = Act.DRIVE


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """A seal round."""

    act = Act.SEAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Enroll:
    """A file of applications through the bulk door, in batches."""

    path: Path
    programs: frozenset[str]
    now: datetime
    rows: int

    act = Act.ENROLL


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """A file of a utility's books, by COPY."""

    path: Path
    kind: LoadKind
    organization: OrganizationKey
    as_of_on: date
    now: datetime
    table: str
    rows: int
    """How many rows the table has afterwards for this organization."""

    act = Act.LOAD


Work = Command | Drive | Seal | Enroll | Load


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """Where work is done. carrier, hooks: of a child that a fault meets; None in the campaign itself."""

    territory: Territory
    installation: Any
    carrier: Any = None
    hooks: Any = None

    @property
    def jumped(self) -> timedelta:
        return timedelta() if self.hooks is None else self.hooks.jumped


def do(work: Work, *, here: Here, tell: Callable[[Any], object]) -> None:
    """Do it and tell what was answered, as `tell({"answer": ..})`."""
    match work:
        case Command():
            answer = answer_of(work, here)
            _reach(here)
            tell({"answer": answer})
        case Drive():
            drive(work, here=here, tell=tell)
        case Seal():
            sealed = seal_round(here.territory)
            _reach(here)
            tell({"answer": sealed})
        case Enroll():
            _enroll(work, here=here, tell=tell)
        case Load():
            told = _load(work)
            _reach(here)
            tell({"answer": told})


def _reach(here: Here) -> None:
    if here.hooks is not None:
        here.hooks.reach(Point.ANSWER_BEFORE)


def answer_of(work: Command, here: Here) -> Any:
    """What the command is answered, as it is kept."""
    from evenroll.ports.outside import Outside
    from evenroll.records.asked import Asked, written_answer
    from evenroll.worker.giving import give

    asked = Asked(number=work.number, command=work.payload, outside=Outside(answers=dict(work.answers)), key=work.key)
    actor = here.territory.actor(work.organization, work.role)
    return written_answer(give(here.installation, actor=actor, name=work.name, asked=asked, now=work.now))


def drive(work: Drive, *, here: Here, tell: Callable[[Any], object]) -> None:
    """A worker's rounds from due date to due date; the clock is told at each, the work that failed at the end."""
    from evenroll.records import deadlines, outbox

    now, failed = work.since, 0
    while True:
        tell({"clock": now})
        failed += _rounds(now, here=here)
        seal_round(here.territory)
        dates = [
            found
            for key in here.territory.organizations
            for found in (deadlines.next_due_at(key, after=now), outbox.next_due_at(key, after=now))
            if found is not None and found <= work.until
        ]
        if not dates and now >= work.until:
            break
        now = min(dates, default=work.until)
    _reach(here)
    tell({"answer": {"failed": failed}})


def _rounds(now: datetime, *, here: Here) -> int:
    from evenroll.worker.driver import run_until_idle

    failed = 0
    for _ in range(ROUNDS_MAX):
        jumped = here.jumped
        progress = run_until_idle(here.installation, now=now + jumped, limit=SLICE)
        failed += progress.failed
        if progress.failed:
            _free_waits(here)
        if jumped:
            # The clock is set right again.
            here.hooks.jumped = timedelta()
        elif progress.idle and not progress.failed:
            break
    else:
        raise AssertionError(f"A worker does not come to rest at {now}.")
    if here.carrier is not None:
        here.carrier.bring_kept(now=now)
    return failed


def _free_waits(here: Here) -> None:
    """What failed was put back for minutes of the wall clock; they pass before the business clock runs on for days."""
    from evenroll.records.organizations import cursor, open_organization

    for key in here.territory.organizations:
        with open_organization(key), cursor() as pen:
            pen.execute("UPDATE track SET claimed_until = NULL WHERE claimed_until IS NOT NULL")


def seal_round(territory: Territory) -> int:
    """What a worker does after its rounds, for the organizations of one territory, in small batches."""
    from evenroll.records.sealing import seal

    count = 0
    for key in territory.organizations:
        while found := seal(key, limit=SEALED_AT_ONCE):
            count += found
            if found < SEALED_AT_ONCE:
                break
    return count


def _enroll(work: Enroll, *, here: Here, tell: Callable[[Any], object]) -> None:
    """Each row that was told is an answer; at the end their count is one."""
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.intake.row_reader import RowRules
    from evenroll.worker.driver import run_until_idle

    rules = RowRules(
        today=work.now.date(), organizations=frozenset({str(here.territory.utility)}), programs=work.programs
    )
    run = BulkRun(
        shape=file_shape(work.path), rules=rules, now=work.now, organizations=here.territory.organizations, batch=2
    )
    count = 0
    for row in run_file(run, driver=lambda: run_until_idle(here.installation, now=work.now) and None):
        _reach(here)
        tell({"row": (row.row, row.case, row.result)})
        count += 1
    tell({"answer": count})


def _load(work: Load) -> dict[str, int]:
    from evenroll.intake.load_file import load_file
    from evenroll.intake.load_hand import LoadAsked
    from evenroll.intake.load_source import source_of

    faults: list[Any] = []
    asked = LoadAsked(
        organization=work.organization,
        kind=work.kind,
        source=source_of(work.path),
        as_of_on=work.as_of_on,
        now=work.now,
    )
    loaded = load_file(asked, tell=faults.append)
    assert loaded.is_kept and not faults, faults
    return {"rows": loaded.rows}
