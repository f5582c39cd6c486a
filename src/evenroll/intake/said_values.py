"""How the values of a command are written by hand: by example, read into the codec's JSON, and told by shape."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, Union, cast, get_args, get_origin

from evenroll.enrollment.command_names import CommandName as C
from evenroll.intake.payloads_of_money import MONEY_EXAMPLES
from evenroll.intake.payloads_of_moving import MOVING_EXAMPLES
from evenroll.intake.payloads_of_supply import SUPPLY_EXAMPLES
from evenroll.quantities.codec import JsonValue

EXCHANGE: Final = (
    """'exchange={"old_serial":"M100234","new_serial":"N800007","capability":"interval","""
    """"registers":[{"name":"peak","rollover_wh":100000000},{"name":"night","rollover_wh":100000000}],"""
    """"closing_wh":{"total":48213000},"opening_wh":{"peak":0,"night":0}}'"""
)
"""What the crew did to the meter; serials and reads in Wh are those of the meter in place and of the new one."""

_FROM_AFAR: Final = EXCHANGE.replace("N800007", "M100234")

EXAMPLES: Final[Mapping[C, str]] = {
    C.SAVE_ANSWERS: "account_number=4410023 email=customer@example.org",
    C.SUBMIT_FORM: "program=LE-EV-NIGHT drivetrain=bev documents=vehicle_registration signed_on=today",
    C.STAMP_MAIL: "receipt=R-2026-0147 received_at=2026-03-31",
    C.KEY_FORM: "account_number=4410023 program=LE-EV-NIGHT signed_on=2026-03-31",
    C.CHOOSE_USAGE_POINT: "pod=LKE1000026",
    C.CHOOSE_PROGRAM: "program=LE-EV-NIGHT",
    C.COMPLETE_ANSWERS: "drivetrain=bev signed_on=today",
    C.GIVE_EVIDENCE: "account_number=4410023 meter_serial=M100234",
    C.SETTLE_MATCH: "account=4410",
    C.MEET_CONDITION: "rule=vin vin=1FTVW1EL0NWG00001",
    C.GIVE_CURE: "documents=landlord_permission",
    C.BOOK_VISIT: "visit_on=2026-03-31 window=morning",
    C.REBOOK_VISIT: "visit_on=2026-04-02",
    C.RECORD_VISIT: f"result=exchanged visited_on=2026-03-31 {EXCHANGE}",
    C.RECORD_REMOTE_CHANGE: f"result=done changed_on=2026-03-31 {_FROM_AFAR}",
    C.SHOW_PERMIT: "seen_on=today",
    C.COMPLETE_BACK_OFFICE: '"done=premise_meter_link; register_map; read_cycle; rate_code; interval_validation"',
    C.QUESTION_READ: "serial=N800007 register=night",
    C.CORRECT_READ: 'closing_wh=total=48213000 "opening_wh=peak=0; night=0"',
    C.DATE_SWITCH: "not_before_on=2026-04-15",
    C.REVERSE_SWITCH: "reason=wrong_rate",
    C.CHOOSE_EQUIPMENT: "kind=evse outlet=garage model=Wallbox-11",
    C.RECORD_PURCHASE: "outlet=garage bought_on=2026-03-31 price=549.00",
    C.RECORD_INSTALLATION: "installer=contractor installed_on=2026-03-31 serial=W-77231 permit=P-2026-88",
    C.RECORD_INSPECTION: "passed=yes inspected_on=2026-04-02",
    C.REGISTER_DEVICE: "device=W-77231 kind=evse",
    C.RECORD_DEVICE_TEST: "device=W-77231",
    C.SET_PARAMETERS: 'program=LE-EV-NIGHT "parameters=charge_from=23:00; charge_until=06:00"',
    C.CONFIRM_PARAMETERS: "by_device=no",
    C.RECORD_USE: "kind=opt_out on=2026-07-01 reason=trip",
    C.SETTLE_APPEAL: "reopened=yes",
    C.UNENROLL: "reason=not_saving on=2026-06-30",
    C.SUSPEND: "cause=account",
    C.RESUME: "device=W-77231",
    C.LOSE_DEVICE: "cause=offline device=W-77231",
    C.PROPOSE_CORRECTION: "fact=drivetrain after=phev",
    C.SETTLE_CORRECTION: "agreed=yes",
    **SUPPLY_EXAMPLES,
    **MONEY_EXAMPLES,
    **MOVING_EXAMPLES,
}
"""Values with which each command may be given, as one writes them in a shell; a command that is absent takes none."""


class SaidWrong(ValueError):
    """What was said with a command cannot be it; the sentence says what it takes."""


_US_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def json_of(text: str, hint: Any) -> JsonValue:
    """The JSON in which the codec keeps a value of this type. Raises ValueError where the text cannot mean one."""
    hint = without_none(hint)
    origin = get_origin(hint)
    hint = getattr(hint, "__supertype__", hint)
    if origin in (frozenset, tuple):
        parts = sorted(part.strip() for part in text.split(";") if part.strip())
        return cast("JsonValue", [json_of(part, get_args(hint)[0]) for part in parts])
    if is_dataclass(hint):
        return cast("JsonValue", json.loads(text))
    if origin is not None and issubclass(origin, Mapping):
        pairs = (part.partition("=") for part in text.split(";") if part.strip())
        of_value = get_args(hint)[1]
        return {key.strip(): json_of(value.strip(), of_value) for key, _, value in pairs}
    return _plain(text, hint)


def _plain(text: str, hint: Any) -> JsonValue:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _member(text, hint).value
    return _READERS[hint](text) if hint in _READERS else text


def _member(text: str, kind: type[StrEnum]) -> StrEnum:
    """The code of a text, in capitals or not: some codes of the trade are capitals. Raises ValueError."""
    known = {each.value.casefold(): each for each in kind}
    return known[text.casefold()] if text.casefold() in known else kind(text)


def without_none(hint: Any) -> Any:
    """The type itself of one that may also be None."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def shape_of(hint: Any) -> str:
    """How a value of this type is written, for a sentence."""
    hint = without_none(hint)
    if get_origin(hint) is frozenset:
        return f"{shape_of(get_args(hint)[0])}, several with ; between"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return "|".join(each.value for each in hint)
    return _SHAPES.get(hint, "JSON as in the example" if is_dataclass(hint) else "a text or number")


_SHAPES: Final[Mapping[Any, str]] = {
    date: "a day such as 2026-03-31, or today",
    datetime: "a day such as 2026-03-31, or an instant such as 2026-03-31T09:30",
    bool: "yes|no",
    Decimal: "an amount such as 9.50",
}


def _bool(text: str) -> JsonValue:
    if text.casefold() in ("yes", "true", "1"):
        return True
    if text.casefold() in ("no", "false", "0"):
        return False
    raise ValueError(text)


def _day(text: str) -> JsonValue:
    american = _US_DAY.fullmatch(text)
    if american is not None:
        month, day, year = (int(each) for each in american.groups())
        return date(year, month, day).isoformat()
    return date.fromisoformat(text).isoformat()


def _instant(text: str) -> JsonValue:
    """An instant with its zone; one without a zone is the door's to place, and is taken for UTC here."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _decimal(text: str) -> JsonValue:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite():
        raise ValueError(text)
    return str(amount)


_READERS: Final[Mapping[Any, Callable[[str], JsonValue]]] = {
    bool: _bool,
    int: int,
    datetime: _instant,
    date: _day,
    Decimal: _decimal,
}
