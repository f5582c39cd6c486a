"""The completed form (row 3): what it says without personal data, and everything that is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from evenroll.programs.program import ConsentKind, DocumentKind, ProgramVersion
from evenroll.programs.rules import Drivetrain, HomeType
from evenroll.quantities.identifiers import CustomerId, ProgramKey


class Channel(StrEnum):
    """How a form came in. Every channel ends in the same record with the same findings."""

    WEB = "web"
    MAIL = "mail"
    PHONE = "phone"
    PARTNER = "partner"
    BULK = "bulk"


class Language(StrEnum):
    """The languages that every message exists in."""

    EN = "en"
    ES = "es"


class FormField(StrEnum):
    """The personal answers of a form, by name; their values are stored apart, encrypted."""

    NAME = "name"
    SERVICE_ADDRESS = "service_address"
    POSTAL_CODE = "postal_code"
    ACCOUNT_NUMBER = "account_number"
    METER_SERIAL = "meter_serial"
    LAST_BILL_AMOUNT = "last_bill_amount"
    EMAIL = "email"
    PHONE = "phone"
    MAILING_ADDRESS = "mailing_address"
    VIN = "vin"
    PCID = "pcid"
    EMAID = "emaid"
    NOTE = "note"


class VinState(StrEnum):
    """What the form says of the vehicle's number; a car on order has none yet."""

    GIVEN = "given"
    ON_ORDER = "on_order"
    WRONG = "wrong"
    MISSING = "missing"


class Holder(StrEnum):
    """Who signed, in relation to the account."""

    ACCOUNT_HOLDER = "account_holder"
    AUTHORIZED = "authorized"
    NEITHER = "neither"
    UNSAID = "unsaid"


class Dwelling(StrEnum):
    """Where the charging equipment would stand, and by whose leave."""

    OWN = "own"
    RENTED_WITH_PERMISSION = "rented_with_permission"
    RENTED = "rented"
    SHARED_GARAGE = "shared_garage"
    UNSAID = "unsaid"


class Statement(StrEnum):
    """What a customer may say with yes or no because a program asks for it; unsaid is neither."""

    PLUG_IN_ATTESTED = "plug_in_attested"
    REGISTERED_HERE = "registered_here"
    VEHICLE_CONNECTED = "vehicle_connected"
    RECALL_OPEN = "recall_open"


class MissingItem(StrEnum):
    """What a form lacks. All of it is told at once."""

    NAME = "name"
    POSTAL_CODE = "postal_code"
    ACCOUNT_OR_ADDRESS = "account_or_address"
    SECOND_PROOF = "second_proof"
    CONTACT = "contact"
    SIGNATURE = "signature"
    SIGNED_IN_FUTURE = "signed_in_future"
    VEHICLE = "vehicle"
    VIN_READABLE = "vin_readable"
    CONSENT_TERMS = "consent_terms"
    CONSENT_DATA_SHARING = "consent_data_sharing"
    CONSENT_CONTROL = "consent_control"
    SELECTION = "selection"
    SECOND_KEYING = "second_keying"


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A form as received.

    received_at: when the first organization had it in hand; for mail the receipt stamp. It survives a hand-over.
    fields: which personal answers are there. answers: reference to where their values are stored, encrypted.
    verification: the reference under which a verifier keeps the spoken consent of a sale by phone.
    statements: what was said with yes or no. equipment_bought_on: the day on which the charging equipment was bought.
    papers: digests of the papers that came with it; the papers themselves are kept apart, encrypted.
    """

    channel: Channel
    received_at: datetime
    answers: int
    signed_on: date | None = None
    fields: frozenset[FormField] = frozenset()
    consents: frozenset[ConsentKind] = frozenset()
    documents: frozenset[DocumentKind] = frozenset()
    program: ProgramKey | None = None
    selections: Mapping[str, str] = field(default_factory=dict[str, str])
    drivetrain: Drivetrain | None = None
    model: str = ""
    vin_state: VinState = VinState.MISSING
    holder: Holder = Holder.UNSAID
    dwelling: Dwelling = Dwelling.UNSAID
    consents_hand_over: bool = False
    home: HomeType | None = None
    statements: Mapping[Statement, bool] = field(default_factory=dict[Statement, bool])
    equipment_bought_on: date | None = None
    verification: str = ""
    papers: frozenset[str] = frozenset()


_CONSENT_ITEM = {
    ConsentKind.TERMS: MissingItem.CONSENT_TERMS,
    ConsentKind.DATA_SHARING: MissingItem.CONSENT_DATA_SHARING,
    ConsentKind.CONTROL: MissingItem.CONSENT_CONTROL,
}


def missing_items(
    form: Form, *, program: ProgramVersion, on: date, known_as: CustomerId | None = None
) -> tuple[MissingItem, ...]:
    """Everything that the form lacks for this program, in the order in which a form asks it; () if complete.

    on: the business date, against which a signature in the future shows. A form completed later may be signed later
    than it was first received. known_as: who has shown otherwise who they are, and is asked for nothing to know.
    """
    return (*_missing_person(form, known_as), *_missing_vehicle(form), *_missing_signature(form, program, on))


def _missing_person(form: Form, known_as: CustomerId | None) -> tuple[MissingItem, ...]:
    has = form.fields
    asked: tuple[tuple[MissingItem, frozenset[FormField]], ...] = (
        (MissingItem.NAME, frozenset({FormField.NAME})),
        (MissingItem.POSTAL_CODE, frozenset({FormField.POSTAL_CODE})),
        (MissingItem.ACCOUNT_OR_ADDRESS, frozenset({FormField.ACCOUNT_NUMBER, FormField.SERVICE_ADDRESS})),
        (MissingItem.SECOND_PROOF, frozenset({FormField.METER_SERIAL, FormField.LAST_BILL_AMOUNT})),
        (MissingItem.CONTACT, frozenset({FormField.EMAIL, FormField.PHONE, FormField.MAILING_ADDRESS})),
    )
    missing = (item for item, any_of in asked if not (has & any_of))
    return tuple(item for item in missing if not (item is MissingItem.SECOND_PROOF and known_as is not None))


def _missing_vehicle(form: Form) -> tuple[MissingItem, ...]:
    items: list[MissingItem] = []
    if form.drivetrain is None:
        items.append(MissingItem.VEHICLE)
    if form.vin_state is VinState.WRONG:
        items.append(MissingItem.VIN_READABLE)
    return tuple(items)


def _missing_signature(form: Form, program: ProgramVersion, on: date) -> tuple[MissingItem, ...]:
    items = [_CONSENT_ITEM[kind] for kind in program.consents_required if kind not in form.consents]
    if any(form.selections.get(asked.key) not in asked.options for asked in program.selections):
        items.append(MissingItem.SELECTION)
    if form.signed_on is None:
        items.append(MissingItem.SIGNATURE)
    elif form.signed_on > on:
        items.append(MissingItem.SIGNED_IN_FUTURE)
    return tuple(items)
