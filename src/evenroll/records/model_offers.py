"""Program versions as published, and what was shown to whom (row 1)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class ProgramVersionRow(models.Model):
    """One published program version. Public, so on neither side of a wall; never changed once written."""

    key = models.CharField(max_length=60)
    version = models.IntegerField()
    publisher = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    body = models.TextField()

    class Meta:
        db_table = "program_version"
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "version"], name="program_version_once")]


class OfferShown(TenantModel):
    """What a customer was shown of a program: kept so that it reaches the case. body: canonical text, no person."""

    program = models.CharField(max_length=60)
    program_version = models.IntegerField()
    shown_at = models.DateTimeField()
    body = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "offer_shown"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="offer_by_organization")]
