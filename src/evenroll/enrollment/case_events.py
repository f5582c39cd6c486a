"""The events of a case from the first knock to the decision (rows 2 to 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from evenroll.enrollment.case import Draft, Hidden, Offered, Opening, Place
from evenroll.enrollment.eligibility import EligibilityFacts, Finding, Verdict
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import Factor, MeterFacts, ProviderAnswer
from evenroll.enrollment.form import Form, FormField, MissingItem
from evenroll.programs.program import MeterNeedKind
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    AccountId,
    CaseNumber,
    CustomerId,
    OrganizationKey,
    Pevid,
    PodId,
    ProgramKey,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOpened(Event):
    """Row 2: a customer began. answers: reference to personal answers given so far, 0 if none."""

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    answers: int = 0
    fields: frozenset[FormField] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersSaved(Event):
    """Row 2: a draft's answers were kept."""

    answers: int
    fields: frozenset[FormField]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderAsked(Event):
    """Row 2a: the clearinghouse is to be asked."""

    asked_at: datetime
    pod: PodId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderUnreachable(Event):
    """Row 2a: the clearinghouse was away; the case waits and says so."""

    partner: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderAnswered(Event):
    """Row 2a: who provides the commodity at the usage point on that date."""

    answer: ProviderAnswer


@dataclass(frozen=True, kw_only=True, slots=True)
class UsagePointChosen(Event):
    """Row 2a: of several usage points the customer chose one."""

    pod: PodId


@dataclass(frozen=True, kw_only=True, slots=True)
class OffersPresented(Event):
    """Row 2b: what was shown, and what was hidden with the reason."""

    shown: tuple[Offered, ...]
    hidden: tuple[Hidden, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramChosen(Event):
    """Row 2b: the version that decides."""

    offered: Offered


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOverAgreed(Event):
    """Row 2b: the customer consented to the hand-over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseHandedOver(Event):
    """Row 2b: the case went to the provider who serves the customer; the end of it here."""

    to: OrganizationKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseReceived(Event):
    """Row 2b: a case came from another provider, with its number and everything the customer had said."""

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    provider: ProviderAnswer
    form: Form | None = None
    draft: Draft | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FormReceived(Event):
    """Row 3: a completed form came in, by whatever channel.

    signed_in: as whom it was sent, by the session that a door of this organization checked; no form says it.
    """

    form: Form
    signed_in: CustomerId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MailStamped(Event):
    """Row 3: an envelope was stamped on receipt; places are ranked by this instant."""

    receipt: str
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FormKeyed(Event):
    """Row 3: one person keyed the paper. fingerprints: keyed hash of each answer by field.

    salt: reference to the key of these hashes, kept apart and erased with the customer; 0 in old journals.
    """

    by: str
    keying: int
    fingerprints: Mapping[str, str] = field(default_factory=dict[str, str])
    salt: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyingsDiffer(Event):
    """Row 3: two keyings do not agree; a third person settles the fields named."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FormReturned(Event):
    """Row 3: the form lacks something; everything that it lacks."""

    missing: tuple[MissingItem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationCompleted(Event):
    """Row 3: nothing is missing."""

    completed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceGiven(Event):
    """Row 4a: the customer gave other evidence."""

    answers: int
    fields: frozenset[FormField]


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterUnreachable(Event):
    """Row 4a or 5: the register could not be asked; the case waits and says so."""

    partner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofFailed(Event):
    """Row 4a: the evidence did not prove the account. It says nothing about whether the account exists."""

    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchReviewOpened(Event):
    """Row 4a: after the last attempt a person looks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityProved(Event):
    """Row 4a: customer, account and premise agree by two factors, or a person settled the match."""

    proved_at: datetime
    customer: CustomerId
    account: AccountId
    pod: PodId
    factors: frozenset[Factor]
    by_staff: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleRecorded(Event):
    """Row 4a: the PEV under our own identifier; VIN, PCID and EMAID are kept apart, encrypted."""

    pevid: Pevid
    drivetrain: Drivetrain
    vin_known: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionMade(Event):
    """Row 5: every rule with its outcome, and the facts and version from which it can be computed again."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    facts: EligibilityFacts
    meter: MeterFacts | None
    program: ProgramKey
    program_version: int
    content_hash: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceReserved(Event):
    """Row 5: the unit is taken, in the transaction of the decision.

    held: it is only kept for the case, which takes it when the enrollment that it follows ends.
    """

    place: Place
    held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceReleased(Event):
    """What was held is free again. unit_key: only that unit; all of them where empty."""

    unit_key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterNeedFound(Event):
    """Row 5: what has to happen to the meter, and why."""

    pod: PodId
    need: MeterNeedKind
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CureAsked(Event):
    """Row 4a or 5: the customer can mend this; every open rule is named."""

    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewRecorded(Event):
    """Row 5: a person of the provider looked at what rules leave to people, such as life support at home."""

    reviewed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CureReceived(Event):
    """Row 4a or 5: the customer answered; the form as it now stands."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionDueSet(Event):
    """Row 5: enrolled, with something due later; the place is held."""

    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionMet(Event):
    """What was due later is here. papers: digests of those that were handed in with it."""

    rule: str
    papers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsReceived(Event):
    """Row 5: the terms reached the customer and are signed; the rescission window, where there is one."""

    terms_received_on: date
    signed_on: date
    rescission_ends_on: date
    minimum_stay_ends_on: date | None = None
    unverified: str = ""
    """The source of the rule that set the end of the window, where nobody has read the figure in it; else empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RescissionEnded(Event):
    """Row 5: the window is over and was not used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled(Event):
    """Row 5: agreed and eligible. Whether it is active is another date (rule 1)."""

    enrolled_on: date
