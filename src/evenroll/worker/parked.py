"""Parked messages taken once more, when a person has mended what was in their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evenroll.ports.delivery import Delivered, DeliveryOutcome, DropReason
from evenroll.quantities.identifiers import ActorKey, OrganizationKey
from evenroll.records import inbox, outbox
from evenroll.records.envelope import Envelope
from evenroll.records.organizations import open_organization
from evenroll.worker.installation import Installation
from evenroll.worker.receiving import receive_again

FAILED = "failed"


class Box(StrEnum):
    """Where a message is parked: the receiver could not take it, or the sender could not deliver it."""

    INBOX = "inbox"
    OUTBOX = "outbox"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retried:
    """What became of a parked message. organization: whose box it is; other: who sent it, or to whom it goes.

    why: the code, where it stays parked or its receiver is still away.
    """

    organization: OrganizationKey
    box: Box
    message_id: str
    kind: str
    conversation: str
    other: OrganizationKey
    outcome: DeliveryOutcome
    why: str = ""


def retry_parked(installation: Installation, *, now: datetime, only: str = "") -> Iterator[Retried]:
    """Take every parked message of the installation once more, those that could not be delivered first.

    One that still cannot be delivered is due again like a new one; one that still cannot be taken stays parked. only:
    the one with this id.
    """
    for organization in installation.organizations:
        for claimed in outbox.claim_parked(organization, now=now, only=only):
            delivered = _delivered(installation, claimed, now=now)
            yield _retried(organization, Box.OUTBOX, claimed.envelope, delivered)
    for organization in installation.organizations:
        with open_organization(organization):
            waiting = inbox.parked()
        for envelope, _ in waiting:
            if only not in ("", envelope.message_id):
                continue
            yield _retried(organization, Box.INBOX, envelope, _taken(envelope, now=now))


def drop_parked(
    organization: OrganizationKey, message_id: str, *, by: ActorKey, reason: DropReason, now: datetime
) -> tuple[Box, ...]:
    """The boxes of an organization in which this message was parked; there it is put away, and who did it is kept."""
    with open_organization(organization):
        found = [envelope for envelope, _ in inbox.parked() if envelope.message_id == message_id]
        gone = [inbox.dismiss_parked(each, by=by, reason=reason, at=now) for each in found]
        sent = outbox.drop_parked(message_id, by=by, reason=reason, at=now)
    return (*((Box.INBOX,) if any(gone) else ()), *((Box.OUTBOX,) if sent else ()))


def _delivered(installation: Installation, claimed: outbox.Claimed, *, now: datetime) -> Delivered:
    organization = claimed.envelope.sender
    try:
        delivered = installation.delivery.deliver(claimed.envelope, now=now)
    except Exception:  # the next one must not suffer from this one
        delivered = Delivered(outcome=DeliveryOutcome.AWAY, why=FAILED)
    if delivered.outcome is DeliveryOutcome.AWAY:
        outbox.mark_failed(organization, claimed=claimed, why=delivered.why, now=now)
    else:
        outbox.mark_delivered(organization, ids=[claimed.id], now=now)
    return delivered


def _taken(envelope: Envelope, *, now: datetime) -> Delivered:
    try:
        return receive_again(envelope, now)
    except Exception:  # it stays parked, and the next one must not suffer from it
        return Delivered(outcome=DeliveryOutcome.PARKED, why=FAILED)


def _retried(organization: OrganizationKey, box: Box, envelope: Envelope, delivered: Delivered) -> Retried:
    return Retried(
        organization=organization,
        box=box,
        message_id=envelope.message_id,
        kind=envelope.kind,
        conversation=envelope.conversation,
        other=envelope.sender if box is Box.INBOX else envelope.receiver,
        outcome=delivered.outcome,
        why=delivered.why,
    )
