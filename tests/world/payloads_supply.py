"""What people say with commands about supply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.supply import SupplyTransaction
from evenroll.enrollment.supply_commands import AskSupply, ChangeSupplier, RecordVerification, RejectSupply
from evenroll.programs.reject_codes import RejectCode
from tests.world.programs import BRIGHTWATER, NORTHFORK

SUPPLY_SAID: Mapping[C, Callable[[Any, Any, Any], object]] = {
    C.ASK_SUPPLY: lambda w, s, r: AskSupply(off_cycle=r.random() < 0.3),
    C.RECORD_VERIFICATION: lambda w, s, r: RecordVerification(reference="TPV-2"),
    C.CHANGE_SUPPLIER: lambda w, s, r: ChangeSupplier(
        to=r.choice([None, BRIGHTWATER, NORTHFORK]),
        transaction=r.choice([SupplyTransaction.DROP_BY_CUSTOMER, SupplyTransaction.DROP_BY_SUPPLIER]),
    ),
    C.REJECT_SUPPLY: lambda w, s, r: RejectSupply(codes=(r.choice(list(RejectCode)[:12]),)),
}
