"""What a crew is asked about the meter, one question each, and the exchange that its answers make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from evenroll.enrollment.usage_point import UsagePoint
from evenroll.pages.texts import key_of
from evenroll.programs.program import MeterCapability

_WH_PER_KWH: Final = 1000
_DIGITS: Final = 5
_LONG: Final = 40
OLD, NEW, CAPABLE, CLOSING, OPENING, DIGITS = (
    "old_serial",
    "new_serial",
    "capability",
    "closing_kwh",
    "opening_kwh",
    "digits",
)
QUESTIONS: Final = (OLD, NEW, CAPABLE, CLOSING, OPENING, DIGITS)
_NO_HELP: Final = {"autocomplete": "off", "spellcheck": "false"}


class ReadsField(forms.CharField):
    """Reads of registers: "peak=120.5; night=300", in kWh; gives Wh by register."""

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for what is no such list."""
        text = super().to_python(value)
        found: dict[str, int] = {}
        for part in filter(None, (each.strip() for each in str(text or "").split(";"))):
            name, sign, number = part.partition("=")
            if not (sign and name.strip()):
                raise _wrong()
            found[name.strip()] = _wh(number)
        return found


def questions() -> dict[str, forms.Field]:
    """The questions about a meter that was exchanged, none of which is needed where it was not."""
    reads = {"widget": forms.TextInput(attrs={"inputmode": "text", **_NO_HELP}), "help_text": "ask.reads_hint"}
    serial = {"max_length": _LONG, "widget": forms.TextInput(attrs=_NO_HELP), "required": False}
    return {
        OLD: forms.CharField(label="ask.old_serial", **serial),
        CLOSING: ReadsField(label="ask.closing_kwh", required=False, **reads),
        NEW: forms.CharField(label="ask.new_serial", help_text="ask.new_serial_hint", **serial),
        CAPABLE: forms.ChoiceField(
            label="ask.capability",
            required=False,
            choices=[(each.value, key_of(each)) for each in MeterCapability],
            widget=forms.RadioSelect,
        ),
        OPENING: ReadsField(label="ask.opening_kwh", required=False, **reads),
        DIGITS: forms.IntegerField(
            label="ask.digits",
            required=False,
            min_value=1,
            max_value=9,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
    }


def begun(point: UsagePoint | None) -> Mapping[str, object]:
    """What is known before the crew says anything: the meter in place and its registers."""
    meter = next((each for each in reversed(point.meters) if each.removed_on is None), None) if point else None
    if meter is None:
        return {DIGITS: _DIGITS}
    registers = "; ".join(f"{each.name}=" for each in meter.registers)
    return {OLD: meter.serial, CLOSING: registers, DIGITS: _DIGITS}


def exchange_of(given: Mapping[str, Any]) -> str:
    """The exchange as the codec reads it; "" where no new meter was named."""
    if not given.get(NEW):
        return ""
    rollover = 10 ** int(given.get(DIGITS) or _DIGITS) * _WH_PER_KWH
    opening: dict[str, int] = given.get(OPENING) or {}
    return json.dumps(
        {
            "old_serial": given.get(OLD) or None,
            "new_serial": given[NEW],
            "capability": given.get(CAPABLE) or MeterCapability.PERIOD_REGISTERS.value,
            "registers": [{"name": name, "rollover_wh": rollover} for name in opening],
            "closing_wh": given.get(CLOSING) or {},
            "opening_wh": opening,
        }
    )


def _wh(text: str) -> int:
    try:
        value = Decimal(text.strip().replace(",", "")) * _WH_PER_KWH
    except InvalidOperation:
        raise _wrong() from None
    if not value.is_finite() or value < 0 or value != int(value):
        raise _wrong()
    return int(value)


def _wrong() -> ValidationError:
    return ValidationError("ask.reads_wrong", code="invalid")
