"""Lets a worker say how much it left to the workers of a newer release."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0017_kept_again")]

    operations = [
        migrations.AddField("WorkerSeen", "newer", models.BigIntegerField(default=0, db_default=0)),
    ]
