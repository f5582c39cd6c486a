"""Running the demo: the territory, the example file, then driver, cast and business clock until nothing is left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.roles import Role
from evenroll.intake.result_file import ResultRow
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber, OfferId, PodId, ProgramKey
from evenroll.runtime.demo_arrivals import comers, take_in
from evenroll.runtime.demo_clearinghouse import AwayForSome
from evenroll.runtime.demo_script import (
    FOLDER,
    Scenario,
    all_points,
    load_events,
    load_script,
    point_of,
    points_of,
)
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.territory_plan import BEGINS_ON, TERRITORY

if TYPE_CHECKING:
    from evenroll.runtime.demo_cast import Cast, Planned
    from evenroll.runtime.demo_state import World
    from evenroll.runtime.demo_workers import Workers
    from evenroll.worker.installation import Installation

BEGINS_AT: Final = datetime.combine(BEGINS_ON, datetime.min.time(), tzinfo=UTC) + timedelta(hours=15)
HORIZON: Final = timedelta(days=458)
"""Later than this nothing of the script happens: a year, and the months in which it is settled."""
MOMENTS_MAX: Final = 2000
READ_DAYS: Final = 150
"""So long the meters of everyday customers are read; of whoever has a story, or a year to be settled, to the end."""
_HOUR_OF_WORK: Final = timedelta(hours=10)

_CLOCK_TAKES: Final = frozenset({Role.SYSTEM, Role.CUSTOMER})
"""Whose waits the clock runs to: the driver's own, and a customer's silence, which ends by a rule."""

Tell = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class DemoRun:
    """What a run of the demo came to. results: of the example file's rows, by application.

    offers: by application, what was shown before it came. told: by application, the codes that the rules or an answer
    told outside its journal. refused: acts of the script that a rule refused. troubles:
    commands that failed and messages that were parked.
    """

    installation: Installation
    results: dict[str, ResultRow] = field(default_factory=dict[str, ResultRow])
    cases: dict[str, CaseNumber] = field(default_factory=dict[str, CaseNumber])
    offers: dict[str, OfferId] = field(default_factory=dict[str, OfferId])
    told: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    now: datetime = BEGINS_AT
    moments: int = 0
    refused: tuple[str, ...] = ()
    commands: int = 0
    messages: int = 0
    troubles: int = 0
    workers: Workers | None = None


def example_file() -> Path:
    """Where the example file of the demo lies."""
    return Path(str(resources.files("evenroll.runtime") / FOLDER / "applications.csv"))


def prepare(*, now: datetime = BEGINS_AT) -> DemoRun:
    """Load the territories into the empty demo database, and wire its installation."""
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.runtime.mail_wiring import clear_demo_mail
    from evenroll.runtime.territory_load import load_territory

    clear_demo_mail(os.environ, home=evenroll_home(os.environ))
    load_territory(all_points(), now=now, special=_registry_rows())
    away = {
        point_of(each).pod: date.fromisoformat(each.clearinghouse["away_until"])
        for each in load_script()
        if "away_until" in each.clearinghouse
    }
    wired = wired_installation()
    registries = AwayForSome(clearinghouse=wired.clearinghouse, until=away)
    return DemoRun(installation=replace(wired, clearinghouse=registries), now=now)


@contextmanager
def working(run: DemoRun) -> Iterator[None]:
    """The time in which the example file is taken in and played: two workers drive it."""
    from evenroll.runtime.demo_workers import two_workers

    with two_workers(run.installation) as workers:
        run.workers = workers
        yield
    run.workers = None


def take_in_example(run: DemoRun, *, tell: Tell) -> None:
    """Enroll those of the example file who come on the first day."""
    first = tuple(each for each in load_script() if each.comes_on is None)
    take_in(run, first, driver=lambda: _drive(run), tell=tell)


def play(run: DemoRun, *, tell: Tell) -> None:
    """Advance the business clock to whatever comes next, until every case is finished or waits on a person."""
    from evenroll.runtime.demo_cast import Cast, plan
    from evenroll.runtime.demo_events import Manager
    from evenroll.runtime.demo_state import look

    cast = Cast(scenarios={each.key: each for each in load_script()}, cases=run.cases, told=run.told)
    manager, later = Manager(events=load_events()), list(comers())
    _read_first(run)
    ends_at = run.now + HORIZON
    for _ in range(MOMENTS_MAX):
        world = look(run.cases, organizations=run.installation.organizations)
        planned = plan(cast, world, now=run.now)
        comes_at = later[0][0] if later else None
        next_at = _next(planned, world, (manager.next_at, comes_at), after=run.now)
        if next_at is None or next_at > ends_at:
            break
        _advance(run, world, to=next_at)
        if comes_at is not None and comes_at <= run.now:
            take_in(run, later.pop(0)[1], driver=lambda: _drive(run), tell=tell)
        called = manager.act(run.installation, now=run.now)
        _moment(run, cast, planned, world, called=called)
        tell(f"{next_at:%Y-%m-%d}")
    _tell_customers(run)
    run.refused = (*cast.refused, *manager.refused)


def _read_first(run: DemoRun) -> None:
    """What is read on the first day itself."""
    from evenroll.runtime.territory_reads import take_reads

    points = {point_of(each).pod: point_of(each) for each in load_script() if _is_one(run, each)}
    take_reads(list(points.values()), from_on=BEGINS_ON, until_on=BEGINS_ON + timedelta(days=1))


def _next(
    planned: tuple[Planned, ...], world: World, also: Iterable[datetime | None], *, after: datetime
) -> datetime | None:
    instants = [each.at for each in planned] + [each for each in also if each is not None]
    instants += [_at_work(each.due_at) for each in world.waits if each.owner in _CLOCK_TAKES and each.due_at > after]
    return min((each for each in instants if each > after), default=None)


def _at_work(due_at: datetime) -> datetime:
    """When the clock takes what is due: in the morning of that day, as all of it at once."""
    where = calendar(TERRITORY)
    return max(due_at, where.start_of_day(where.business_date(due_at)) + _HOUR_OF_WORK)


def _advance(run: DemoRun, world: World, *, to: datetime) -> None:
    from evenroll.records.business_clock import set_demo_now
    from evenroll.runtime.territory_reads import take_reads

    territory = calendar(TERRITORY)
    before_on, on = territory.business_date(run.now), territory.business_date(to)
    if on > before_on:
        _tell_customers(run)
        scenarios = {each.key: each for each in load_script()}
        points = [
            point
            for each in scenarios.values()
            if _is_one(run, each) and _is_read(each, on=on)
            for point in points_of(each)
        ]
        days = [before_on + timedelta(days=1), on + timedelta(days=1)]
        also = {
            point_of(scenarios[each.application]).pod: territory.business_date(each.due_at)
            for each in world.waits
            if each.at == "service.dated" and each.is_order and run.now < each.due_at <= to
        }
        unique = list({each.pod: each for each in points}.values())
        take_reads(unique, from_on=days[0], until_on=days[1], also=also)
    run.now = to
    set_demo_now(to)


def _tell_customers(run: DemoRun) -> None:
    """Mails of the day that is over go out beside whatever comes next."""
    assert run.workers is not None, "the demo drives within `working` only"
    run.workers.tell(now=run.now)


def _is_one(run: DemoRun, scenario: Scenario) -> bool:
    """Whether there is, or will be, a case of this application: who comes later is read from the first day as well."""
    return scenario.key in run.cases or scenario.comes_on is not None


def _is_read(scenario: Scenario, *, on: date) -> bool:
    from evenroll.runtime.demo_applications import program_of

    if not scenario.family or on < BEGINS_ON + timedelta(days=READ_DAYS):
        return True
    program = load_catalog().program(ProgramKey(program_of(scenario)))
    return program.protection is not None


def _moment(run: DemoRun, cast: Cast, planned: tuple[Planned, ...], world: World, *, called: bool) -> None:
    from evenroll.runtime.demo_cast import perform

    # What lapses at this instant comes first: a person who acts at the very end of a day was still in time before.
    if called or any(each.due_at <= run.now for each in world.waits):
        _drive(run)
    due = [each for each in planned if each.at <= run.now]
    for each in due:
        perform(cast, each, world, installation=run.installation, now=run.now)
    if due:
        _drive(run)
    run.moments += 1


def _drive(run: DemoRun) -> None:
    assert run.workers is not None, "the demo drives within `working` only"
    progress = run.workers.drive(now=run.now)
    run.commands += progress.commands
    run.messages += progress.messages
    run.troubles += progress.failed + progress.parked


def _registry_rows() -> dict[PodId, dict[str, object]]:
    said: dict[PodId, dict[str, object]] = {}
    for each in load_script():
        row = {key: value for key, value in each.clearinghouse.items() if key != "away_until"}
        if row:
            said[point_of(each).pod] = dict(row)
    return said
