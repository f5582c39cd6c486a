"""Notices owed to customers, and the channels that customers refused. Nothing personal stands in these rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class Notice(TenantModel):
    """A notice owed to a customer: a code with typed parameters, never a sentence, never personal data.

    next_at: when it is tried next, by the business clock; absent where it is not in the queue: sent, withheld, parked,
    told in the mail of another one, or owed before notices were sent. mail: the notice in whose mail it goes. channel:
    by which it was sent. parked_why, withheld_why: codes.
    """

    stream_kind = models.CharField(max_length=20)
    stream_key = models.CharField(max_length=80)
    code = models.CharField(max_length=60)
    parameters = models.TextField()
    noticed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    mail = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20, default="", db_default="")
    parked_why = models.CharField(max_length=60, default="", db_default="")
    withheld_why = models.CharField(max_length=60, default="", db_default="")

    class Meta(TenantModel.Meta):
        db_table = "notice"
        indexes: ClassVar = [
            models.Index(fields=["organization", "stream_key"], name="notice_by_stream"),
            # With id: very many are due at one instant, and are taken in the order in which they were owed.
            models.Index(
                fields=["organization", "next_at", "id"], condition=Q(next_at__isnull=False), name="notice_due_next"
            ),
            models.Index(fields=["organization", "id"], condition=~Q(parked_why=""), name="notice_parked"),
            models.Index(fields=["organization", "id"], condition=~Q(withheld_why=""), name="notice_withheld"),
        ]


class ChannelChoice(TenantModel):
    """That a channel of messages is refused, or wanted again; append-only, the latest holds.

    subject: a customer or, before one is proved, a case, as `channels.subject_of` writes it. by: the actor's key.
    """

    subject = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    refused = models.BooleanField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "channel_choice"
        indexes: ClassVar = [
            models.Index(fields=["organization", "subject", "id"], name="channel_choice_by_subject"),
        ]
