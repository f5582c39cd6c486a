"""The one envelope of messages between organizations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenroll.enrollment.messages import BODIES, Body, MessageKind
from evenroll.quantities.codec import CodecRefused, JsonValue, decode
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.upcasters import OfNewerRelease

SCHEMA_VERSION = 1
"""Raised by one where a kind of message comes in, or a body gains a field or a code: a release before it then leaves
such a message to a newer one, instead of parking it as one that nobody can read."""


class MessageNewer(OfNewerRelease):
    """A newer release wrote this message, and this one cannot read it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message on its way.

    message_id: unique with its sender. conversation, number: the case it is about, and its place in what the sender
    said about it. in_reply_to: message id, or "". sealed: personal answers for the receiver alone; never printed.
    request: which asking of a door caused it, for the log; "" where nobody said.
    """

    sender: OrganizationKey
    receiver: OrganizationKey
    message_id: str
    conversation: str
    number: int
    kind: str
    version: int
    body: Mapping[str, JsonValue]
    in_reply_to: str = ""
    sealed: bytes | None = field(default=None, repr=False)
    request: str = ""

    def decoded(self) -> Body:
        """The typed body. Raises MessageNewer; CodecRefused, or ValueError for a kind that there is not."""
        try:
            return decode(BODIES[MessageKind(self.kind)], dict(self.body))
        except (CodecRefused, ValueError) as error:
            if self.version <= SCHEMA_VERSION:
                raise
            raise MessageNewer(
                f"A message {self.kind!r} has schema version {self.version} and this release knows up to "
                f"{SCHEMA_VERSION}. It was written by a newer release: bring it with that one."
            ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that this worker has in hand. attempts: this one counted."""

    id: int
    attempts: int
    envelope: Envelope
