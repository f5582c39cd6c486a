"""The case: everything that is true of one enrollment, as the fold of its events. No personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from evenroll.enrollment.facts import Factor, ProviderAnswer
from evenroll.enrollment.form import Channel, Form, FormField, Language
from evenroll.enrollment.leaving_codes import CorrectableFact, LeaveReason, SuspensionCause
from evenroll.enrollment.ledger import Ledger
from evenroll.enrollment.supply import PevOfCase, SupplyAway, SupplyLink
from evenroll.enrollment.tracks import CASE_ENDS, State, TrackState, track_key
from evenroll.enrollment.vehicle_question import VehicleQuestion
from evenroll.programs.bill import Bill
from evenroll.programs.program import MeterNeedKind, Track, Unit
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    AccountId,
    CaseNumber,
    CustomerId,
    OfferId,
    OrderNumber,
    OrganizationKey,
    Pevid,
    PodId,
    ProgramKey,
)


class Prompter(StrEnum):
    """Who sent the customer (the requirement's triggering event)."""

    NOBODY = "nobody"
    DEALER = "dealer"
    MANUFACTURER = "manufacturer"
    RETAIL_STORE = "retail_store"
    UTILITY = "utility"
    ESCO = "esco"


class EndReason(StrEnum):
    """Why an enrollment, or the way to it, ended."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    CONDITION = "condition"
    MOVED = "moved"
    PROGRAM_CHANGED = "program_changed"
    PROGRAM_CLOSED = "program_closed"
    COMPLIANCE = "compliance"
    DEVICE_LOST = "device_lost"
    CONSENT_ENDED = "consent_ended"
    DEATH = "death"
    SUPPLY_REFUSED = "supply_refused"
    SUPPLIER_EXIT = "supplier_exit"
    DISPUTED = "disputed"
    SWITCH_REVERSED = "switch_reversed"
    VEHICLE_GONE = "vehicle_gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """How a case began (row 2).

    replaces: the enrollment at this premise whose program this one takes the place of. continues: the enrollment at
    the premise that the customer leaves. At most one of them. received_as: the number under which another provider
    handed it over, where that one has a story of its own here.
    """

    opened_at: datetime
    channel: Channel
    language: Language
    prompted_by: Prompter = Prompter.NOBODY
    program: ProgramKey | None = None
    offer: OfferId | None = None
    pod: PodId | None = None
    postal_code: str = ""
    received_from: OrganizationKey | None = None
    received_as: CaseNumber | None = None
    replaces: CaseNumber | None = None
    continues: CaseNumber | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A program as it was put before the customer (row 2b): the version decides rules and incentives."""

    program: ProgramKey
    version: int
    content_hash: str
    organization: OrganizationKey
    valid_until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """A program that was not shown, and why (a code)."""

    program: ProgramKey
    organization: OrganizationKey
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Answers given before the form (row 2). answers: reference to their values, encrypted apart."""

    answers: int
    fields: frozenset[FormField]


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRoom:
    """A mailed form's way in (row 3): the receipt stamp, and who keyed it. Fingerprints are keyed hashes by field.

    salt: reference to the key of the hashes, kept apart; 0 before the first keying.
    """

    receipt: str = ""
    received_at: datetime | None = None
    first_by: str = ""
    first: Mapping[str, str] = field(default_factory=dict[str, str])
    second_by: str = ""
    second: Mapping[str, str] = field(default_factory=dict[str, str])
    differs: tuple[str, ...] = ()
    salt: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How far authentication came (row 4a). proved_at absent: not proved. signed_in: as whom the form was sent."""

    attempts: int = 0
    proved_at: datetime | None = None
    factors: frozenset[Factor] = frozenset()
    customer: CustomerId | None = None
    account: AccountId | None = None
    by_staff: bool = False
    signed_in: CustomerId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleOfCase:
    """A vehicle that the case enrolls.

    answers: reference to its own VIN, encrypted apart; 0 where the form has it. disputed: it stands on another live
    enrollment too, and whose it is has not been settled.
    """

    pevid: Pevid
    drivetrain: Drivetrain
    vin_known: bool
    answers: int = 0
    disputed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentOfCase:
    """The charging equipment that the case has come to. kind: a code of `life_events.EquipmentKind`."""

    kind: str
    model: str = ""
    serial: str = ""
    bought_on: date | None = None
    installed_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceOfCase:
    """A control device of the case. subject: of its track, "" for the first one. vehicle: where it sits in one."""

    device: str
    kind: str
    subject: str = ""
    vehicle: Pevid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The unit that a live enrollment holds, so that no other of its family can."""

    family: str
    unit: Unit
    unit_key: str
    live: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class InLine:
    """A case on the waiting list of a program with a cap.

    ranked_at: the instant by which it is ranked; ties go by case number. offered_until_on: a place is held for it up
    to and with that day; absent while it waits. lapses: how many offers went by unanswered.
    """

    program: ProgramKey
    ranked_at: datetime
    offered_until_on: date | None = None
    lapses: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The signed terms. rescission_ends_on: first day after the window; equal to terms_received_on where none."""

    terms_received_on: date
    signed_on: date
    rescission_ends_on: date
    minimum_stay_ends_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLink:
    """The service order that the case asked of the utility, as last heard."""

    number: OrderNumber
    utility: OrganizationKey
    need: MeterNeedKind
    in_service_on: date | None = None
    switch_on: date | None = None
    bills: tuple[Bill, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Leave:
    """That the enrollment is to end, and why. not_before_on: the day that was wished for.

    next_at: when the next act of the active enrollment was due, for one that stays after all.
    """

    reason: EndReason
    asked_on: date
    because: LeaveReason | None = None
    not_before_on: date | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspension:
    """Why the enrollment rests, and the day on which it ends if that is not cured.

    next_at: when the next act of the active enrollment is due.
    """

    causes: tuple[SuspensionCause, ...]
    since_on: date
    ends_on: date
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A correction that waits for a second person. number: in its case. by: who proposed it, by code."""

    number: int
    fact: CorrectableFact
    before: str
    after: str
    by: str


# Without slots: each event copies the case, and a dictionary of fifty fields is copied at once (`quantities.changed`).
@dataclass(frozen=True, kw_only=True)
class Case:
    """One enrollment, from the first knock to its end.

    followed_by: the case that goes on from it, see `Opening`. moves_out_on: the last day at the premise, once told.
    places: every unit that it holds or held, each once. held: units that are kept for it until the enrollment that it
    follows ends. switch: what it asked of the registrar of supply last. away:
    to whom, or when, supply is to go from us. pev: what the wires utility was told of its vehicles and holds still.

    leaving: the order that switches service back. ending: the one that ends service with a customer who moved out.
    lockout_ends_on: the first day on which this customer may enroll in
    the program again. strikes: how often it was suspended for compliance. silent: a device did not
    obey when the consent to control it ended. closes_on: the day on which its program ends,
    once told. correction, corrections: the one that is open, and how many there were. recorded: what can be corrected
    and stands nowhere else in the case, by `leaving_codes.CorrectableFact`. questions: open ones about vehicles, in the
    order in which they came; nothing of the other case is ever shown.

    tracks: by track key; the case's own course is among them. since when price and control are live: rule 1.
    returned: whether the form was ever sent back for something missing. counted: the program with a cap of which it
    takes one place, enrolled or offered. line: where it stands on the waiting list.
    """

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    tracks: Mapping[str, TrackState]
    pod: PodId | None = None
    asked_provider_at: datetime | None = None
    provider: ProviderAnswer | None = None
    shown: tuple[Offered, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    chosen: Offered | None = None
    draft: Draft | None = None
    form: Form | None = None
    mail: MailRoom | None = None
    completed_at: datetime | None = None
    proof: Proof = field(default_factory=Proof)
    vehicles: tuple[VehicleOfCase, ...] = ()
    reviewed_at: datetime | None = None
    decided_at: datetime | None = None
    places: tuple[Place, ...] = ()
    held: tuple[Place, ...] = ()
    agreement: Agreement | None = None
    order: OrderLink | None = None
    price_since: date | None = None
    control_since: date | None = None
    ended_because: EndReason | None = None
    returned: bool = False
    counted: ProgramKey | None = None
    counted_option: str = ""
    """The limited option that this place is of; it says nothing while no place is held."""
    line: InLine | None = None
    equipment: EquipmentOfCase | None = None
    devices: tuple[DeviceOfCase, ...] = ()
    followed_by: CaseNumber | None = None
    moves_out_on: date | None = None
    switch: SupplyLink | None = None
    away: SupplyAway | None = None
    pev: PevOfCase | None = None
    leave: Leave | None = None
    leaving: OrderLink | None = None
    ended_on: date | None = None
    ending: OrderLink | None = None
    lockout_ends_on: date | None = None
    suspension: Suspension | None = None
    strikes: int = 0
    silent: bool = False
    closes_on: date | None = None
    correction: Correction | None = None
    corrections: int = 0
    recorded: Mapping[str, str] = field(default_factory=dict[str, str])
    questions: tuple[VehicleQuestion, ...] = ()

    ledger: Ledger = field(default_factory=Ledger)

    @property
    def course(self) -> TrackState:
        """The case's own track."""
        return self.tracks[_COURSE]

    @property
    def status(self) -> State:
        """Where the case stands."""
        return self.course.state

    @property
    def is_ended(self) -> bool:
        """Whether the case never moves again."""
        return self.status in CASE_ENDS

    @property
    def answers(self) -> int:
        """Reference to the personal answers given so far: the form's, else the draft's, else 0."""
        if self.form is not None:
            return self.form.answers
        return self.draft.answers if self.draft else 0

    @property
    def vehicle(self) -> VehicleOfCase | None:
        """The first vehicle, which the form named."""
        return self.vehicles[0] if self.vehicles else None

    @property
    def place(self) -> Place | None:
        """The unit that it holds; the one that it held last where it holds none."""
        return next((each for each in self.places if each.live), self.places[-1] if self.places else None)

    @property
    def live_places(self) -> tuple[Place, ...]:
        """The units that it holds now."""
        return tuple(each for each in self.places if each.live)

    @property
    def follows(self) -> CaseNumber | None:
        """The enrollment that it goes on from, by another program or at another premise."""
        return self.opening.replaces or self.opening.continues

    def state_of(self, track: Track, *, subject: str = "") -> State | None:
        """The state of a side track; None if it was never begun."""
        found = self.tracks.get(track_key(track, subject=subject))
        return found.state if found else None


_COURSE = track_key(Track.CASE)

LIVE = frozenset({State.IN_RESCISSION, State.ENROLLED, State.WITHDRAWING, State.ACTIVE, State.SUSPENDED, State.LEAVING})
"""States in which an enrollment holds its place."""

VIN_CONDITION = "vin"
"""The subject of the condition that a car on order leaves open until its VIN is known."""

VEHICLE_CONDITION = "vehicle"
"""The subject of the condition that a sold car leaves open until another is named."""
