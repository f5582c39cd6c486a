"""What a newer release wrote and this one cannot read: left to the workers of that release, and told."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field

from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.log_lines import LogCode, LogLine, tell_failure
from evenroll.records.streams import StreamId, StreamKind


def _named(stream: StreamId) -> str:
    return f"{stream.kind.value}/{stream.key}"


def _none_yet() -> defaultdict[OrganizationKey, set[str]]:
    return defaultdict(set)


@dataclass(kw_only=True, slots=True)
class Left:
    """Records and messages that this process does not touch again, by organization; empty when it begins.

    What is left stays unreadable to this release for good, so that it is not claimed a second time: whoever can read it
    finds it free. The first one is told as a warning; the others are for whoever looks closer.
    """

    _records: defaultdict[OrganizationKey, set[str]] = field(default_factory=_none_yet)
    _messages: defaultdict[OrganizationKey, set[str]] = field(default_factory=_none_yet)

    def records(self, organization: OrganizationKey) -> list[str]:
        """The streams that are left, each as `kind/key`."""
        return sorted(self._records[organization])

    def messages(self, organization: OrganizationKey) -> list[str]:
        """The ids of this organization's messages that are left."""
        return sorted(self._messages[organization])

    def cases(self, organization: OrganizationKey) -> list[CaseNumber]:
        """The cases that are left."""
        kinds = (each.partition("/") for each in self.records(organization))
        return [CaseNumber(key) for kind, _, key in kinds if kind == StreamKind.CASE]

    def leave_record(self, organization: OrganizationKey, stream: StreamId, error: Exception, *, of: str) -> None:
        """A record, for what was to be done with it (of), is another release's."""
        self._tell(LogLine(code=LogCode.LEFT_TO_NEWER, organization=organization, about=stream.key, of=of), error)
        self._records[organization].add(_named(stream))

    def leave_message(
        self, organization: OrganizationKey, message_id: str, error: Exception, *, about: str, of: str
    ) -> None:
        """A message of this organization is for another release to bring. about: its conversation; of: its kind."""
        line = LogLine(code=LogCode.LEFT_TO_NEWER, organization=organization, about=about, of=of, message=message_id)
        self._tell(line, error)
        self._messages[organization].add(message_id)

    def _tell(self, line: LogLine, error: Exception) -> None:
        known = any(self._records.values()) or any(self._messages.values())
        tell_failure(line, error, level=logging.DEBUG if known else logging.WARNING)
