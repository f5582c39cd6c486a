"""Letters that somebody asked the web for, and words on an application that was sent, on their way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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
