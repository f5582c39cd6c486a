"""The figures of reports, kept beside the journal: what is told of each case, added up by month, and how far."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import TenantModel


class ReportRow(TenantModel):
    """One thing that a report tells of a case: how far it came, where it stands, what it left, why it stopped.

    subject, code, extent: as `report_lines.Line`. month: its first day. kind, channel, language: of the case; "" where
    it has none yet. times: how often.
    """

    number = models.CharField(max_length=40)
    subject = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    extent = models.IntegerField()
    month = models.DateField()
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    times = models.IntegerField()

    class Meta(TenantModel.Meta):
        db_table = "report_row"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "subject", "code", "number", "extent"], name="report_row_once"
            ),
            models.CheckConstraint(condition=Q(extent__gte=0, times__gte=1), name="report_row_counts"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "number"], name="report_row_by_case")]


class ReportCell(TenantModel):
    """Rows added up. cases: how many rows; times: their times."""

    subject = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    extent = models.IntegerField()
    month = models.DateField()
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    cases = models.BigIntegerField()
    times = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        db_table = "report_cell"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "subject", "code", "extent", "month", "kind", "channel", "language"],
                name="report_cell_once",
            ),
            # A difference that was taken twice would be seen here, and nothing of it stays.
            models.CheckConstraint(condition=Q(cases__gte=0) & Q(times__gte=F("cases")), name="report_cell_sums"),
        ]


class ReportProgress(TenantModel):
    """How far an organization's figures are. position: the last place of the sealed log that is in them, -1 for none.

    form: by which rules they were made; others are made anew. upto_at: the business clock of the last entry in them.
    """

    position = models.BigIntegerField(default=-1)
    form = models.IntegerField(default=0)
    upto_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "report_progress"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization"], name="report_progress_once")]
