"""Reading a row into an application, with everything that is wrong with it told at once."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from evenroll.enrollment.case import Prompter
from evenroll.enrollment.form import Channel, Dwelling, FormField, Holder, Language, Statement, VinState
from evenroll.enrollment.plain_words import is_code, is_name_of_goods, is_number_given
from evenroll.enrollment.roles import is_actor_key, is_same_actor
from evenroll.intake.application import Application, BadRow, FaultCode, Keying
from evenroll.intake.cells import Cells
from evenroll.intake.columns import SECOND
from evenroll.intake.file_rows import RawRow
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain, HomeType
from evenroll.quantities.identifiers import OfferId, OrganizationKey, PodId, ProgramKey, VinFault, VinWrong, check_vin

_POSTAL_CODE: Final = re.compile(r"\d{5}(-\d{4})?")
_PHONE_DIGITS_MIN: Final = 10
_VIN_FAULTS: Final[Mapping[VinFault, FaultCode]] = {
    VinFault.LENGTH: FaultCode.VIN_LENGTH,
    VinFault.CHARACTER: FaultCode.VIN_CHARACTER,
    VinFault.CHECK: FaultCode.VIN_CHECK,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RowRules:
    """What holds for all rows of a file.

    today: the business date. organization: whom the whole file is for; "" if each row must say it.
    channel: how rows came in that do not say it. organizations: the providers that take applications here.
    programs: every program that can be asked for; programs_of: the ones to name, by organization.
    """

    today: date
    organizations: frozenset[str]
    programs: frozenset[str]
    organization: str = ""
    channel: Channel = Channel.BULK
    programs_of: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict[str, frozenset[str]])


def read_row(raw: RawRow, *, rules: RowRules) -> Application | BadRow:
    """The application that a row tells, or all its faults."""
    cells = Cells(raw.number, raw.cells)
    channel = cells.choice("channel", Channel, default=rules.channel) or rules.channel
    answers = _answers(cells, prefix="")
    vin_state = _vin_state(cells, answers, channel)
    keyings = _keyings(cells, answers) if channel is Channel.MAIL else ()
    application = Application(
        row=raw.number,
        reference=cells.text("application"),
        organization=OrganizationKey(_organization(cells, rules)),
        channel=channel,
        language=cells.choice("language", Language, default=Language.EN) or Language.EN,
        prompted_by=cells.choice("prompted_by", Prompter, default=Prompter.NOBODY) or Prompter.NOBODY,
        program=_program(cells, rules),
        pod=PodId(cells.text("usage_point")) if cells.text("usage_point") else None,
        received_on=_past_day(cells, "received_on", rules),
        signed_on=cells.day("signed_on"),
        answers=answers,
        consents=cells.choices("consents", ConsentKind),
        documents=cells.choices("documents", DocumentKind),
        selections=_selections(cells),
        drivetrain=cells.choice("drivetrain", Drivetrain),
        model=_model(cells),
        vin_state=vin_state,
        holder=cells.choice("holder", Holder, default=Holder.UNSAID) or Holder.UNSAID,
        dwelling=cells.choice("dwelling", Dwelling, default=Dwelling.UNSAID) or Dwelling.UNSAID,
        consents_hand_over=cells.yes("consents_hand_over"),
        receipt=_receipt(cells),
        keyings=keyings,
        offer=_offer(cells),
        home=cells.choice("home", HomeType),
        statements=cells.yes_or_no("statements", Statement),
        equipment_bought_on=_past_day(cells, "equipment_bought_on", rules),
    )
    _check_duty(cells, application)
    if cells.faults:
        return BadRow(row=raw.number, reference=application.reference, faults=tuple(dict.fromkeys(cells.faults)))
    return application


def _organization(cells: Cells, rules: RowRules) -> str:
    said = cells.text("organization")
    key = said or rules.organization
    if said and rules.organization and said != rules.organization:
        cells.fault("organization", FaultCode.ORGANIZATION_OTHER, rules.organization)
    elif not key:
        cells.fault("organization", FaultCode.MISSING)
    elif key not in rules.organizations:
        cells.fault("organization", FaultCode.ORGANIZATION_UNKNOWN, *sorted(rules.organizations))
    return key


def _program(cells: Cells, rules: RowRules) -> ProgramKey | None:
    key = cells.text("program").upper()
    if key and key not in rules.programs:
        own = rules.programs_of.get(cells.text("organization") or rules.organization) or rules.programs
        cells.fault("program", FaultCode.PROGRAM_UNKNOWN, *sorted(own))
    return ProgramKey(key) if key else None


def _offer(cells: Cells) -> OfferId | None:
    number = cells.number("offer")
    return None if number is None else OfferId(number)


def _model(cells: Cells) -> str:
    # An accent typed apart from its letter is the same letter.
    name = unicodedata.normalize("NFC", cells.text("model"))
    if name and not is_name_of_goods(name):
        cells.fault("model", FaultCode.NOT_A_MODEL)
    return name


def _receipt(cells: Cells) -> str:
    receipt = cells.text("receipt")
    if receipt and not is_number_given(receipt):
        cells.fault("receipt", FaultCode.NOT_A_RECEIPT)
    return receipt


def _selections(cells: Cells) -> dict[str, str]:
    found = cells.selections("selections")
    if not all(is_code(text) for text in (*found, *found.values())):
        cells.fault("selections", FaultCode.NOT_A_SELECTION)
    return found


def _past_day(cells: Cells, column: str, rules: RowRules) -> date | None:
    day = cells.day(column)
    if day is not None and day > rules.today:
        cells.fault(column, FaultCode.RECEIVED_IN_FUTURE)
    return day


def _answers(cells: Cells, *, prefix: str) -> dict[FormField, str]:
    found: dict[FormField, str] = {}
    for field in FormField:
        column = f"{prefix}{field.value}"
        value = _answer(cells, column, field)
        if value:
            found[field] = value
    return found


def _answer(cells: Cells, column: str, field: FormField) -> str:
    if field is FormField.LAST_BILL_AMOUNT:
        return cells.amount(column)
    text = cells.text(column)
    if not text:
        return ""
    match field:
        case FormField.POSTAL_CODE if not _POSTAL_CODE.fullmatch(text):
            cells.fault(column, FaultCode.POSTAL_CODE_WRONG)
        case FormField.EMAIL if not _looks_like_email(text):
            cells.fault(column, FaultCode.EMAIL_WRONG)
        case FormField.PHONE if sum(sign.isdecimal() for sign in text) < _PHONE_DIGITS_MIN:
            cells.fault(column, FaultCode.PHONE_WRONG)
        case _:
            pass
    return text


def _looks_like_email(text: str) -> bool:
    name, sign, domain = text.rpartition("@")
    return bool(name and sign and "." in domain and " " not in text)


def _vin_state(cells: Cells, answers: dict[FormField, str], channel: Channel) -> VinState:
    vin, on_order = answers.get(FormField.VIN, ""), cells.yes("vehicle_on_order")
    if not vin:
        return VinState.ON_ORDER if on_order else VinState.MISSING
    try:
        answers[FormField.VIN] = check_vin(vin)
    except VinWrong as wrong:
        # Who sends a file can mend it; a customer's own form goes back to the customer with all that is missing.
        if channel is Channel.BULK:
            cells.fault(FormField.VIN.value, _VIN_FAULTS[wrong.fault])
        return VinState.WRONG
    return VinState.GIVEN


def _keyings(cells: Cells, first: Mapping[FormField, str]) -> tuple[Keying, ...]:
    first_by, second_by = cells.text("keyed_by"), cells.text("second_keyed_by")
    for column, who in (("keyed_by", first_by), ("second_keyed_by", second_by)):
        if who and not is_actor_key(who):
            cells.fault(column, FaultCode.NOT_A_CODE)
    if not first_by:
        if second_by:
            cells.fault("keyed_by", FaultCode.KEYING_INCOMPLETE)
        return ()
    if is_same_actor(first_by, second_by):
        cells.fault("second_keyed_by", FaultCode.SAME_PERSON_KEYED)
    if not second_by:
        return (Keying(by=first_by, answers=first),)
    second = {**first, **_answers(cells, prefix=SECOND)}
    return (Keying(by=first_by, answers=first), Keying(by=second_by, answers=second))


def _check_duty(cells: Cells, application: Application) -> None:
    """What each channel owes besides the form: bulk a letter of authorization, mail its receipt number."""
    if any(each.column == "channel" for each in cells.faults):
        # Which one it is is not known, so nothing is asked for it.
        return
    if application.channel is Channel.BULK and DocumentKind.LETTER_OF_AUTHORIZATION not in application.documents:
        cells.fault("documents", FaultCode.AUTHORIZATION_MISSING)
    if application.channel is Channel.MAIL and not application.receipt:
        cells.fault("receipt", FaultCode.MISSING)
