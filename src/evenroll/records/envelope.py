"""The one envelope of messages between organizations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evenroll.enrollment.messages import BODIES, Body, MessageKind
from evenroll.quantities.codec import JsonValue, decode
from evenroll.quantities.identifiers import OrganizationKey

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message on its way.

    message_id: unique with its sender. conversation, number: the case it is about, and its place in what the sender
    said about it. in_reply_to: message id, or "". sealed: personal answers for the receiver alone; never printed.
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

    def decoded(self) -> Body:
        """The typed body. Raises CodecRefused, and ValueError for a kind that this release does not know."""
        return decode(BODIES[MessageKind(self.kind)], dict(self.body))


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that this worker has in hand. attempts: this one counted."""

    id: int
    attempts: int
    envelope: Envelope
