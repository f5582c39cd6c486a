"""What a process has done, as counters and histograms for Prometheus: it hears the lines that the log hears."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from evenroll.records.log_lines import LogCode, LogLine, clean_name
from evenroll.records.retries import AGAIN

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Upper bounds of the histograms' buckets: a row takes milliseconds, what waits on a lock or a partner more."""

_COMMANDS: Final = {
    LogCode.COMMAND_TAKEN: "taken",
    LogCode.COMMAND_REFUSED: "refused",
    LogCode.COMMAND_AWAY: "away",
    LogCode.COMMAND_FAILED: "failed",
}
_WAITS: Final = {
    LogCode.WAIT_TAKEN: "taken",
    LogCode.WAIT_PUT_BACK: "put_back",
    LogCode.WAIT_SET_ASIDE: "set_aside",
}
_MESSAGES: Final = {
    LogCode.MESSAGE_TAKEN: "taken",
    LogCode.MESSAGE_REPEATED: "repeated",
    LogCode.MESSAGE_PARKED: "parked",
    LogCode.MESSAGE_AWAY: "away",
}


class Counts:
    """The counters of one process. Labels are codes of ours, so their number is bounded: no number of a record."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._commands = Histogram(
            "evenroll_command_duration_seconds",
            "How long commands took, with what was asked of partners for them, by name and outcome.",
            ("command", "outcome"),
            buckets=SECONDS,
            registry=registry,
        )
        self._refusals = Counter("evenroll_refusals", "Commands that a rule refused.", ("code",), registry=registry)
        self._waits = Counter("evenroll_waits_handled", "Deadlines acted on.", ("outcome",), registry=registry)
        self._messages = Counter(
            "evenroll_messages_delivered", "Messages brought to their receiver.", ("outcome",), registry=registry
        )
        self._delivery = Histogram(
            "evenroll_message_delivery_duration_seconds",
            "How long bringing a message took, with its effect at the receiver.",
            buckets=SECONDS,
            registry=registry,
        )
        self._retries = Counter(
            "evenroll_retries", "Transactions done again for another's sake.", ("reason",), registry=registry
        )
        self._failures = Counter(
            "evenroll_failures", "Waits and messages on which an exception arose.", registry=registry
        )
        self._newer = Counter(
            "evenroll_left_to_newer", "Waits, messages and cases left to workers of a newer release.", registry=registry
        )
        self._sealed = Counter("evenroll_sealed_entries", "Journal entries sealed.", registry=registry)

    def hear(self, line: LogLine, _level: int) -> None:
        """Count one line."""
        if line.code in _COMMANDS:
            self._command(line)
        elif line.code in _WAITS:
            self._waits.labels(_WAITS[line.code]).inc()
        elif line.code in _MESSAGES:
            self._messages.labels(_MESSAGES[line.code]).inc()
            self._delivery.observe((line.ms or 0.0) / 1000)
        else:
            self._other(line)

    def _command(self, line: LogLine) -> None:
        self._commands.labels(clean_name(line.of), _COMMANDS[line.code]).observe((line.ms or 0.0) / 1000)
        if line.code is LogCode.COMMAND_REFUSED:
            self._refusals.labels(clean_name(line.outcome)).inc()

    def _other(self, line: LogLine) -> None:
        if line.code is LogCode.RETRIED:
            self._retries.labels(_RETRIED.get(line.sqlstate, "moved")).inc()
        elif line.code is LogCode.FAILED:
            self._failures.inc()
        elif line.code is LogCode.LEFT_TO_NEWER:
            self._newer.inc()
        elif line.code is LogCode.SEALED:
            self._sealed.inc(line.count or 0)


_RETRIED: Final = {"40001": "serialization", "40P01": "deadlock", "23505": "numbered_at_once"}
assert set(_RETRIED) >= AGAIN
