"""What can be done now with a record by the role that looks, and the notice after it was done."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import COMMANDS, Record
from evenroll.enrollment.form import Language
from evenroll.enrollment.possible_commands import possible_commands
from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import TrackState
from evenroll.intake.said_command import words_of
from evenroll.pages.texts import render
from evenroll.pages.web_request import PageRequest
from evenroll.pages.web_said import said
from evenroll.pages.web_widgets import Notice, Tone

_KEY_BYTES: Final = 16
WARNED: Final = frozenset(
    {
        CommandName.WITHDRAW,
        CommandName.RESCIND,
        CommandName.UNENROLL,
        CommandName.MERGE_CASE,
        CommandName.REVERSE_SWITCH,
        CommandName.REVERSE_CREDIT,
    }
)
"""Commands that end or undo something: asked for on a page of their own, by a button that warns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doable:
    """A command that can be given now. at_once: by its button alone, which sends key; else on a page of its own."""

    name: CommandName
    text: str
    at_once: bool
    key: str


def doables(
    tracks: Iterable[TrackState], *, record: Record, role: Role, language: Language, case: Case | None = None
) -> Sequence[Doable]:
    """The commands to a record that help where its tracks stand, those that say nothing but their name first."""
    live = [(each.track, each.state) for each in tracks if each.owner is not None and each.due_at is not None]
    names = [each for each in possible_commands(live, role=role, case=case) if COMMANDS[each].record is record]
    found = [
        Doable(
            name=each,
            text=render(each, language=language),
            at_once=not words_of(each) and each not in WARNED,
            key=new_key(),
        )
        for each in names
    ]
    return sorted(found, key=lambda each: (each.name in WARNED, not each.at_once))


def new_key() -> str:
    """A key by which a command that is sent twice has its effect once."""
    return secrets.token_hex(_KEY_BYTES)


def done_notice(request: PageRequest, state: str) -> Notice | None:
    """That the command which led here was done. state: where the record stands, in words."""
    done = request.GET.get("done", "")
    if done not in CommandName.__members__.values():
        return None
    what = said(request, CommandName(done))
    return Notice(title=what, text=said(request, "desk.done", standing=state), tone=Tone.GOOD)
