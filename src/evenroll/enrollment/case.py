"""The case: everything that is true of one enrollment, as the fold of its events. No personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from evenroll.enrollment.facts import Factor, ProviderAnswer
from evenroll.enrollment.form import Channel, Form, FormField, Language
from evenroll.enrollment.tracks import CASE_ENDS, State, TrackState, track_key
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """How a case began (row 2)."""

    opened_at: datetime
    channel: Channel
    language: Language
    prompted_by: Prompter = Prompter.NOBODY
    program: ProgramKey | None = None
    offer: OfferId | None = None
    pod: PodId | None = None
    postal_code: str = ""
    received_from: OrganizationKey | None = None


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
    """A mailed form's way in (row 3): the receipt stamp, and who keyed it. Fingerprints are keyed hashes by field."""

    receipt: str = ""
    received_at: datetime | None = None
    first_by: str = ""
    first: Mapping[str, str] = field(default_factory=dict[str, str])
    second_by: str = ""
    second: Mapping[str, str] = field(default_factory=dict[str, str])
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How far authentication came (row 4a). proved_at absent: not proved, however far."""

    attempts: int = 0
    proved_at: datetime | None = None
    factors: frozenset[Factor] = frozenset()
    customer: CustomerId | None = None
    account: AccountId | None = None
    by_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleOfCase:
    """A vehicle that the case enrolls."""

    pevid: Pevid
    drivetrain: Drivetrain
    vin_known: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The unit that a live enrollment holds, so that no other of its family can."""

    family: str
    unit: Unit
    unit_key: str
    live: bool = True


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
class Case:
    """One enrollment, from the first knock to its end.

    tracks: by track key; the case's own course is among them. since when price and control are live: rule 1.
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
    vehicle: VehicleOfCase | None = None
    reviewed_at: datetime | None = None
    decided_at: datetime | None = None
    place: Place | None = None
    agreement: Agreement | None = None
    order: OrderLink | None = None
    price_since: date | None = None
    control_since: date | None = None
    ended_because: EndReason | None = None

    @property
    def course(self) -> TrackState:
        """The case's own track."""
        return self.tracks[Track.CASE.value]

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

    def state_of(self, track: Track, *, subject: str = "") -> State | None:
        """The state of a side track; None if it was never begun."""
        found = self.tracks.get(track_key(track, subject=subject))
        return found.state if found else None


LIVE = frozenset({State.IN_RESCISSION, State.ENROLLED, State.WITHDRAWING, State.ACTIVE, State.SUSPENDED, State.LEAVING})
"""States in which an enrollment holds its place."""

VIN_CONDITION = "vin"
"""The subject of the condition that a car on order leaves open until its VIN is known."""
