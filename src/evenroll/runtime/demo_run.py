"""Running the demo: the territory, the example file, then driver, cast and business clock until nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.facts import PartnerAway, ProviderAnswer
from evenroll.enrollment.roles import Role
from evenroll.intake.result_file import ResultRow
from evenroll.intake.row_reader import RowRules
from evenroll.ports.clearinghouse import Clearinghouse, ProviderQuestion
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber, OfferId, PodId
from evenroll.runtime.demo_script import FOLDER, load_script, point_of, territory_points
from evenroll.runtime.territory_plan import BEGINS_ON, REGISTRY, SUPPLIERS, TERRITORY, UTILITY

if TYPE_CHECKING:
    from evenroll.runtime.demo_cast import Cast, Planned
    from evenroll.runtime.demo_state import World
    from evenroll.worker.installation import Installation

BEGINS_AT: Final = datetime.combine(BEGINS_ON, datetime.min.time(), tzinfo=UTC) + timedelta(hours=15)
HORIZON: Final = timedelta(days=150)
"""Later than this nothing of the script happens; yearly statements of active cases lie beyond it."""
MOMENTS_MAX: Final = 2000

_CLOCK_TAKES: Final = frozenset({Role.SYSTEM, Role.CUSTOMER})
"""Whose waits the clock runs to: the driver's own, and a customer's silence, which ends by a rule."""

Tell = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class DemoRun:
    """What a run of the demo came to. results: of the example file's rows, by application.

    offers: by application, what was shown before it came. refused: acts of the script that a rule refused. troubles:
    commands that failed and messages that were parked.
    """

    installation: Installation
    results: dict[str, ResultRow] = field(default_factory=dict[str, ResultRow])
    cases: dict[str, CaseNumber] = field(default_factory=dict[str, CaseNumber])
    offers: dict[str, OfferId] = field(default_factory=dict[str, OfferId])
    now: datetime = BEGINS_AT
    moments: int = 0
    refused: tuple[str, ...] = ()
    commands: int = 0
    messages: int = 0
    troubles: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AwayForSome:
    """A clearinghouse that does not answer about some usage points before a day."""

    clearinghouse: Clearinghouse
    until: Mapping[PodId, date]

    def find(self, question: ProviderQuestion, *, on: date) -> ProviderAnswer | PartnerAway:
        """As the one behind it, once that day has come."""
        if question.pod is not None and on < self.until.get(question.pod, date.min):
            return PartnerAway(partner="clearinghouse", detail="not_reached")
        return self.clearinghouse.find(question, on=on)


def example_file() -> Path:
    """Where the example file of the demo lies."""
    return Path(str(resources.files("evenroll.runtime") / FOLDER / "applications.csv"))


def prepare(*, now: datetime = BEGINS_AT) -> DemoRun:
    """Load the territory into the empty demo database, and wire its installation."""
    from evenroll.partners.registry_clearinghouse import RegistryClearinghouse
    from evenroll.runtime.installation_wiring import wired_installation
    from evenroll.runtime.territory_load import load_territory

    load_territory(territory_points(), now=now, special=_registry_rows())
    away = {
        point_of(each).pod: date.fromisoformat(each.clearinghouse["away_until"])
        for each in load_script()
        if "away_until" in each.clearinghouse
    }
    registry = AwayForSome(clearinghouse=RegistryClearinghouse(organization=REGISTRY), until=away)
    return DemoRun(installation=wired_installation(clearinghouse=registry), now=now)


def take_in_example(run: DemoRun, *, tell: Tell) -> None:
    """Enroll the example file through the door for files; who asks for the costs first brings the offer's number."""
    from evenroll.intake.bulk import BulkRun, run_file
    from evenroll.intake.file_shape import file_shape
    from evenroll.runtime.demo_offers import file_with_offers, show_costs

    rules = RowRules(
        today=calendar(TERRITORY).business_date(run.now),
        organizations=frozenset({UTILITY, *SUPPLIERS}),
        programs=frozenset(each.key for each in load_catalog().programs),
    )
    run.offers |= show_costs(load_script(), clearinghouse=run.installation.clearinghouse, now=run.now)
    with file_with_offers(example_file(), offers=run.offers) as file:
        bulk = BulkRun(
            shape=file_shape(file),
            rules=rules,
            now=run.now,
            organizations=run.installation.organizations,
        )
        for row in run_file(bulk, driver=lambda: _drive(run)):
            _note_row(run, row, tell)


def _note_row(run: DemoRun, row: ResultRow, tell: Tell) -> None:
    run.results[row.application] = row
    if row.case:
        run.cases[row.application] = CaseNumber(row.case)
    tell(row.application)


def play(run: DemoRun, *, tell: Tell) -> None:
    """Advance the business clock to whatever comes next, until every case is finished or waits on a person."""
    from evenroll.runtime.demo_cast import Cast, plan
    from evenroll.runtime.demo_state import look

    cast = Cast(scenarios={each.key: each for each in load_script()}, cases=run.cases)
    ends_at = run.now + HORIZON
    for _ in range(MOMENTS_MAX):
        world = look(run.cases, organizations=run.installation.organizations)
        planned = plan(cast, world, now=run.now)
        next_at = _next(planned, world, after=run.now)
        if next_at is None or next_at > ends_at:
            break
        _advance(run, to=next_at)
        _moment(run, cast, planned, world)
        tell(f"{next_at:%Y-%m-%d}")
    run.refused = tuple(cast.refused)


def _next(planned: tuple[Planned, ...], world: World, *, after: datetime) -> datetime | None:
    instants = [each.at for each in planned]
    instants += [each.due_at for each in world.waits if each.owner in _CLOCK_TAKES and each.due_at > after]
    return min(instants, default=None)


def _advance(run: DemoRun, *, to: datetime) -> None:
    from evenroll.records.business_clock import set_demo_now
    from evenroll.runtime.territory_reads import take_reads

    territory = calendar(TERRITORY)
    before_on, on = territory.business_date(run.now), territory.business_date(to)
    if on > before_on:
        days = [before_on + timedelta(days=1), on + timedelta(days=1)]
        in_use = {each.number for each in load_script() if each.key in run.cases}
        points = [point for point in territory_points() if point.number in in_use]
        take_reads(points, from_on=days[0], until_on=days[1])
    run.now = to
    set_demo_now(to)


def _moment(run: DemoRun, cast: Cast, planned: tuple[Planned, ...], world: World) -> None:
    from evenroll.runtime.demo_cast import perform

    # What lapses at this instant comes first: a person who acts at the very end of a day was still in time before.
    _drive(run)
    for each in planned:
        if each.at <= run.now:
            perform(cast, each, world, installation=run.installation, now=run.now)
    _drive(run)
    run.moments += 1


def _drive(run: DemoRun) -> None:
    from evenroll.worker.driver import run_until_idle

    progress = run_until_idle(run.installation, now=run.now)
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
