"""Letters that somebody asked the web for, and words on an application that was sent, on their way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class DraftLetter(models.Model):
    """A letter with a code of its own that leads to an application. code: its hash; draft: the number it leads to.

    made_by: who of the staff made it.
    """

    code = models.CharField(max_length=64, primary_key=True)
    draft = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        db_table = "draft_letter"
        indexes: ClassVar = [models.Index(fields=["draft", "made_at"], name="draft_letter_of")]


class WebLetter(models.Model):
    """A letter or a word, enclosed; it is gone once it was sent, taken or given up. next_at: by the wall clock."""

    kind = models.CharField(max_length=10, default="letter", db_default="letter")
    number = models.CharField(max_length=32, primary_key=True)
    data = models.BinaryField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField()

    class Meta:
        db_table = "web_letter"
        indexes: ClassVar = [models.Index(fields=["next_at", "number"], name="web_letter_due")]
