"""One active enrollment whose ledger is driven by its own waits, for tests of row 10's money."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from evenroll.enrollment.activation import activated
from evenroll.enrollment.case import Case, DeviceOfCase, Opening, Place
from evenroll.enrollment.case_commands import NoPayload
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.decide import CASE_DECIDERS
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.event import Event
from evenroll.enrollment.event_messages import EventResultTold, EventTold
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.ledger import (
    EventResult,
    MissReason,
)
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State, TrackState
from evenroll.programs.catalog import parse_catalog
from evenroll.programs.program import ProgramVersion, Track, Unit
from evenroll.programs.program_terms import (
    EventLimit,
    EventTerms,
    Grid,
    Incentive,
    IncentivePer,
)
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, ProgramKey

LAKELAND = calendar("US-LAKELAND")
ACTIVE_ON = date(2027, 1, 12)
NUMBER = CaseNumber("EV-00000-00000-0000")
NOTHING = NoPayload()
EVENTS = EventTerms(
    limits=(EventLimit(events_max=2, per=Grid.MONTH),),
    months=(6, 7, 8, 9),
    from_hour=14,
    to_hour=20,
    weekdays_only=True,
    hours_max=4,
    notice_hours_min=20,
    opt_outs_max=2,
)


def at_start(day: date) -> datetime:
    return LAKELAND.start_of_day(day).astimezone(UTC)


def a_program(**terms: Any) -> ProgramVersion:
    file = files("evenroll.programs") / "catalog" / "lakeland-electric.yaml"
    catalog = parse_catalog({file.name: file.read_text(encoding="utf-8")})
    bare = {"events": None, "incentives": (), "protection": None}
    return replace(catalog.program(ProgramKey("LE-EV-NIGHT")), **{**bare, **terms})


def per(kind: IncentivePer, usd: str = "10", **terms: Any) -> Incentive:
    return Incentive(code=terms.pop("code", kind.value), usd=Decimal(usd), per=kind, **terms)


@dataclass
class Life:
    """One active enrollment, driven by its own waits as the one driver does."""

    program: ProgramVersion
    case: Case
    now: datetime
    earned_by_device: frozenset[tuple[str, str]] = frozenset()
    protection: ProtectionFigures | ProtectionUnknown | None = None
    events: list[Event] = field(default_factory=list[Event])

    def facts(self, by: str = "ana", role: Role = Role.SYSTEM) -> CaseFacts:
        return CaseFacts(
            now=self.now,
            calendar=LAKELAND,
            by=role,
            program=self.program,
            by_key=by,
            earned_by_device=self.earned_by_device,
            protection=self.protection,
        )

    def say(self, name: C, command: object = NOTHING, *, by: str = "ana") -> Decided | Refusal:
        decided = CASE_DECIDERS[name](self.case, command, self.facts(by))
        if isinstance(decided, Decided):
            for event in decided.events:
                self.case = evolve(self.case, event)
            self.events += decided.events
        return decided

    def run_to(self, day: date) -> None:
        """The clock runs; every wait of the ledger that lapses on the way is taken."""
        until = at_start(day)
        while True:
            due = [
                each
                for each in self.case.tracks.values()
                if each.track is Track.LEDGER and each.due_at is not None and each.due_at <= until
            ]
            if not due:
                self.now = until
                return
            first = min(due, key=lambda each: each.due_at or until)
            assert first.due_at is not None and first.on_lapse is not None
            self.now = max(self.now, first.due_at)
            assert isinstance(self.say(first.on_lapse), Decided)
            after = self.case.tracks[first.key].due_at
            assert after is None or after > self.now, "an endless loop at one instant"

    def credits(self) -> dict[tuple[str, str], Decimal]:
        return {(each.code, each.span): each.usd for each in self.case.ledger.credits}

    def why_missed(self) -> dict[tuple[str, str], MissReason]:
        return {(each.code, each.span): each.why for each in self.case.ledger.missed}

    def told(self, event: str, on: date, *, hour: int = 16) -> None:
        starts_at = at_start(on) + timedelta(hours=hour)
        body = EventTold(case=NUMBER, event=event, on=on, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        assert isinstance(self.say(C.HEAR_EVENT, body), Decided)

    def result(self, event: str, result: EventResult) -> None:
        assert isinstance(self.say(C.HEAR_EVENT, EventResultTold(case=NUMBER, event=event, result=result)), Decided)


def begin(program: ProgramVersion, *, active_on: date = ACTIVE_ON, controlled: bool = False) -> Life:
    now = at_start(active_on)
    opening = Opening(opened_at=now, channel=Channel.WEB, language=Language.EN)
    tracks = {"case": TrackState(track=Track.CASE, subject="", state=State.ENROLLED, since=now)}
    if controlled:
        tracks["device"] = TrackState(track=Track.DEVICE, subject="", state=State.LIVE, since=now)
    case = Case(
        number=NUMBER,
        organization=OrganizationKey("lakeland-electric"),
        opening=opening,
        tracks=tracks,
        price_since=active_on,
        control_since=active_on if controlled else None,
        devices=(DeviceOfCase(device="W-77231", kind="evse"),),
        places=(Place(family="energy_price", unit=Unit.USAGE_POINT, unit_key="POD-1"),),
    )
    life = Life(program=program, case=case, now=now)
    for event in activated(case, program, price_since=active_on, control_since=None, facts=life.facts()):
        life.case = evolve(life.case, event)
    return life


def a_credit(usd: str = "25") -> Life:
    life = begin(a_program(incentives=(per(IncentivePer.ENROLLMENT, usd, code="bonus"),)))
    life.run_to(ACTIVE_ON)
    return life
