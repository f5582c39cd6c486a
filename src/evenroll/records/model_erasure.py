"""What was erased and held, and which ended cases still have personal data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class ErasureRecord(TenantModel):
    """A subject of the erasure streams. state: its canonical text. holds: how many legal holds stand."""

    number = models.CharField(max_length=80)
    holds = models.IntegerField()
    erased_on = models.DateField(null=True)
    state = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "erasure"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "number"], name="erasure_once")]


class CaseKept(TenantModel):
    """An ended case whose personal data are still kept, and as what; a list of work beside the journal.

    A trigger adds the row when the case ends, whichever release of the application ended it; erasing takes it away.
    """

    case_number = models.CharField(max_length=40)
    kept_as = models.CharField(max_length=20)
    ended_at = models.DateTimeField()
    customer_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "case_kept"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "case_number"], name="case_kept_once")]
        indexes: ClassVar = [models.Index(fields=["organization", "kept_as", "ended_at"], name="case_kept_by_end")]
