"""What a person says with a command, from key=value words: the payload by its type hints, and the personal answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from datetime import date, datetime
from typing import Any, Final, get_type_hints
from zoneinfo import ZoneInfo

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment import order_commands as o
from evenroll.enrollment import reversal_commands as rc
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Channel, Dwelling, Form, FormField, Holder, Statement, VinState
from evenroll.intake.cells import Cells
from evenroll.intake.payloads_of_money import MONEY_PAYLOADS
from evenroll.intake.payloads_of_moving import FILLED_IN, MOVING_PAYLOADS, PERSONAL_BESIDE
from evenroll.intake.payloads_of_supply import SUPPLY_PAYLOADS
from evenroll.intake.said_values import EXAMPLES, SaidWrong, json_of, shape_of, without_none
from evenroll.ports.outside import Outside
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain, HomeType
from evenroll.quantities.codec import CodecRefused, JsonValue, decode
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.asked import Asked

TODAY: Final = "today"
NO_ACCOUNT: Final = "none"
"""For settle_match: no account could be matched."""

PAYLOADS: Final[Mapping[C, type[Any]]] = {
    C.CHOOSE_USAGE_POINT: c.ChooseUsagePoint,
    C.CHOOSE_PROGRAM: c.ChooseProgram,
    C.STAMP_MAIL: c.StampMail,
    C.SETTLE_MATCH: c.SettleMatch,
    C.BOOK_VISIT: o.BookVisit,
    C.REBOOK_VISIT: o.BookVisit,
    C.RECORD_VISIT: o.RecordVisit,
    C.RECORD_REMOTE_CHANGE: o.RecordRemoteChange,
    C.SHOW_PERMIT: o.ShowPermit,
    C.COMPLETE_BACK_OFFICE: o.CompleteBackOffice,
    C.QUESTION_READ: rc.QuestionRead,
    C.CORRECT_READ: rc.CorrectRead,
    C.REVERSE_SWITCH: rc.ReverseSwitch,
    C.DATE_SWITCH: o.DateSwitch,
    C.CHOOSE_EQUIPMENT: c.ChooseEquipment,
    C.RECORD_PURCHASE: c.RecordPurchase,
    C.RECORD_INSTALLATION: c.RecordInstallation,
    C.RECORD_INSPECTION: c.RecordInspection,
    C.REGISTER_DEVICE: c.RegisterDevice,
    C.RECORD_DEVICE_TEST: c.RecordDeviceTest,
    C.SET_PARAMETERS: c.SetParameters,
    C.CONFIRM_PARAMETERS: c.ConfirmParameters,
    C.RECORD_USE: c.RecordUse,
    C.SETTLE_APPEAL: c.SettleAppeal,
    C.UNENROLL: lc.Unenroll,
    C.SUSPEND: lc.Suspend,
    C.RESUME: lc.Resume,
    C.LOSE_DEVICE: lc.LoseDevice,
    C.PROPOSE_CORRECTION: lc.ProposeCorrection,
    C.SETTLE_CORRECTION: lc.SettleCorrection,
    **MONEY_PAYLOADS,
    **MOVING_PAYLOADS,
    **SUPPLY_PAYLOADS,
}
"""The payload of each command that has one; commands with a form, or with personal answers alone, stand below."""

WITH_FORM: Final = frozenset({C.SUBMIT_FORM, C.COMPLETE_ANSWERS, C.GIVE_CURE, C.KEY_FORM, C.MEET_CONDITION})
WITH_ANSWERS: Final = WITH_FORM | {C.SAVE_ANSWERS, C.GIVE_EVIDENCE}
_FORM_COLUMNS: Final = (
    "signed_on",
    "consents",
    "documents",
    "program",
    "selections",
    "drivetrain",
    "model",
    "vehicle_on_order",
    "holder",
    "dwelling",
    "consents_hand_over",
    "home",
    "statements",
    "equipment_bought_on",
)
_PERSONAL: Final = frozenset(each.value for each in FormField)


def words_of(name: C) -> tuple[str, ...]:
    """The keys that a command takes, those that it needs first and marked with "*"."""
    if name in WITH_ANSWERS:
        own = ("rule*",) if name is C.MEET_CONDITION else ()
        return (*own, *(_FORM_COLUMNS if name in WITH_FORM else ()), *sorted(_PERSONAL))
    type_ = PAYLOADS.get(name)
    if name is C.SETTLE_MATCH:
        return ("account*",)
    found = [each for each in fields(type_) if each.name not in FILLED_IN] if type_ is not None else []
    needed = {each.name for each in found if each.default is MISSING and each.default_factory is MISSING}
    named = [f"{each.name}*" if each.name in needed else each.name for each in found]
    beside = sorted(PERSONAL_BESIDE.get(name, frozenset()) - {each.removesuffix("*") for each in named})
    return (*sorted(named, key=lambda each: not each.endswith("*")), *beside)


def asked_with(
    name: C, *, number: str, values: Mapping[str, str], form: Form | None, now: datetime, today: date
) -> Asked:
    """The command as a door asks it. form: as the case has it; new answers build on it. Raises SaidWrong."""
    said = {key: today.isoformat() if value == TODAY else value for key, value in values.items()}
    known = {each.removesuffix("*") for each in words_of(name)}
    unknown = sorted(set(said) - known)
    if unknown:
        takes = ", ".join(words_of(name)) or "nothing"
        needed = " (* is needed)" if "*" in takes else ""
        raise SaidWrong(f"{name.value} does not take {', '.join(unknown)}. It takes {takes}{needed}.")
    if name in WITH_ANSWERS:
        return _with_answers(name, number=number, said=said, form=form, now=now)
    if name is C.SETTLE_MATCH:
        return Asked(number=number, command=_settled(said))
    type_ = PAYLOADS.get(name)
    if type_ is None:
        return Asked(number=number, command=c.NoPayload())
    own = {each.name for each in fields(type_)} - FILLED_IN
    command = _payload(name, type_, {key: text for key, text in said.items() if key in own})
    beside = {FormField(key): text for key, text in said.items() if key in PERSONAL_BESIDE.get(name, frozenset())}
    return Asked(number=number, command=command, outside=Outside(answers=beside))


def placed(name: C, values: Mapping[str, str], *, zone: ZoneInfo, today: date) -> dict[str, str]:
    """The values with their instants in the zone of the territory, where they say none; what is no instant stands."""
    type_ = PAYLOADS.get(name)
    hints = get_type_hints(type_) if type_ is not None else {}
    instants = {key for key, hint in hints.items() if without_none(hint) is datetime}
    return {
        key: _placed(today.isoformat() if value == TODAY else value, zone) if key in instants else value
        for key, value in values.items()
    }


def _placed(text: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return at.replace(tzinfo=at.tzinfo or zone).isoformat()


def _with_answers(name: C, *, number: str, said: Mapping[str, str], form: Form | None, now: datetime) -> Asked:
    answers = {FormField(key): value for key, value in said.items() if key in _PERSONAL}
    outside = Outside(answers=answers)
    match name:
        case C.SAVE_ANSWERS:
            command: object = c.SaveAnswers(answers=0, fields=frozenset(answers))
        case C.GIVE_EVIDENCE:
            command = c.GiveEvidence(answers=0, fields=frozenset(answers))
        case C.KEY_FORM:
            command = c.KeyForm(by="", fingerprints={}, form=_form(name, said, form, now))
        case C.MEET_CONDITION:
            if "rule" not in said:
                raise SaidWrong("meet_condition needs rule=..., which `evenroll case` shows after the open condition.")
            command = c.MeetCondition(rule=said["rule"], form=_form(name, said, form, now))
        case _:
            command = c.SubmitForm(form=_form(name, said, form, now))
    return Asked(number=number, command=command, outside=outside)


def _form(name: C, said: Mapping[str, str], form: Form | None, now: datetime) -> Form:
    cells = Cells(0, dict(said))
    base = form or Form(channel=Channel.PHONE, received_at=now, answers=0)
    changes: dict[str, Any] = {}
    readers: dict[str, Any] = {
        "signed_on": lambda: cells.day("signed_on"),
        "consents": lambda: cells.choices("consents", ConsentKind) | base.consents,
        "documents": lambda: cells.choices("documents", DocumentKind) | base.documents,
        "program": lambda: ProgramKey(cells.text("program")),
        "selections": lambda: cells.selections("selections"),
        "drivetrain": lambda: cells.choice("drivetrain", Drivetrain),
        "model": lambda: cells.text("model"),
        "holder": lambda: cells.choice("holder", Holder, default=base.holder),
        "dwelling": lambda: cells.choice("dwelling", Dwelling, default=base.dwelling),
        "consents_hand_over": lambda: cells.yes("consents_hand_over"),
        "home": lambda: cells.choice("home", HomeType, default=base.home),
        "statements": lambda: {**base.statements, **cells.yes_or_no("statements", Statement)},
        "equipment_bought_on": lambda: cells.day("equipment_bought_on"),
    }
    for key, read in readers.items():
        if key in said:
            changes[key] = read()
    if cells.yes("vehicle_on_order"):
        changes["vin_state"] = VinState.ON_ORDER
    if cells.faults:
        fault = cells.faults[0]
        choices = f" Choose among {', '.join(fault.choices)}." if fault.choices else ""
        raise SaidWrong(f"{name.value}: {fault.column} cannot be read ({fault.code.value}).{choices}")
    return replace(base, **changes)


def _payload(name: C, type_: type[Any], said: Mapping[str, str]) -> object:
    hints = get_type_hints(type_)
    missing = [each[:-1] for each in words_of(name) if each.endswith("*") and each[:-1] not in said]
    if missing:
        raise SaidWrong(
            f"{name.value} needs {'; '.join(f'{each}=({shape_of(hints[each])})' for each in missing)}.{_example(name)}"
        )
    told: dict[str, JsonValue] = {}
    for key, text in said.items():
        try:
            told[key] = json_of(text, hints[key])
        except (ValueError, OverflowError):
            raise SaidWrong(
                f"{name.value}: {key} cannot be {text!r}. It takes {shape_of(hints[key])}.{_example(name)}"
            ) from None
    try:
        return decode(type_, told)
    except CodecRefused:
        shapes = "; ".join(f"{key}=({shape_of(hints[key])})" for key in said)
        raise SaidWrong(f"{name.value} does not take these values. It takes {shapes}.{_example(name)}") from None


def _settled(said: Mapping[str, str]) -> object:
    """That no account could be matched closes the door on a person, so it is said and never left out."""
    if "account" not in said:
        raise SaidWrong(
            "settle_match needs account=NUMBER, the number of the account that matches, or account=none where none "
            "does; the case is then refused."
        )
    if said["account"].casefold() == NO_ACCOUNT:
        return c.SettleMatch()
    return _payload(C.SETTLE_MATCH, c.SettleMatch, said)


def _example(name: C) -> str:
    return f" For example: {name.value} {EXAMPLES[name]}" if name in EXAMPLES else ""
