"""Lets notices be sent: when each is tried next, how often it was, and why one is parked or withheld."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

# Only for rows to come: what was owed before anybody sent it is old news, and stays unsent. The release before does not
# know the column, and its notices are to go out as well.
DUE_AT_ONCE = "ALTER TABLE notice ALTER COLUMN next_at SET DEFAULT now()"
NEVER_DUE = "ALTER TABLE notice ALTER COLUMN next_at SET DEFAULT NULL"
TIDY_SOON = """
ALTER TABLE notice SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.02);
"""
AS_BEFORE = """
ALTER TABLE notice RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_analyze_scale_factor);
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0025_price_stamps")]

    operations = [
        migrations.AddField("Notice", "attempts", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("Notice", "next_at", models.DateTimeField(null=True)),
        migrations.AddField("Notice", "mail", models.BigIntegerField(null=True)),
        migrations.AddField("Notice", "channel", models.CharField(max_length=20, default="", db_default="")),
        migrations.AddField("Notice", "parked_why", models.CharField(max_length=60, default="", db_default="")),
        migrations.AddField("Notice", "withheld_why", models.CharField(max_length=60, default="", db_default="")),
        migrations.RunSQL(DUE_AT_ONCE, NEVER_DUE),
        migrations.RunSQL(TIDY_SOON, AS_BEFORE),
        # With id: very many are due at one instant, and are taken in the order in which they were owed.
        AddIndexConcurrently(
            "Notice",
            models.Index(
                fields=["organization", "next_at", "id"], condition=Q(next_at__isnull=False), name="notice_due_next"
            ),
        ),
        AddIndexConcurrently(
            "Notice",
            models.Index(fields=["organization", "id"], condition=~Q(parked_why=""), name="notice_parked"),
        ),
        AddIndexConcurrently(
            "Notice",
            models.Index(fields=["organization", "id"], condition=~Q(withheld_why=""), name="notice_withheld"),
        ),
    ]
