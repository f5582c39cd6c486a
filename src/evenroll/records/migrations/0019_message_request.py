"""Lets a message carry the number of the asking that caused it, so that the receiver's log lines are joined to it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0018_worker_newer")]

    operations = [
        migrations.AddField("OutboxMessage", "request", models.CharField(default="", db_default="", max_length=40)),
    ]
