"""What a decision about a case may rest on besides the case: moment, territory, catalog, and what partners said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import FactMissing, Refusal, RefusalCode
from evenroll.enrollment.eligibility import EligibilityFacts, EquipmentListing
from evenroll.enrollment.facts import MeterFacts, PartnerAway, ProviderAnswer, RegisterAnswer
from evenroll.enrollment.form import Channel, FormField
from evenroll.enrollment.program_places import ProgramPlaces
from evenroll.enrollment.protection_facts import ProtectionFigures, ProtectionUnknown
from evenroll.enrollment.roles import Role
from evenroll.enrollment.track_fold import move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.usage_point import UsagePoint
from evenroll.enrollment.waits import Wait, WaitRule
from evenroll.programs.program import ProgramVersion, Track
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import CaseNumber, CustomerId, OrderNumber, Pevid, TrackingNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFacts:
    """Everything that a step hands to a decision. A decision that lacks what it needs raises FactMissing.

    by: the role in which the command is given. program: the version that decides the case. programs: the
    published ones, for row 2b. places: those of the case's program, locked, where it has a cap.
    signed_in: as whom the command came, by the door that checked the session.
    by_key: the code of whoever gives the command. earned_by_device: devices of this case and the codes of incentives
    that other cases earned with them, once for their lives. protection: what is known of the protected time.

    new_number: for a case that goes on from this one. others: cases of this organization that are locked beside this
    one and may change with it. followed: the program of the one that follows this one. point: the usage point, in its
    utility's books. given: the personal answers that came with the command. changed_on: the days on which the rate
    changed there, ascending. units_here: vehicles of other cases enrolled at the location in the program's family.
    disputed_with, disputed_pevid: another customer's case that has the vehicle too, and its number there.
    other_programs: the versions that decide the others. listing: of the equipment. unit_families: those live at the
    device by other cases.
    """

    now: datetime
    calendar: ServiceCalendar
    by: Role = Role.SYSTEM
    program: ProgramVersion | None = None
    programs: tuple[ProgramVersion, ...] = ()
    provider: ProviderAnswer | PartnerAway | None = None
    register: RegisterAnswer | PartnerAway | None = None
    signed_in: CustomerId | None = None
    eligibility: EligibilityFacts | PartnerAway | None = None
    meter: MeterFacts | None = None
    order_number: OrderNumber | None = None
    pevid: Pevid | None = None
    tracking: TrackingNumber | None = None
    postal_code: str = ""
    by_key: str = ""
    earned_by_device: frozenset[tuple[str, str]] = frozenset()
    protection: ProtectionFigures | ProtectionUnknown | None = None
    places: ProgramPlaces | None = None
    new_number: CaseNumber | None = None
    others: Mapping[CaseNumber, Case] = field(default_factory=dict[CaseNumber, Case])
    followed: ProgramVersion | None = None
    point: UsagePoint | None = None
    given: frozenset[FormField] = frozenset()
    changed_on: tuple[date, ...] = ()
    units_here: int = 0
    disputed_with: CaseNumber | None = None
    disputed_pevid: Pevid | None = None
    other_programs: Mapping[CaseNumber, ProgramVersion] = field(default_factory=dict[CaseNumber, ProgramVersion])
    listing: EquipmentListing = EquipmentListing.UNKNOWN
    unit_families: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """The business date of the territory."""
        return self.calendar.business_date(self.now)

    def move(
        self,
        to: State,
        *,
        track: Track = Track.CASE,
        subject: str = "",
        wait: Wait | WaitRule | datetime = Wait.FIRST,
    ) -> Move:
        """A move with the owner, due date and lapse that the table of waits gives at this moment."""
        return move(track, to, subject=subject, wait=wait, now=self.now, calendar=self.calendar)

    def heard(self, to: State, *, track: Track, subject: str = "", due_at: datetime | None = None) -> Move:
        """A move that another organization told of: its owner is theirs to remind; late by a day, ours to ask after."""
        told = self.move(to, track=track, subject=subject, wait=due_at or Wait.FIRST)
        if told.due_at is None:
            return told
        # Where the news itself came late, from the day it came.
        expected_on = max(self.calendar.business_date(told.due_at), self.today)
        asks_on = self.calendar.add_business_days(expected_on, 1)
        return Move(
            track=track,
            subject=subject,
            to=to,
            at=self.now,
            owner=told.owner,
            due_at=self.calendar.start_of_day(asks_on + timedelta(days=1)),
            on_lapse=CommandName.ESCALATE,
        )

    def need_program(self) -> ProgramVersion:
        """The version that decides. Raises FactMissing."""
        if self.program is None:
            raise FactMissing("The decision needs the program version that the case was offered.")
        return self.program


def by_channel(case: Case) -> Wait:
    """The customer's wait: a mailed form has the longer one."""
    return Wait.MAIL if case.opening.channel is Channel.MAIL else Wait.FIRST


def not_in_state(case: Case, command: CommandName) -> Refusal:
    """The refusal of a command that this state does not take."""
    return Refusal(
        code=RefusalCode.NOT_IN_STATE,
        parameters={"case": case.number, "state": case.status.value, "command": command.value},
    )
