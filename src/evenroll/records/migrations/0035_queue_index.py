"""Keeps queues as quick with a million cases as with a thousand: an index of what they show."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0034_passkeys")]

    operations = [
        AddIndexConcurrently(
            "TrackRecord",
            models.Index(
                fields=["organization", "owner", "due_at", "id"],
                condition=Q(owner__isnull=False, due_at__isnull=False) & ~Q(track="case", state="enrolled", times=0),
                name="track_in_queue",
            ),
        ),
    ]
