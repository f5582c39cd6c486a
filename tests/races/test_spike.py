"""A rush on a program with a cap: every place is taken once, all others stand in line in the published order."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.programs.program import ProgramVersion
from evenroll.programs.program_terms import Cap
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.database import DatabaseUrls
from tests.races.applicants import Report
from tests.races.crowd import Crowd, crowd_in
from tests.races.processes import at_once
from tests.territory import NOW, Territory, capped_program, days, new_territory
from tests.world.caps import check_order
from tests.world.memory import Stream

PROCESSES = 8
APPLICATIONS = int(os.environ.get("EVENROLL_LAUNCH_APPLICATIONS", "120"))
"""5,000 is the launch of the requirement: EVENROLL_LAUNCH_APPLICATIONS=5000 EVENROLL_LAUNCH_PLACES=100."""
PLACES = int(os.environ.get("EVENROLL_LAUNCH_PLACES", "20"))
GIVE_UP = 10
LONGEST_SECONDS = 120 + APPLICATIONS
LATER = NOW + days(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rush:
    """What the processes did, and where."""

    territory: Territory
    program: ProgramVersion
    reports: tuple[Report, ...]

    @property
    def cases(self) -> list[Case]:
        """Every case of the rush."""
        numbers = [CaseNumber(number) for report in self.reports for number in report.numbers]
        return [self.territory.case(self.territory.utility, number) for number in numbers]


def test_a_rush_on_a_program_fills_its_places_and_its_list(django_ready: DatabaseUrls, embedded_home: Path) -> None:
    """Invariant 3, and rule 16. One test: workers of a parallel run would each begin the rush again."""
    rush = _rush(django_ready, embedded_home)
    _no_process_hung_failed_or_lost_an_error(rush)
    line = _places_are_taken_once_and_all_others_wait(rush)
    _the_line_stands_in_the_published_order(rush, line)
    _places_that_become_free_are_offered_to_the_first_in_line(rush, line)
    _journal_and_tables_agree(rush)


def _rush(urls: DatabaseUrls, home: Path) -> Rush:
    territory = new_territory()
    program = capped_program(territory, Cap(places=PLACES))
    shares = [len(range(first, APPLICATIONS, PROCESSES)) for first in range(PROCESSES)]
    crowds = [Crowd(territory=territory, program=program, count=count, urls=urls, home=home) for count in shares]
    reports = tuple(at_once(crowd_in, crowds, longest_seconds=LONGEST_SECONDS))
    # What the fastest could not see yet, because its clock had not come so far.
    left = territory.run(LATER)
    assert (left.failed, left.refused) == (0, 0)
    return Rush(territory=territory, program=program, reports=reports)


def _no_process_hung_failed_or_lost_an_error(rush: Rush) -> None:
    assert [report.trouble for report in rush.reports if report.trouble] == []
    assert len(rush.reports) == PROCESSES
    assert {(report.failed, report.refused, report.parked) for report in rush.reports} == {(0, 0, 0)}
    # One that comes late may find nothing left: a worker takes many waits at once.
    assert sum(1 for report in rush.reports if report.commands) >= PROCESSES // 2, "a few processes drove everything"


def _places_are_taken_once_and_all_others_wait(rush: Rush) -> list[CaseNumber]:
    """The line, in the order of the published rule, worked out from the cases alone."""
    cases = rush.cases
    assert Counter(case.status for case in cases) == {
        State.ENROLLED: PLACES,
        State.WAITLISTED: APPLICATIONS - PLACES,
    }
    counters = "SELECT cap, taken, waiting FROM program_place WHERE organization_id = %s AND program = %s"
    assert _rows(rush.territory, counters, rush.program.key) == [(PLACES, PLACES, APPLICATIONS - PLACES)]
    ranked: list[tuple[object, CaseNumber]] = []
    for case in cases:
        assert case.completed_at is not None and case.proof.proved_at is not None
        if case.line is not None:
            assert case.line.ranked_at == max(case.completed_at, case.proof.proved_at)
            ranked.append((case.line.ranked_at, case.number))
    assert len({rank for rank, _ in ranked}) > 1, "all of one rank would prove no order"
    return [number for _, number in sorted(ranked)]  # pyright: ignore[reportArgumentType]


def _the_line_stands_in_the_published_order(rush: Rush, line: list[CaseNumber]) -> None:
    from evenroll.records.organizations import open_organization
    from evenroll.records.program_lines import standing_of

    shown = (
        "SELECT case_number FROM program_line WHERE organization_id = %s AND standing = 'waiting' "
        "ORDER BY ranked_at, case_number"
    )
    assert [number for (number,) in _rows(rush.territory, shown)] == line
    with open_organization(rush.territory.utility):
        seventh = standing_of(line[6])
    assert seventh is not None and (seventh.position, seventh.waiting) == (7, len(line))


def _places_that_become_free_are_offered_to_the_first_in_line(rush: Rush, line: list[CaseNumber]) -> None:
    territory = rush.territory
    for case in [each for each in rush.cases if each.status is State.ENROLLED][:GIVE_UP]:
        given = territory.give(territory.utility, CommandName.WITHDRAW, case.number, role=Role.CUSTOMER, now=LATER)
        territory.taken(given)
    territory.run(LATER)
    territory.run(LATER + days(1))
    offered = {case.number for case in rush.cases if case.line is not None and case.line.offered_until_on is not None}
    assert offered == set(line[:GIVE_UP])
    counters = "SELECT cap, taken, waiting FROM program_place WHERE organization_id = %s AND program = %s"
    assert _rows(territory, counters, rush.program.key) == [(PLACES, PLACES, len(line) - GIVE_UP)]


def _journal_and_tables_agree(rush: Rush) -> None:
    """The history of the places admits nobody above the cap or out of turn, and replays to the same rows."""
    from evenroll.records.folds import read_event
    from evenroll.records.journal import read_stream, verify_organization
    from evenroll.records.organizations import open_organization
    from evenroll.records.replay import replay
    from evenroll.records.streams import StreamKind, program_place_stream

    territory = rush.territory
    with open_organization(territory.utility):
        entries = list(read_stream(program_place_stream(rush.program.key)))
    events = tuple(
        (each.business_at, read_event(StreamKind.PROGRAM_PLACE, event=each.event, version=each.version, data=each.data))
        for each in entries
    )
    check_order(Stream(state=None, events=events))
    assert verify_organization(territory.utility).holds
    assert replay(f"rush_{territory.tag}", organizations=(territory.utility,)).differences == ()


def _rows(territory: Territory, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    from evenroll.records.organizations import cursor, open_organization

    with open_organization(territory.utility) as opened, cursor() as pen:
        return pen.execute(sql, (opened.id, *parameters)).fetchall()  # pyright: ignore[reportArgumentType]
