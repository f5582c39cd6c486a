"""What one row of a file says, read and typed: an application, or everything that is wrong with the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from evenroll.enrollment.case import Prompter
from evenroll.enrollment.form import Channel, Dwelling, FormField, Holder, Language, Statement, VinState
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain, HomeType
from evenroll.quantities.identifiers import OfferId, OrganizationKey, PodId, ProgramKey


class FaultCode(StrEnum):
    """What is wrong with a row; `fault_texts` says it in sentences, with the cure."""

    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_COLUMN = "unknown_column"
    FORBIDDEN_COLUMN = "forbidden_column"
    TOO_MANY_CELLS = "too_many_cells"
    NOT_A_TEXT = "not_a_text"
    TOO_LONG = "too_long"
    NOT_A_CODE = "not_a_code"
    CONTROL_CHARACTER = "control_character"
    MISSING = "missing"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_MODEL = "not_a_model"
    NOT_A_RECEIPT = "not_a_receipt"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_SELECTION = "not_a_selection"
    NOT_A_STATEMENT = "not_a_statement"
    POSTAL_CODE_WRONG = "postal_code_wrong"
    EMAIL_WRONG = "email_wrong"
    PHONE_WRONG = "phone_wrong"
    VIN_LENGTH = "vin_length"
    VIN_CHARACTER = "vin_character"
    VIN_CHECK = "vin_check"
    RECEIVED_IN_FUTURE = "received_in_future"
    AUTHORIZATION_MISSING = "authorization_missing"
    KEYING_INCOMPLETE = "keying_incomplete"
    SAME_PERSON_KEYED = "same_person_keyed"
    ORGANIZATION_OTHER = "organization_other"
    ORGANIZATION_UNKNOWN = "organization_unknown"
    PROGRAM_UNKNOWN = "program_unknown"
    APPLICATION_TWICE = "application_twice"


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFault:
    """One thing that is wrong with a row. column: "" for the row as a whole. choices: what would have been right.

    The value itself is never kept: it may be personal.
    """

    row: int
    column: str
    code: FaultCode
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A row that is no application, with everything that is wrong with it. reference: the sender's own name for it."""

    row: int
    reference: str = ""
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Keying:
    """A mailed form as one person read it. answers are personal and stay out of every representation."""

    by: str
    answers: Mapping[FormField, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """One application as a row tells it.

    row: its number in the file. reference: the sender's own name for it, repeated in the result.
    received_on: the business date on which the organization had it in hand; absent: today.
    answers: the personal answers, which go to the vault and nowhere else. keyings: for mail, one or two.
    offer: the number under which the organization showed the costs before (row 1).
    content: a digest of what the row says, to know it again.
    """

    row: int
    reference: str
    organization: OrganizationKey
    channel: Channel
    language: Language
    prompted_by: Prompter
    program: ProgramKey | None
    pod: PodId | None
    received_on: date | None
    signed_on: date | None
    answers: Mapping[FormField, str] = field(repr=False)
    consents: frozenset[ConsentKind]
    documents: frozenset[DocumentKind]
    selections: Mapping[str, str]
    drivetrain: Drivetrain | None
    model: str
    vin_state: VinState
    holder: Holder
    dwelling: Dwelling
    consents_hand_over: bool
    receipt: str = ""
    keyings: tuple[Keying, ...] = ()
    content: bytes = field(default=b"", repr=False)
    offer: OfferId | None = None
    home: HomeType | None = None
    statements: Mapping[Statement, bool] = field(default_factory=dict[Statement, bool])
    equipment_bought_on: date | None = None
