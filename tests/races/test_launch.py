"""A launch day: ten applications for every usage point from eight processes at once; each point is enrolled once."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from evenroll.enrollment.case import Case
from evenroll.enrollment.tracks import State
from evenroll.programs.program import MeterCapability
from evenroll.programs.rules import Outcome, RuleKind
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.database import DatabaseUrls
from tests.races.applicants import Report, Share, apply_and_drive
from tests.races.processes import at_once
from tests.territory import NIGHT_RATE, NOW, Premise, Territory, new_territory

PROCESSES = 8
APPLICANTS = 10
POINTS = int(os.environ.get("EVENROLL_LAUNCH_POINTS", "100"))
"""100 is the launch of 1,000 applications; a slow machine may be given less of the same."""
LONGEST_SECONDS = 60 + 3 * POINTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Launch:
    """What the processes did, and where."""

    territory: Territory
    premises: tuple[Premise, ...]
    reports: tuple[Report, ...]

    @property
    def numbers(self) -> list[CaseNumber]:
        return [CaseNumber(number) for report in self.reports for number in report.numbers]


def test_a_launch_day_enrolls_every_usage_point_once(django_ready: DatabaseUrls, embedded_home: Path) -> None:
    """One test: workers of a parallel run would each launch again."""
    launched = _launch(django_ready, embedded_home)
    _no_process_hung_failed_or_lost_an_error(launched)
    _every_usage_point_has_exactly_one_live_enrollment(launched)
    _everybody_else_is_told_of_the_live_enrollment(launched)
    _nothing_is_in_limbo_and_nothing_is_left_to_do(launched)
    _every_stream_of_the_journal_holds(launched)


def _launch(urls: DatabaseUrls, home: Path) -> Launch:
    territory = new_territory()
    premises = tuple(
        territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS) for _ in range(POINTS)
    )
    # Each process goes through all points in the same order, so that they meet at each of them.
    applications = [premise for premise in premises for _ in range(APPLICANTS)]
    whole = Share(territory=territory, premises=tuple(applications), urls=urls, home=home)
    shares = [replace(whole, premises=whole.premises[first::PROCESSES]) for first in range(PROCESSES)]
    return Launch(
        territory=territory,
        premises=premises,
        reports=tuple(at_once(apply_and_drive, shares, longest_seconds=LONGEST_SECONDS)),
    )


def _no_process_hung_failed_or_lost_an_error(launched: Launch) -> None:
    reports = launched.reports
    assert [report.trouble for report in reports if report.trouble] == []
    assert len(reports) == PROCESSES
    assert len(set(launched.numbers)) == len(launched.premises) * APPLICANTS
    assert {(report.failed, report.refused, report.parked) for report in reports} == {(0, 0, 0)}
    # One that comes late may find nothing left: a worker takes many waits at once.
    assert sum(1 for report in reports if report.commands) >= PROCESSES // 2, "a few processes drove everything"


def _every_usage_point_has_exactly_one_live_enrollment(launched: Launch) -> None:
    territory, premises = launched.territory, launched.premises
    cases = [territory.case(territory.utility, number) for number in launched.numbers]
    assert Counter(case.status for case in cases) == {
        State.ENROLLED: len(premises),
        State.NEEDS_ANSWER: len(premises) * (APPLICANTS - 1),
    }
    enrolled = [case for case in cases if case.status is State.ENROLLED]
    live = _rows(territory, "SELECT unit_id, case_number FROM place WHERE organization_id = %s AND live")
    assert sorted(live) == sorted((str(case.pod), case.number) for case in enrolled)
    assert {pod for pod, _ in live} == {premise.pod for premise in premises}
    for case in enrolled:
        order = territory.order_of(territory.utility, case.number)
        assert (order.request.case, order.pod, order.cancelled) == (case.number, case.pod, None)


def _everybody_else_is_told_of_the_live_enrollment(launched: Launch) -> None:
    territory = launched.territory
    for number in launched.numbers:
        case = territory.case(territory.utility, number)
        if case.status is State.NEEDS_ANSWER:
            assert _live_finding(territory, case) == (Outcome.CURABLE, {"found": territory.night.family})


def _nothing_is_in_limbo_and_nothing_is_left_to_do(launched: Launch) -> None:
    from evenroll.records import outbox

    territory = launched.territory
    left = territory.run()
    assert (left.done, left.failed, left.refused) == (0, 0, 0)
    overdue = "SELECT stream_key, track_key, claimed_until FROM track WHERE organization_id = %s AND due_at <= %s"
    assert _rows(territory, overdue, NOW) == []
    nobody = (
        "SELECT number, status FROM case_record WHERE organization_id = %s AND status NOT IN "
        "('enrolled') AND (owner IS NULL OR due_at IS NULL)"
    )
    assert _rows(territory, nobody) == []
    assert outbox.undelivered(territory.utility) == (0, 0)
    assert (
        _rows(territory, "SELECT message_id FROM inbox_message WHERE organization_id = %s AND parked_why <> ''") == []
    )


def _every_stream_of_the_journal_holds(launched: Launch) -> None:
    from evenroll.records.journal import verify_organization

    territory = launched.territory
    for organization in (territory.utility, territory.esco, territory.registry):
        assert verify_organization(organization).holds


def _live_finding(territory: Territory, case: Case) -> tuple[Outcome, dict[str, str]]:
    from evenroll.enrollment.case_events import DecisionMade
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream
    from evenroll.records.organizations import open_organization
    from evenroll.records.streams import StreamKind, case_stream

    with open_organization(territory.utility):
        entry = next(each for each in read_stream(case_stream(case.number)) if each.event == "decision_made")
    event = read_event(StreamKind.CASE, event=entry.event, version=entry.version, data=entry.data)
    assert isinstance(event, DecisionMade)
    found = next(each for each in event.findings if each.kind is RuleKind.NO_EXCLUDED_PROGRAM)
    return found.outcome, dict(found.evidence.parameters)


def _rows(territory: Territory, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        return pen.execute(sql, (opened.id, *parameters)).fetchall()  # pyright: ignore[reportArgumentType]
