"""What a command may bring into the journal as text: codes, numbers and names of goods, never a sentence.

The journal is kept for good and holds no personal data. Free text belongs to the vault; here it is refused by field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import money_commands as mc
from evenroll.enrollment import moving_commands as mv
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.enrollment.leaving_commands import LoseDevice, ProposeCorrection, Resume
from evenroll.enrollment.order_commands import RecordRemoteChange, RecordVisit
from evenroll.enrollment.supply_commands import RecordVerification

_CODE = re.compile(r"[a-z0-9][a-z0-9_.:%-]{0,39}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#:-]{0,59}")
# Letters of every language: makers write accents, and dashes of both lengths.
_GOODS = re.compile(r"[^\W_][\w .&'/#+,()\u2013-]{0,59}")

_FIELDS: Mapping[type, Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        c.StampMail: {"receipt": _NUMBER},
        c.ChooseEquipment: {"outlet": _GOODS, "model": _GOODS},
        c.RecordPurchase: {"outlet": _GOODS},
        c.RecordInstallation: {"serial": _NUMBER, "permit": _NUMBER, "model": _GOODS},
        c.RegisterDevice: {"device": _NUMBER, "kind": _CODE},
        c.RecordDeviceTest: {"device": _NUMBER, "cause": _CODE},
        c.SetParameters: {"parameters": _CODE, "schedules": _CODE},
        c.RecordUse: {"reason": _CODE, "event": _NUMBER},
        mc.CancelEvent: {"reason": _CODE},
        mc.RecordPayment: {"reference": _NUMBER},
        LoseDevice: {"cause": _CODE, "device": _NUMBER},
        Resume: {"device": _NUMBER},
        ProposeCorrection: {"after": _NUMBER, "by": _NUMBER},
        RecordRemoteChange: {"reason": _CODE},
        RecordVerification: {"reference": _NUMBER},
        mv.ChangeProgram: {"selections": _CODE},
        mv.MoveWithCar: {"postal_code": _NUMBER},
        mv.AddVehicle: {"model": _GOODS},
        mv.SwapVehicle: {"model": _GOODS},
        mv.SwapEquipment: {"outlet": _GOODS, "model": _GOODS, "old": _NUMBER, "device": _NUMBER, "use": _CODE},
        mv.RemoveEquipment: {"device": _NUMBER},
    }
)
"""The text fields that reach the journal, and the form each of them must have. Empty is left to the decision."""

_WITH_TEXT = frozenset({*_FIELDS, c.SubmitForm, c.KeyForm, c.MeetCondition, RecordVisit, RecordRemoteChange})
"""Every other payload brings no text."""


def is_name_of_goods(text: str) -> bool:
    """Whether a text may be kept as the name of a model or an outlet."""
    return _GOODS.fullmatch(text) is not None


def is_number_given(text: str) -> bool:
    """Whether a text may be kept as a number that someone gave out, such as a receipt's."""
    return _NUMBER.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Whether a text may be kept as a code, such as the key of a selection."""
    return _CODE.fullmatch(text) is not None


def refuse_prose(name: CommandName, command: object) -> Refusal | None:
    """The refusal of a command that would bring free text into the journal, naming the field; None if it does not."""
    if type(command) not in _WITH_TEXT:
        return None
    fields = [(field, form, getattr(command, field)) for field, form in _FIELDS.get(type(command), {}).items()]
    if isinstance(command, c.SubmitForm | c.KeyForm | c.MeetCondition):
        fields += [("model", _GOODS, command.form.model), ("selections", _CODE, command.form.selections)]
        fields += [("verification", _NUMBER, command.form.verification)]
    if isinstance(command, RecordVisit | RecordRemoteChange) and command.exchange is not None:
        meter = command.exchange
        fields += [("serial", _NUMBER, (meter.old_serial, meter.new_serial))]
        fields += [("registers", _CODE, (*meter.opening_wh, *meter.closing_wh))]
    for field, form, value in fields:
        if any(text and not form.fullmatch(text) for text in _texts(value)):
            return Refusal(code=RefusalCode.PROSE, parameters={"command": name.value, "field": field})
    return None


def _texts(value: str | tuple[str, ...] | Mapping[str, str]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from value
        yield from value.values()
    else:
        yield from value
