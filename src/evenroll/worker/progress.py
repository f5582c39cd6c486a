"""What a run of the driver did, and what it tells of a failure."""

from __future__ import annotations

from dataclasses import dataclass

from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.log_lines import LogCode, LogLine, tell_failure


@dataclass(slots=True)
class Progress:
    """What a run did. refused, failed: commands that were put back; parked: messages kept in sight; away: to retry.

    handled: how many waits and messages were in hand, with an effect or without. busy: of them, left to whoever holds
    their record, to come again at once; newer: left to the workers of a newer release. idle: nothing is due that was
    not tried in this run; otherwise it stopped at its limit.
    """

    commands: int = 0
    messages: int = 0
    refused: int = 0
    failed: int = 0
    parked: int = 0
    away: int = 0
    busy: int = 0
    newer: int = 0
    handled: int = 0
    idle: bool = False

    @property
    def done(self) -> int:
        """How many commands and messages had an effect."""
        return self.commands + self.messages


def log_failure(error: Exception, *, organization: OrganizationKey, about: str, of: str = "") -> None:
    """Tell what failed, by the number of its record and what it belongs to; it is tried again later."""
    tell_failure(LogLine(code=LogCode.FAILED, organization=organization, about=about, of=of), error)
