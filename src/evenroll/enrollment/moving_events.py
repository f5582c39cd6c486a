"""The events of a case that changes what is enrolled: another program, another premise, other vehicles, equipment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evenroll.enrollment.case import DeviceOfCase, EquipmentOfCase, Offered, Opening, Proof, VehicleOfCase
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import ProviderAnswer
from evenroll.enrollment.form import Form, FormField
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey, Pevid, PodId, ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseContinued(Event):
    """A case that goes on from another one (`opening.replaces`, `opening.continues`), with what is not asked again.

    proof, chosen, completed_at: there where the premise stays the same; at another one they come anew.
    """

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    form: Form
    vehicles: tuple[VehicleOfCase, ...] = ()
    provider: ProviderAnswer | None = None
    chosen: Offered | None = None
    proof: Proof | None = None
    completed_at: datetime | None = None
    equipment: EquipmentOfCase | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramChangeAsked(Event):
    """The customer asked for another program; until that one has begun, this enrollment stays as it is."""

    to: CaseNumber
    program: ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveOutAsked(Event):
    """The customer leaves the premise; moved_on: the last day there. to: the case at the premise that comes next."""

    moved_on: date
    to: CaseNumber | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedOut(Event):
    """The last day at the premise is over. pod: the usage point that was left."""

    moved_on: date
    pod: PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacePassedOn(Event):
    """One of the program's places goes along to the case at the premise that comes next."""

    to: CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleAdded(Event):
    """One more vehicle is enrolled."""

    vehicle: VehicleOfCase


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleSwapped(Event):
    """One vehicle takes the place of another. devices: those that sat in the old one; their consent ends that day."""

    pevid: Pevid
    vehicle: VehicleOfCase
    ended_on: date
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleRemoved(Event):
    """A vehicle is enrolled no more. devices: those that sat in it; their consent ends that day."""

    pevid: Pevid
    ended_on: date
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleDisputed(Event):
    """Another customer's case has the vehicle too; it is asked whose it is. Nobody is refused by it.

    other, other_pevid: that case and the vehicle's number there, for the record alone; absent in old journals.
    """

    pevid: Pevid
    other: CaseNumber | None = None
    other_pevid: Pevid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleAskedAbout(Event):
    """Somebody else names a vehicle of this case as theirs: its customer is asked whether it is still there.

    other, other_pevid: of whoever names it, as in `VehicleDisputed`.
    """

    pevid: Pevid
    other: CaseNumber | None = None
    other_pevid: Pevid | None = None


class VehicleAnswer(StrEnum):
    """What a customer says whose vehicle somebody else names."""

    SOLD = "sold"
    STILL_MINE = "still_mine"


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleAnswered(Event):
    """The customer who was asked said whether the vehicle is still there."""

    pevid: Pevid
    vehicle_answer: VehicleAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleQuestionClosed(Event):
    """Whoever named the vehicle does so no more, or has it not; the customer who was asked need not answer."""

    pevid: Pevid
    other: CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleProofAsked(Event):
    """The other customer still has the vehicle: papers are asked for that show whose it is."""

    pevid: Pevid


class OwnershipDocument(StrEnum):
    """What shows whose a vehicle is."""

    REGISTRATION = "registration"
    BILL_OF_SALE = "bill_of_sale"
    TITLE = "title"
    LEASE = "lease"


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleProofGiven(Event):
    """Papers were given; the desk looks at them. papers: digests of those that were handed in with it."""

    pevid: Pevid
    ownership: OwnershipDocument
    papers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleSettled(Event):
    """A person settled whose the vehicle is. kept: it stays on this case."""

    pevid: Pevid
    kept: bool


class UnfitReason(StrEnum):
    """Why equipment does not serve the program."""

    NOT_LISTED = "not_listed"
    CANNOT_BE_CONTROLLED = "cannot_be_controlled"
    FAILED_INSPECTION = "failed_inspection"
    WRONG_KIND = "wrong_kind"


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentUnfit(Event):
    """Row 6 or 7: the equipment does not serve the program; the customer chooses again. Told before a purchase."""

    kind: EquipmentKind
    model: str
    reasons: tuple[UnfitReason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentSwapped(Event):
    """Other charging equipment comes in place of what was there."""

    kind: EquipmentKind
    outlet: str
    model: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentRemoved(Event):
    """The charging equipment is gone, or is not bought after all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceSwapped(Event):
    """Another control device in place of one; it is tested anew."""

    old: str
    device: DeviceOfCase


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceRemoved(Event):
    """A control device is gone."""

    device: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMerged(Event):
    """The later of two applications for the same unit goes on in the earlier one."""

    into: CaseNumber


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersMerged(Event):
    """The contact that a later application gave, which is newer, was taken over from it."""

    merged: CaseNumber
    fields: frozenset[FormField] = frozenset()


MOVING_EVENTS: tuple[type[Event], ...] = (
    CaseContinued,
    ProgramChangeAsked,
    MoveOutAsked,
    MovedOut,
    PlacePassedOn,
    VehicleAdded,
    VehicleSwapped,
    VehicleRemoved,
    VehicleDisputed,
    VehicleAskedAbout,
    VehicleAnswered,
    VehicleQuestionClosed,
    VehicleProofAsked,
    VehicleProofGiven,
    VehicleSettled,
    EquipmentUnfit,
    EquipmentSwapped,
    EquipmentRemoved,
    DeviceSwapped,
    DeviceRemoved,
    CaseMerged,
    AnswersMerged,
)
"""Every event of this subject."""
