"""What each command carries that changes what is enrolled. Personal answers come beside it, never in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from evenroll.enrollment.form import VinState
from evenroll.enrollment.life_events import EquipmentKind
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import AccountId, CaseNumber, Pevid, PodId, ProgramKey, RateKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeProgram:
    """Another program of this provider at the same premise; identity is not asked again, terms are signed anew.

    answers: reference to the copy of the answers that the new case keeps; the step fills it in.
    """

    program: ProgramKey
    signed_on: date
    consents: frozenset[ConsentKind] = frozenset()
    documents: frozenset[DocumentKind] = frozenset()
    selections: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveOut:
    """moved_on: the last day at the premise, past or to come."""

    moved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveIn:
    """To a usage point of the utility. account: of who moves in. rate: absent for the standard one of the place."""

    moved_on: date
    account: AccountId
    rate: RateKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveWithCar:
    """moved_on: the last day at the old premise. pod, or the address among the answers: where to.

    program: as before where absent. answers: reference to the answers of the new case; the step fills it in.
    """

    moved_on: date
    signed_on: date
    postal_code: str
    pod: PodId | None = None
    program: ProgramKey | None = None
    consents: frozenset[ConsentKind] = frozenset()
    documents: frozenset[DocumentKind] = frozenset()
    answers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AddVehicle:
    """vin_state, answers: what the VIN beside the command is worth, and where it is kept; the step fills them in."""

    drivetrain: Drivetrain
    model: str = ""
    vin_state: VinState = VinState.MISSING
    answers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapVehicle:
    """pevid: of the vehicle that goes; absent where there is only one. The others as for one that is added."""

    drivetrain: Drivetrain
    pevid: Pevid | None = None
    model: str = ""
    vin_state: VinState = VinState.MISSING
    answers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveVehicle:
    """pevid: of the vehicle that goes."""

    pevid: Pevid


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleVehicle:
    """Whose a disputed vehicle is, by a person. kept: this customer's."""

    pevid: Pevid
    kept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerVehicle:
    """Whether the vehicle that somebody else names is still there. pevid: absent where only one is asked about."""

    answer: VehicleAnswer
    pevid: Pevid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProveVehicle:
    """The papers that show whose a disputed vehicle is. pevid: absent where only one is in dispute.

    papers: digests of those that were handed in with it.
    """

    document: OwnershipDocument
    pevid: Pevid | None = None
    papers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectVin:
    """The VIN was typed wrong. vin_state: what the one beside the command is worth; the step fills it in."""

    vin_state: VinState = VinState.MISSING


class EquipmentPart(StrEnum):
    """What of the equipment is meant: what charges, or what controls."""

    CHARGER = "charger"
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapEquipment:
    """A charger: kind, outlet and model of the new one. A device: old is the one that goes, device and use the new.

    use: the kind of device, a code.
    """

    part: EquipmentPart
    kind: EquipmentKind = EquipmentKind.EVSE
    outlet: str = ""
    model: str = ""
    old: str = ""
    device: str = ""
    use: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveEquipment:
    """device: which one, where a device goes."""

    part: EquipmentPart
    device: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeCase:
    """into: the earlier application for the same unit."""

    into: CaseNumber
