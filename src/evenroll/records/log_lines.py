"""What happened, told for the log and the metrics: codes and numbers of records, never a text and never a person.

A line holds nothing that somebody wrote: its words are names of ours, its numbers have the shape of our numbers, and
whatever else comes is left out. So no value of a customer, no statement and no message of an error can get into a log.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import psycopg

LOG: Final = logging.getLogger("evenroll")


class LogCode(StrEnum):
    """What kind of thing happened; docs/operation.md has a line for each."""

    COMMAND_TAKEN = "command_taken"
    COMMAND_REFUSED = "command_refused"
    COMMAND_AWAY = "command_away"
    COMMAND_FAILED = "command_failed"
    COMMAND_ENDED = "command_ended"
    WAIT_TAKEN = "wait_taken"
    WAIT_PUT_BACK = "wait_put_back"
    WAIT_SET_ASIDE = "wait_set_aside"
    FAILED = "failed"
    LEFT_TO_NEWER = "left_to_newer"
    MESSAGE_TAKEN = "message_taken"
    MESSAGE_REPEATED = "message_repeated"
    MESSAGE_PARKED = "message_parked"
    MESSAGE_AWAY = "message_away"
    MESSAGE_BUSY = "message_busy"
    RETRIED = "retried"
    NOTICE_SENT = "notice_sent"
    NOTICE_WITHHELD = "notice_withheld"
    NOTICE_AWAY = "notice_away"
    NOTICE_PARKED = "notice_parked"
    LETTER_SENT = "letter_sent"
    LETTER_AWAY = "letter_away"
    LETTER_GIVEN_UP = "letter_given_up"
    WORD_TOO_LATE = "word_too_late"
    SEALED = "sealed"
    COUNTED = "counted"
    PROGRAM_LEFT_OUT = "program_left_out"
    WORKER_BEGAN = "worker_began"
    WORKER_STOPPED = "worker_stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """One thing that happened. about: the case or record; of: what it belongs to, a command or a kind of message.

    outcome: a code. ms: how long it took; count: how many, or which attempt it was. error, where: kind of an exception
    and the place in the program where it arose; sqlstate, constraint: what the database calls it. request: which asking
    of a door caused it.
    """

    code: LogCode
    request: str = ""
    organization: str = ""
    about: str = ""
    of: str = ""
    outcome: str = ""
    message: str = ""
    ms: float | None = None
    count: int | None = None
    exit_code: int | None = None
    error: str = ""
    where: str = ""
    sqlstate: str = ""
    constraint: str = ""

    def told(self) -> dict[str, str | float | int]:
        """What is known of it, by name; every text clean."""
        found: dict[str, str | float | int] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None or value == "":
                continue
            shape = _SHAPES.get(each.name, _NAME)
            found[each.name] = value if isinstance(value, float | int) else _clean(value, shape=shape)
        return found

    @property
    def text(self) -> str:
        """The line as people read it."""
        return " ".join([self.code.value, *(f"{k}={v}" for k, v in self.told().items() if k != "code")])


HIDDEN: Final = "hidden"
"""Stands for what has not the shape of a name or number of ours."""

_NAME: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,80}")
_NUMBER: Final = re.compile(r"[A-Z]{2,5}(-[0-9A-Z]{1,20}){1,5}|[A-Z]{2,5}[0-9]{4,12}|[a-z]{2,20}(-[a-z0-9]{1,20}){1,4}")
_MESSAGE: Final = re.compile(r"[a-z0-9-]{1,60}/[A-Za-z0-9-]{1,60}/[0-9]{1,9}")
_SHAPES: Final = {"about": _NUMBER, "message": _MESSAGE}
_ASKED_NUMBER: Final = re.compile(r"(EV|SO|SW)-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}")

Hear = Callable[[LogLine, int], None]
_hearers: list[Hear] = []
_request: ContextVar[str] = ContextVar("evenroll_request", default="")


def tell(line: LogLine, *, level: int = logging.INFO) -> None:
    """Tell it to the log, and to whoever counts."""
    if not _hearers and not LOG.isEnabledFor(level):
        return
    known = line if line.request else replace(line, request=_request.get())
    for hear in _hearers:
        hear(known, level)
    if LOG.isEnabledFor(level):
        LOG.log(level, "%s", known.text, extra={"line": known})


def tell_failure(line: LogLine, error: BaseException, *, level: int = logging.ERROR) -> None:
    """Tell it with the kind and place of an error. Its text may quote a row, and so a person: it is not written."""
    frames = traceback.extract_tb(error.__traceback__)
    # The last place of ours says more than the one in a library beneath it.
    ours = [each for each in frames if f"{Path(__file__).parent.parent}" in each.filename] or frames
    where = f"{Path(ours[-1].filename).stem}.{ours[-1].name}:{ours[-1].lineno}" if ours else ""
    database = _of_database(error)
    tell(
        replace(
            line,
            error=type(error).__name__,
            where=where.replace("<", "").replace(">", ""),
            sqlstate=(database.sqlstate or "") if database else "",
            constraint=(database.diag.constraint_name or "") if database else "",
        ),
        level=level,
    )


def hear(each: Hear) -> Callable[[], None]:
    """Have every line told to this one as well; gives what ends that."""
    _hearers.append(each)
    return lambda: _hearers.remove(each)


def asked_number(text: str) -> str:
    """A number that a person gave, if it has the shape of our numbers; "" otherwise: it could be a name."""
    return text if _ASKED_NUMBER.fullmatch(text) else ""


@contextmanager
def request_scope(request: str = "") -> Iterator[str]:
    """What is told inside belongs to one asking of a door: the one that runs already, the given one, or a new one."""
    running = _request.get() or request or secrets.token_hex(8)
    token = _request.set(running)
    try:
        yield running
    finally:
        _request.reset(token)


def current_request() -> str:
    """The asking of a door that what is told now belongs to; "" outside any."""
    return _request.get()


@contextmanager
def carried_on(request: str) -> Iterator[None]:
    """What is told inside belongs to the asking that caused a message; to the one that runs where none is named."""
    token = _request.set(request or _request.get())
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def each_on_its_own() -> Iterator[None]:
    """What is told inside belongs to no asking but those that begin there: a worker's door is open for weeks."""
    token = _request.set("")
    try:
        yield
    finally:
        _request.reset(token)


def clean_name(text: str) -> str:
    """A name in the program, such as a module's; HIDDEN where it has not the shape of one."""
    return _clean(text, shape=_NAME)


def _clean(text: str, *, shape: re.Pattern[str]) -> str:
    return text if shape.fullmatch(text) else HIDDEN


def _of_database(error: BaseException) -> psycopg.Error | None:
    for found in (error, error.__cause__):
        if isinstance(found, psycopg.Error):
            return found
    return None
