"""What a person says with a command, from key=value words: the payload by its type hints, and the personal answers."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import order_commands as o
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Channel, Dwelling, Form, FormField, Holder, VinState
from evenroll.intake.cells import Cells
from evenroll.ports.outside import Outside
from evenroll.programs.program import ConsentKind, DocumentKind
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.codec import CodecRefused, JsonValue, decode
from evenroll.quantities.identifiers import ProgramKey
from evenroll.records.asked import Asked
from evenroll.runtime.cli_exit import wrong_use

TODAY: Final = "today"

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
)
_PERSONAL: Final = frozenset(each.value for each in FormField)


def words_of(name: C) -> tuple[str, ...]:
    """The keys that a command takes, those that it needs first and marked with "*"."""
    if name in WITH_ANSWERS:
        own = ("rule*",) if name is C.MEET_CONDITION else ()
        return (*own, *(_FORM_COLUMNS if name in WITH_FORM else ()), *sorted(_PERSONAL))
    type_ = PAYLOADS.get(name)
    found = fields(type_) if type_ is not None else ()
    needed = {each.name for each in found if each.default is MISSING and each.default_factory is MISSING}
    named = [f"{each.name}*" if each.name in needed else each.name for each in found]
    return tuple(sorted(named, key=lambda each: not each.endswith("*")))


def asked_with(
    name: C, *, number: str, values: Mapping[str, str], form: Form | None, now: datetime, today: date
) -> Asked:
    """The command as a door asks it. form: as the case has it; new answers build on it. Raises CommandEnded."""
    said = {key: today.isoformat() if value == TODAY else value for key, value in values.items()}
    known = {each.removesuffix("*") for each in words_of(name)}
    unknown = sorted(set(said) - known)
    if unknown:
        takes = ", ".join(words_of(name)) or "nothing"
        raise wrong_use(f"{name.value} does not take {', '.join(unknown)}. It takes {takes} (* is needed).")
    if name in WITH_ANSWERS:
        return _with_answers(name, number=number, said=said, form=form, now=now)
    type_ = PAYLOADS.get(name)
    command = c.NoPayload() if type_ is None else _payload(name, type_, said)
    return Asked(number=number, command=command)


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
                raise wrong_use("meet_condition needs rule=..., as `evenroll case` shows it after condition/.")
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
    }
    for key, read in readers.items():
        if key in said:
            changes[key] = read()
    if cells.yes("vehicle_on_order"):
        changes["vin_state"] = VinState.ON_ORDER
    if cells.faults:
        fault = cells.faults[0]
        choices = f" Choose among {', '.join(fault.choices)}." if fault.choices else ""
        raise wrong_use(f"{name.value}: {fault.column} cannot be read ({fault.code.value}).{choices}")
    return replace(base, **changes)


def _payload(name: C, type_: type[Any], said: Mapping[str, str]) -> object:
    hints = get_type_hints(type_)
    missing = [each[:-1] for each in words_of(name) if each.endswith("*") and each[:-1] not in said]
    if missing:
        raise wrong_use(f"{name.value} needs {', '.join(f'{each}=...' for each in missing)}.")
    told: dict[str, JsonValue] = {}
    for key, text in said.items():
        try:
            told[key] = _json_of(text, hints[key])
        except ValueError:
            raise wrong_use(f"{name.value}: {key} cannot be {text!r}. It takes {_shape_of(hints[key])}.") from None
    try:
        return decode(type_, told)
    except CodecRefused as error:
        shapes = ", ".join(f"{key}={_shape_of(hints[key])}" for key in said)
        raise wrong_use(f"{name.value} does not take these values ({error}). It takes {shapes}.") from None


def _json_of(text: str, hint: Any) -> JsonValue:
    """The JSON in which the codec keeps a value of this type."""
    hint = _without_none(hint)
    origin = get_origin(hint)
    hint = getattr(hint, "__supertype__", hint)
    if hint is bool:
        return _bool(text)
    if hint is int:
        return int(text)
    if origin in (frozenset, tuple):
        return cast("JsonValue", sorted(part.strip() for part in text.split(";") if part.strip()))
    if is_dataclass(hint):
        return cast("JsonValue", json.loads(text))
    if origin is not None and issubclass(origin, Mapping):
        pairs = (part.partition("=") for part in text.split(";") if part.strip())
        return {key.strip(): value.strip() for key, _, value in pairs}
    return text


def _bool(text: str) -> bool:
    if text.casefold() in ("yes", "true", "1"):
        return True
    if text.casefold() in ("no", "false", "0"):
        return False
    raise ValueError(text)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def _shape_of(hint: Any) -> str:
    """How a value of this type is written, for a sentence."""
    hint = _without_none(hint)
    if get_origin(hint) is frozenset:
        return f"{_shape_of(get_args(hint)[0])}, several with ; between"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "|".join(each.value for each in hint)
    if hint is date:
        return "a day such as 2026-03-31, or today"
    if hint is bool:
        return "yes|no"
    return "JSON" if is_dataclass(hint) else "a text or number"
