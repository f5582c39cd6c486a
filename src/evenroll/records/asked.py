"""A command as it was asked, and what it is answered: the common shape of every step and action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias, cast

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Refusal, RefusalCode
from evenroll.ports.outside import NOTHING, Outside
from evenroll.quantities.codec import JsonValue, encode
from evenroll.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One command to one record.

    number: of the case or service order. command: its payload (`case_commands`, `order_commands`, a message body).
    key: the idempotency key, "" where something else makes it happen once (a deadline, the inbox).
    lapsed: for the clock's commands, the track and the due date that lapsed; if they stand no longer, nothing happens.
    seen: for a person's command to a case or order, the number of its last entry that this person saw
    (`queries.case_version`); if another one has come since, nothing happens.
    """

    number: str
    command: object
    outside: Outside = field(default=NOTHING, repr=False)
    key: str = ""
    lapsed: tuple[str, datetime] | None = None
    seen: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """The command had its effect. state: where the record stands now; events: the kinds that were recorded."""

    number: str
    state: str
    events: tuple[str, ...] = ()


Answer: TypeAlias = Taken | Refusal


class Command(Protocol):
    """A step or an action: a function of unit of work and command that gives an answer."""

    def __call__(self, work: UnitOfWork, *, asked: Asked) -> Answer:
        """Take the command, in a unit of work that the door opened and commits."""
        ...


def payload_of(asked: Asked, *, name: CommandName) -> JsonValue:
    """The content that an idempotency key stands for; personal answers are only ever digested from it.

    name: of the command. Many commands say nothing but their name, and a key stands for one of them only.
    """
    answers: dict[str, JsonValue] = {field.value: text for field, text in asked.outside.answers.items()}
    return {"name": name.value, "number": asked.number, "command": encode(asked.command), "answers": answers}


def written_answer(answer: Answer) -> JsonValue:
    """An answer as it is kept."""
    if isinstance(answer, Refusal):
        return {"refused": answer.code.value, "parameters": dict(answer.parameters)}
    return {"number": answer.number, "state": answer.state, "events": list(answer.events)}


def read_answer(body: JsonValue) -> Answer:
    """An answer that was kept."""
    kept = cast("Mapping[str, object]", body)
    if "refused" in kept:
        return Refusal(
            code=RefusalCode(str(kept["refused"])), parameters=dict(cast("Mapping[str, str]", kept["parameters"]))
        )
    return Taken(number=str(kept["number"]), state=str(kept["state"]), events=tuple(cast("list[str]", kept["events"])))
