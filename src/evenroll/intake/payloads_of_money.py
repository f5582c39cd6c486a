"""What is said with the commands of row 10's ledger: payloads, and values to begin from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from evenroll.enrollment import money_commands as m
from evenroll.enrollment.command_names import CommandName as C

MONEY_PAYLOADS: Final[Mapping[C, type[Any]]] = {
    C.CALL_EVENT: m.CallEvent,
    C.CANCEL_EVENT: m.CancelEvent,
    C.SETTLE_EVENT: m.SettleEvent,
    C.RECORD_CHARGING: m.RecordCharging,
    C.APPROVE_CREDIT: m.NameCredit,
    C.SEND_CREDIT: m.NameCredit,
    C.RECORD_PAYMENT: m.RecordPayment,
    C.REVERSE_CREDIT: m.ReverseCredit,
    C.SETTLE_PROTECTION: m.SettleProtection,
}

_USAGE: Final = (
    """'usage={"start_on":"2026-11-12","end_on":"2027-11-12","wh":{"peak":3000000,"night":6000000},"paid":"1043.20"}'"""
)

MONEY_EXAMPLES: Final[Mapping[C, str]] = {
    C.CALL_EVENT: "starts_at=2026-07-15T16:00 hours=2",
    C.CANCEL_EVENT: "reason=cool_day",
    C.SETTLE_EVENT: '"results=EV-7K3M9-QXT2H-WPCF=not_reached"',
    C.RECORD_CHARGING: "month=2026-07 charged_kwh=212.4 window_kwh=190.1 peak_kwh=0",
    C.APPROVE_CREDIT: "code=enrollment_bonus span=enrollment",
    C.SEND_CREDIT: "code=enrollment_bonus span=enrollment",
    C.RECORD_PAYMENT: "code=enrollment_bonus span=enrollment paid_on=today reference=B-2026-077",
    C.REVERSE_CREDIT: "code=enrollment_bonus span=enrollment reason=clawback",
    C.SETTLE_PROTECTION: _USAGE,
}
