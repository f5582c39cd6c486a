"""What a person says with a command about supply."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from evenroll.enrollment import supply_commands as sc
from evenroll.enrollment.command_names import CommandName as C

SUPPLY_PAYLOADS: Final[Mapping[C, type[Any]]] = MappingProxyType(
    {
        C.ASK_SUPPLY: sc.AskSupply,
        C.RECORD_VERIFICATION: sc.RecordVerification,
        C.CHANGE_SUPPLIER: sc.ChangeSupplier,
        C.REJECT_SUPPLY: sc.RejectSupply,
    }
)

SUPPLY_EXAMPLES: Final[Mapping[C, str]] = MappingProxyType(
    {
        C.ASK_SUPPLY: "requested_on=2026-04-15",
        C.RECORD_VERIFICATION: "reference=TPV-2026-0311",
        C.CHANGE_SUPPLIER: "to=riverbend-power",
    }
)
"""Values with which each of them may be given."""
