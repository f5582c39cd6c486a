"""What may happen at any row, one file each; `ACTIONS` names the action of every command of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenroll.actions.appeal import open_appeal, settle_appeal
from evenroll.actions.cancel_order import cancel_order
from evenroll.actions.end_condition import end_condition
from evenroll.actions.escalate import escalate
from evenroll.actions.expire import close_refusal, expire
from evenroll.actions.lose_supply import lose_supply
from evenroll.actions.remind import remind
from evenroll.actions.rescind import rescind
from evenroll.actions.withdraw import hear_cancel, withdraw
from evenroll.enrollment.command_names import CommandName
from evenroll.records.asked import Command

ACTIONS: Mapping[CommandName, Command] = MappingProxyType(
    {
        CommandName.OPEN_APPEAL: open_appeal,
        CommandName.SETTLE_APPEAL: settle_appeal,
        CommandName.CANCEL_ORDER: cancel_order,
        CommandName.END_CONDITION: end_condition,
        CommandName.ESCALATE: escalate,
        CommandName.EXPIRE: expire,
        CommandName.CLOSE_REFUSAL: close_refusal,
        CommandName.LOSE_SUPPLY: lose_supply,
        CommandName.REMIND: remind,
        CommandName.RESCIND: rescind,
        CommandName.WITHDRAW: withdraw,
        CommandName.HEAR_CANCEL: hear_cancel,
    }
)
