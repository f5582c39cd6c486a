"""The papers that customers handed in: what each is stands open, what it shows is enclosed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class Paper(TenantModel):
    """A paper of a case. kind: of `PaperKind`. digest: keyed hash of its content. record: in the vault."""

    id = models.BigIntegerField(primary_key=True)
    case_number = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    media = models.CharField(max_length=10)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)
    record = models.BigIntegerField()
    given_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "paper"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "case_number", "digest"], name="paper_once"),
        ]


class PersonalLook(TenantModel):
    """A person of the staff looked at something personal of a case. what: a code, such as paper/<id>. Never changed."""

    case_number = models.CharField(max_length=40)
    what = models.CharField(max_length=60)
    reason = models.CharField(max_length=30)
    actor_key = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    looked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "personal_look"
        indexes: ClassVar = [
            models.Index(fields=["organization", "case_number"], name="personal_look_by_case"),
        ]


class DraftPaper(models.Model):
    """A paper of an application that is not sent yet; it goes with that. data: enclosed by the vault's key."""

    id = models.BigIntegerField(primary_key=True)
    draft = models.CharField(max_length=32)
    kind = models.CharField(max_length=40)
    size = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "draft_paper"
        indexes: ClassVar = [models.Index(fields=["draft"], name="draft_paper_by_draft")]
