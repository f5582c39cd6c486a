"""A case as its customer may read it: found or not there, with its version, its program and what is possible now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404

from evenroll.accounts import wired
from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.possible_commands import possible_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State, TrackState
from evenroll.pages.web_request import PageRequest, viewer_of
from evenroll.portal.case_offers import is_offered
from evenroll.programs.program import ProgramVersion
from evenroll.programs.text import Language as ProgramLanguage
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records import queries
from evenroll.records.entries import Entry
from evenroll.records.gathered import program_of
from evenroll.records.organizations import open_organization

CASES_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCase:
    """A case of the customer who asks. version: of its last entry, read before it; now: the business clock."""

    case: Case
    version: int
    program: ProgramVersion | None
    calendar: ServiceCalendar
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the territory."""
        return ZoneInfo(self.calendar.zone)

    @property
    def today(self) -> date:
        """The day in the territory."""
        return self.now.astimezone(self.zone).date()

    @property
    def waiting(self) -> tuple[TrackState, ...]:
        """The tracks that wait on somebody, the most urgent first, without the supervisor's long look."""
        live = (each for each in self.case.tracks.values() if each.owner is not None and each.due_at is not None)
        seen = (each for each in live if not (each.state is State.ENROLLED and each.times == 0))
        return tuple(sorted(seen, key=lambda each: (each.due_at or each.since, each.key)))

    @property
    def possible(self) -> tuple[CommandName, ...]:
        """What the customer can do now."""
        states = [(each.track, each.state) for each in self.case.tracks.values() if each.owner is not None]
        found = possible_commands(states, role=Role.CUSTOMER, case=self.case)
        return tuple(name for name in found if is_offered(name, self.case, self.program))

    def last_day(self, track: TrackState) -> date | None:
        """The last day on which what a track waits for is in time; a wait ends as the day after it begins."""
        if track.due_at is None:
            return None
        return (track.due_at - timedelta(seconds=1)).astimezone(self.zone).date()

    def name(self, request: PageRequest) -> str:
        """What the case is called: its program's name; "" before one was chosen."""
        if self.program is None:
            return ""
        return self.program.name.in_language(ProgramLanguage(request.language.value))


def own_case(request: PageRequest, number: str) -> OwnCase:
    """The case, for its own customer. Raises Http404 where it is not there and where it is somebody else's, alike."""
    viewer = viewer_of(request)
    with open_organization(viewer.organization) as opened:
        try:
            version = queries.case_version(viewer, number=CaseNumber(number))
            case = queries.case(viewer, number=CaseNumber(number))
        except queries.NotForViewer:
            raise Http404 from None
        return OwnCase(
            case=case,
            version=version,
            program=program_of(case),
            calendar=opened.calendar,
            now=wired.business_now(),
        )


def own_cases(request: PageRequest) -> Sequence[OwnCase]:
    """The customer's cases, at most CASES_SHOWN, the newest first."""
    found = [own_case(request, number) for number in queries.cases(viewer_of(request), limit=CASES_SHOWN)]
    return sorted(found, key=lambda each: each.case.opening.opened_at, reverse=True)


def own_timeline(request: PageRequest, own: OwnCase) -> Sequence[Entry]:
    """The journal of a case, in order."""
    return queries.timeline(viewer_of(request), number=own.case.number)
