"""What the staff's desk keeps beside the cases: who works on which record."""

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
