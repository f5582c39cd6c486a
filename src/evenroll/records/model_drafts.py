"""Drafts of programs: what one person of an organization wrote and another one publishes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import TenantModel


class ProgramDraft(TenantModel):
    """A drafted catalog file. body: its text as it was written; it never changes. programs: what it would publish.

    Who publishes is never who wrote: a constraint, below every door.
    """

    body = models.TextField()
    programs = models.TextField()
    drafted_by = models.CharField(max_length=60)
    drafted_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    decided_by = models.CharField(max_length=60, null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "program_draft"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True)
                | Q(state="withdrawn", decided_by__isnull=False)
                | (Q(state="published", decided_by__isnull=False) & ~Q(decided_by__iexact=F("drafted_by"))),
                name="program_draft_two_persons",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-id"], name="program_draft_latest")]
