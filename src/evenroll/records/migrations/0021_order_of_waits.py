"""Lets the next messages be taken in the order in which they are due."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0020_web_sessions")]

    operations = [
        # With id: very many are due at one instant, and are taken in the order in which they were written.
        AddIndexConcurrently(
            "OutboxMessage",
            models.Index(
                fields=["organization", "due_at", "id"], condition=Q(due_at__isnull=False), name="outbox_due_next"
            ),
        ),
    ]
