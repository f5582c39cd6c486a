"""Keeps looks at what waits as quick with a million cases as with a thousand: indexes of what is open, and tidying."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

# A fifth of a large table may be dead before PostgreSQL tidies it by itself: too much where each row is often changed.
TIDY_SOON = """
ALTER TABLE track SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE outbox_message SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE case_record SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE stream_head SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000);
"""
AS_BEFORE = """
ALTER TABLE track RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor);
ALTER TABLE outbox_message RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_analyze_scale_factor);
ALTER TABLE case_record RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_analyze_scale_factor);
ALTER TABLE stream_head RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0015_erasure")]

    operations = [
        # With id: very many lapse at one instant, and are taken in the order in which they began.
        AddIndexConcurrently(
            "TrackRecord",
            models.Index(
                fields=["organization", "due_at", "id"], condition=Q(due_at__isnull=False), name="track_due_next"
            ),
        ),
        AddIndexConcurrently(
            "TrackRecord",
            models.Index(
                fields=["organization", "owner", "due_at", "id"], condition=Q(owner__isnull=False), name="track_of_owner"
            ),
        ),
        AddIndexConcurrently(
            "OutboxMessage",
            models.Index(
                fields=["organization", "written_at"], condition=Q(delivered_at__isnull=True), name="outbox_open"
            ),
        ),
        AddIndexConcurrently(
            "InboxMessage",
            models.Index(fields=["organization", "id"], condition=~Q(parked_why=""), name="inbox_parked"),
        ),
        migrations.RunSQL(TIDY_SOON, AS_BEFORE),
    ]
