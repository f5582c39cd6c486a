"""How a command ends: its exit codes, and the refusals that a person at a terminal reads as one sentence."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; docs/command_line.md tells them to users."""

    OK = 0
    REFUSED = 1
    WRONG_USE = 2
    NOT_FOUND = 3
    SOME_ROWS_FAILED = 4
    UNAVAILABLE = 5
    MUST_ACT = 6
    DEFECT = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class CommandEnded(Exception):
    """A command ends here with this sentence and code. reason: a stable code for --json."""

    def __init__(self, sentence: str, *, code: ExitCode, reason: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.reason = reason


def refused(sentence: str, *, reason: str = "refused") -> CommandEnded:
    """A rule says no."""
    return CommandEnded(sentence, code=ExitCode.REFUSED, reason=reason)


def wrong_use(sentence: str, *, reason: str = "wrong_use") -> CommandEnded:
    """The command was given something that it cannot mean."""
    return CommandEnded(sentence, code=ExitCode.WRONG_USE, reason=reason)


def not_found(sentence: str, *, reason: str = "not_found") -> CommandEnded:
    """What was asked for is not here."""
    return CommandEnded(sentence, code=ExitCode.NOT_FOUND, reason=reason)


def unavailable(sentence: str, *, reason: str = "unavailable") -> CommandEnded:
    """The database or a partner does not answer."""
    return CommandEnded(sentence, code=ExitCode.UNAVAILABLE, reason=reason)
