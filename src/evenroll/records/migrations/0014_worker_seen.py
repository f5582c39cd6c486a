"""Makes the table in which workers say that they looked for work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def open_table(apps: Any, schema_editor: Any) -> None:
    for statement in security.ordinary_grants(("worker_seen",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(statement.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0013_held_places")]

    operations = [
        migrations.CreateModel(
            name="WorkerSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("version", models.CharField(max_length=40)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("handled", models.BigIntegerField(default=0)),
                ("failed", models.BigIntegerField(default=0)),
                ("round_ms", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "worker_seen",
                "constraints": [models.UniqueConstraint(fields=("name",), name="worker_seen_once")],
            },
        ),
        migrations.RunPython(open_table),
    ]
