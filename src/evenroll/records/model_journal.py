"""The journal and what travels with it: heads of streams, answers kept, messages out and in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class JournalEntry(TenantModel):
    """One event of one stream, with the hash of the entry before it. Written once: triggers refuse all else.

    data: canonical text, kept as text because it is hashed. business_at: the business clock; recorded_at: the wall
    clock of the database when the transaction began.
    """

    stream_kind = models.CharField(max_length=20)
    stream_key = models.CharField(max_length=80)
    number = models.IntegerField()
    row = models.CharField(max_length=10)
    actor_key = models.CharField(max_length=60)
    actor_role = models.CharField(max_length=30)
    actor_organization = models.CharField(max_length=40)
    event = models.CharField(max_length=60)
    version = models.IntegerField()
    data = models.TextField()
    business_at = models.DateTimeField()
    business_on = models.DateField()
    recorded_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=255, default="")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        db_table = "journal_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "stream_kind", "stream_key", "number"], name="journal_number_once"
            ),
        ]


class StreamHead(TenantModel):
    """Where a stream stands; locked by whoever wants to add to it."""

    stream_kind = models.CharField(max_length=20)
    stream_key = models.CharField(max_length=80)
    number = models.IntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta(TenantModel.Meta):
        db_table = "stream_head"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "stream_kind", "stream_key"], name="stream_head_once"),
        ]


class CommandAnswer(TenantModel):
    """The answer once given to an actor's command key, refusals too. payload_digest: keyed, tells nothing."""

    actor_key = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    payload_digest = models.CharField(max_length=64)
    answer = models.TextField()
    answered_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "command_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "actor_key", "key"], name="command_answer_once"),
        ]


class MessageRow(TenantModel):
    """The envelope that both directions share. sealed: personal data that only the receiver can open."""

    message_id = models.CharField(max_length=120)
    conversation = models.CharField(max_length=80)
    number = models.IntegerField()
    in_reply_to = models.CharField(max_length=120, default="")
    kind = models.CharField(max_length=60)
    version = models.IntegerField()
    body = models.TextField()
    sealed = models.BinaryField(null=True)
    parked_why = models.CharField(max_length=60, default="")

    class Meta(TenantModel.Meta):
        abstract = True


class OutboxMessage(MessageRow):
    """A message to another organization (or to oneself), written with its cause, delivered at least once.

    request: which asking of a door caused it, for the log.
    """

    request = models.CharField(max_length=40, default="", db_default="")
    receiver = models.CharField(max_length=40)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta(MessageRow.Meta):
        db_table = "outbox_message"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "message_id"], name="outbox_once"),
            models.UniqueConstraint(fields=["organization", "conversation", "number"], name="outbox_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "due_at"], condition=Q(due_at__isnull=False), name="outbox_due"),
            # With id: very many are due at one instant, and are taken in the order in which they were written.
            models.Index(
                fields=["organization", "due_at", "id"], condition=Q(due_at__isnull=False), name="outbox_due_next"
            ),
            models.Index(
                fields=["organization", "written_at"], condition=Q(delivered_at__isnull=True), name="outbox_open"
            ),
        ]


class InboxMessage(MessageRow):
    """A message received; its unique id is what makes it take effect once."""

    sender = models.CharField(max_length=40)
    received_at = models.DateTimeField()

    class Meta(MessageRow.Meta):
        db_table = "inbox_message"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "sender", "message_id"], name="inbox_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], condition=~Q(parked_why=""), name="inbox_parked"),
        ]
