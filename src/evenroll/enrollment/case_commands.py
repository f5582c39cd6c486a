"""What each command to a case carries. Commands of peers carry the message body itself (`messages`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from evenroll.enrollment.case import Opening
from evenroll.enrollment.form import Form, FormField
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.messages import CaseForwarded
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import AccountId, CaseNumber, OrganizationKey, Pevid, PodId, ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCase:
    """Row 2."""

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    answers: int = 0
    fields: frozenset[FormField] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class SaveAnswers:
    """Row 2."""

    answers: int
    fields: frozenset[FormField]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoPayload:
    """A command that says nothing but its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTrack:
    """A command about one track: a reminder, an escalation, a lapsed condition."""

    track: Track
    subject: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseUsagePoint:
    """Row 2a."""

    pod: PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseProgram:
    """Row 2b."""

    program: ProgramKey


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiveCase:
    """Row 2b, from another provider. answers: reference to the answers, sealed for us and stored anew.

    number: its own one here; absent where it goes on under the number that it came with.
    """

    sender: OrganizationKey
    organization: OrganizationKey
    forwarded: CaseForwarded
    answers: int = 0
    number: CaseNumber | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmitForm:
    """Row 3, and the answer to what was missing."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class StampMail:
    """Row 3. receipt: the number on the envelope."""

    receipt: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyForm:
    """Row 3. by: the person who keyed; fingerprints: keyed hash of each answer; form: as this person read it.

    salt: reference to the key of the hashes; the step fills it in.
    """

    by: str
    fingerprints: Mapping[str, str]
    form: Form
    salt: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class GiveEvidence:
    """Row 4a."""

    answers: int
    fields: frozenset[FormField]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleMatch:
    """Row 4a, by a person. account absent: no account could be matched."""

    account: AccountId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MeetCondition:
    """Row 4a: what was due later, such as the VIN of a car that was on order."""

    rule: str
    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseEquipment:
    """Row 6."""

    kind: EquipmentKind
    outlet: str
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPurchase:
    """Row 6. price: USD."""

    outlet: str
    bought_on: date
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordInstallation:
    """Row 7. model: of what was installed, where it is not the one that was chosen."""

    installer: Installer
    installed_on: date
    serial: str
    model: str = ""
    permit: str = ""
    hard_wired: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordInspection:
    """Row 7. unfit: it did not pass because this equipment cannot serve here; another has to be chosen."""

    passed: bool
    inspected_on: date
    unfit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterDevice:
    """Row 8. device: the identifier that its maker prints on it. vehicle: in which it sits, where it sits in one."""

    device: str
    kind: str
    vehicle: Pevid | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDeviceTest:
    """Row 8. cause: a code where the test failed, "" where it passed."""

    device: str
    cause: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SetParameters:
    """Row 9. program: the one that governs this vehicle here; parameters: codes and numbers as text."""

    program: ProgramKey
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    schedules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmParameters:
    """Row 9."""

    by_device: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordUse:
    """Row 10. event: its number; without one, the event of that day, if there is one."""

    kind: UseKind
    on: date
    reason: str
    event: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettleAppeal:
    """Action."""

    reopened: bool
