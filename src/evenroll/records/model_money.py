"""Row 10's money and events as their streams tell them: every credit of a case, and every event of a provider."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class IncentiveEntry(TenantModel):
    """A credit of a case. amount_usd: to the cent; at: when it came to its state.

    device: for which it is earned once in its life, in a family of programs; "" where it is not so. A reversed one is
    as if it had never been earned.
    """

    case_number = models.CharField(max_length=40)
    family = models.CharField(max_length=60)
    device = models.CharField(max_length=80)
    code = models.CharField(max_length=60)
    span = models.CharField(max_length=80)
    amount_usd = models.DecimalField(max_digits=12, decimal_places=2)
    state = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "incentive_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "case_number", "code", "span", "device"], name="incentive_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "family", "code", "device"],
                condition=~Q(device="") & ~Q(state="reversed"),
                name="incentive_once_per_device",
            ),
            models.CheckConstraint(condition=Q(amount_usd__gt=0), name="incentive_amount"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "state", "code"], name="incentive_by_state")]


class ProgramEventRecord(TenantModel):
    """An event that a provider called. state: its canonical text; the other columns are for finding it."""

    number = models.CharField(max_length=80)
    program = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=20)
    state = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "program_event"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "number"], name="program_event_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="program_event_hours"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "program", "starts_at"], name="program_event_by_start")
        ]
