"""What comes in by mail and file, and the business clock of a demo."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class MailForm(TenantModel):
    """A paper form: stamped when received, keyed twice by two people. What was keyed stands in the vault."""

    received_on = models.DateField()
    stamped_at = models.DateTimeField()
    stamped_by = models.CharField(max_length=60)
    key_id = models.BigIntegerField(null=True)
    first_keying = models.BigIntegerField(null=True)
    first_keyed_by = models.CharField(max_length=60, default="")
    second_keying = models.BigIntegerField(null=True)
    second_keyed_by = models.CharField(max_length=60, default="")
    case_number = models.CharField(max_length=40, default="")

    class Meta(TenantModel.Meta):
        db_table = "mail_form"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(second_keyed_by="") | ~models.Q(second_keyed_by=models.F("first_keyed_by")),
                name="mail_form_two_people",
            ),
        ]


class IntakeFile(TenantModel):
    """A bulk file by the hash of its content: the same file again goes on where it stopped."""

    content_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "intake_file"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "content_hash"], name="intake_file_once"),
        ]


class IntakeRow(TenantModel):
    """A row of a bulk file that is done. outcome: canonical text of codes, no personal data."""

    file = models.ForeignKey(IntakeFile, on_delete=models.CASCADE, related_name="+")
    row_number = models.IntegerField()
    case_number = models.CharField(max_length=40, default="")
    outcome = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "intake_row"
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "row_number"], name="intake_row_once")]


class BusinessClock(models.Model):
    """The settable clock of a demo database: one row there, none anywhere else."""

    is_demo = models.BooleanField(default=True)
    now = models.DateTimeField()

    class Meta:
        db_table = "business_clock"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_demo"], name="business_clock_once"),
            models.CheckConstraint(condition=models.Q(is_demo=True), name="business_clock_demo_only"),
        ]
