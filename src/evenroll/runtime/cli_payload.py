"""What a person says with a command at a terminal; what is wrong with it ends `evenroll` as wrong use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import Form
from evenroll.intake import said_command
from evenroll.intake.said_command import placed, words_of
from evenroll.intake.said_values import SaidWrong
from evenroll.runtime.cli_exit import wrong_use

if TYPE_CHECKING:
    from evenroll.records.asked import Asked

__all__ = ["asked_with", "placed", "words_of"]


def asked_with(
    name: CommandName, *, number: str, values: Mapping[str, str], form: Form | None, now: datetime, today: date
) -> Asked:
    """The command as the terminal asks it; see `intake.said_command`. Raises CommandEnded."""
    try:
        return said_command.asked_with(name, number=number, values=values, form=form, now=now, today=today)
    except SaidWrong as wrong:
        raise wrong_use(str(wrong)) from None
