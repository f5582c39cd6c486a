"""The log of a process: JSON lines or text, on standard error or in a file, as the environment says."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TextIO

from evenroll.records.log_lines import LOG, LogLine, clean_name
from evenroll.runtime.cli_exit import wrong_use

FORM_VARIABLE: Final = "EVENROLL_LOG"
LEVEL_VARIABLE: Final = "EVENROLL_LOG_LEVEL"
FILE_VARIABLE: Final = "EVENROLL_LOG_FILE"

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FOREIGN: Final = "library_said"
"""The code of a line of a library: its name and level are told, its text is not, for it may quote a value."""


class LogForm(StrEnum):
    """How lines are written: for machines, for people, or not at all."""

    JSON = "json"
    TEXT = "text"
    OFF = "off"


class _Writer(logging.Handler):
    def __init__(self, stream: TextIO, *, form: LogForm) -> None:
        super().__init__()
        self._stream = stream
        self._form = form

    def emit(self, record: logging.LogRecord) -> None:
        line = getattr(record, "line", None)
        told = line.told() if isinstance(line, LogLine) else _foreign(record)
        written = _json(record, told) if self._form is LogForm.JSON else _text(record, told)
        # Whoever reads us is gone, or the disk is full: the work goes on without a log.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{written}\n")
            self._stream.flush()


def line_writer(stream: TextIO, *, form: LogForm) -> logging.Handler:
    """Writes what is told to a stream, and of what libraries say their names alone."""
    return _Writer(stream, form=form)


def set_up_log(environ: Mapping[str, str], *, for_worker: bool) -> None:
    """Begin the log of this process: EVENROLL_LOG json, text or off; EVENROLL_LOG_LEVEL; EVENROLL_LOG_FILE.

    Without them a worker writes all that happens to standard error, JSON unless that is a terminal; any other command
    writes warnings only, as text. A second call does nothing. Raises CommandEnded.
    """
    form = _form(environ.get(FORM_VARIABLE, ""), for_worker=for_worker)
    level = _level(environ.get(LEVEL_VARIABLE, ""), for_worker=for_worker)
    root = logging.getLogger()
    if any(isinstance(each, _Writer) for each in root.handlers):
        return
    if form is LogForm.OFF:
        # Without any handler Python writes warnings to standard error itself.
        root.addHandler(logging.NullHandler())
        root.setLevel(logging.CRITICAL)
        return
    root.addHandler(line_writer(_stream(environ.get(FILE_VARIABLE, "")), form=form))
    root.setLevel(logging.WARNING)
    LOG.setLevel(level)


def _form(given: str, *, for_worker: bool) -> LogForm:
    if not given:
        return LogForm.JSON if for_worker and not sys.stderr.isatty() else LogForm.TEXT
    try:
        return LogForm(given.strip().lower())
    except ValueError:
        raise wrong_use(f"{FORM_VARIABLE}={given!r} is no form of a log. Set it to json, text or off.") from None


def _level(given: str, *, for_worker: bool) -> int:
    if not given:
        return logging.INFO if for_worker else logging.WARNING
    level = _LEVELS.get(given.strip().lower())
    if level is None:
        raise wrong_use(f"{LEVEL_VARIABLE}={given!r} is no level. Set it to {', '.join(_LEVELS)}.")
    return level


def _stream(path: str) -> TextIO:
    if not path:
        return sys.stderr
    try:
        # Nobody else need read who works when, and appending lets several processes share it.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise wrong_use(
            f"The log file that {FILE_VARIABLE} names cannot be written: {error.strerror}. Name another file, or unset "
            "it for standard error."
        ) from None
    return os.fdopen(descriptor, "a", encoding="utf-8")


def _foreign(record: logging.LogRecord) -> dict[str, str | float | int]:
    name = clean_name(record.name)
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
    return {"code": FOREIGN, "of": name, **({"error": kind} if kind else {})}


def _json(record: logging.LogRecord, told: Mapping[str, str | float | int]) -> str:
    return json.dumps({"at": _at(record), "level": record.levelname.lower(), "pid": record.process, **told})


def _text(record: logging.LogRecord, told: Mapping[str, str | float | int]) -> str:
    rest = " ".join(f"{name}={value}" for name, value in told.items() if name != "code")
    return f"{_at(record)} {record.levelname.lower():7} {told['code']} {rest}".rstrip()


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
