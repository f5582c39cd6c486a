"""Letters that somebody asked the web for, on their way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class WebLetter(models.Model):
    """A letter, enclosed; it is gone once it was sent or given up. next_at: by the wall clock."""

    number = models.CharField(max_length=32, primary_key=True)
    data = models.BinaryField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField()

    class Meta:
        db_table = "web_letter"
        indexes: ClassVar = [models.Index(fields=["next_at", "number"], name="web_letter_due")]
