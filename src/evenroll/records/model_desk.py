"""What the staff's desk keeps beside the cases: who works on what, what was done for many at once, files taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class DeskClaim(TenantModel):
    """Who works on a case or service order: a word among colleagues, no part of the journal, and no lock.

    holder: actor key; given_by: who said so. since, until: by the clock of the database; past until it is none.
    """

    stream_kind = models.CharField(max_length=20)
    stream_key = models.CharField(max_length=80)
    holder = models.CharField(max_length=60)
    given_by = models.CharField(max_length=60)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "desk_claim"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "stream_kind", "stream_key"], name="desk_claim_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "holder"], name="desk_claim_by_holder"),
        ]


class DeskBatch(TenantModel):
    """A command that was given to many records at once. Kept for a day, so that it can be undone for all of them.

    actor, role: who gave it; batch_key: of the page, by which sending it twice is one. records: for each record, by
    kind and key, the number of its last entry when it was done. given_at: by the clock of the database.
    """

    actor = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    batch_key = models.CharField(max_length=64)
    command = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    records = models.JSONField()

    class Meta(TenantModel.Meta):
        db_table = "desk_batch"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "actor", "batch_key"], name="desk_batch_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "given_at"], name="desk_batch_by_day"),
        ]


class DeskExport(TenantModel):
    """A file of rows that somebody of the staff took from the desk; append-only. what: codes of what was looked at."""

    actor_key = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    what = models.CharField(max_length=200)
    row_count = models.IntegerField()
    taken_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "desk_export"
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="desk_export_last"),
        ]
