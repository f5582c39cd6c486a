"""What the web keeps of each browser: enclosed, and found only by who holds the cookie."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class WebSession(models.Model):
    """The session of one browser. token: hash of the cookie, hexadecimal; data: enclosed by the vault's key."""

    token = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "web_session"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="web_session_by_expiry")]
