"""Makes the table of what was done for many records at once on the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, ("desk_batch",), app=settings.EVENROLL_APP_ROLE)


class Migration(migrations.Migration):
    dependencies = [("records", "0038_reports")]

    operations = [
        migrations.CreateModel(
            name="DeskBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=60)),
                ("role", models.CharField(max_length=30)),
                ("batch_key", models.CharField(max_length=64)),
                ("command", models.CharField(max_length=60)),
                ("given_at", models.DateTimeField()),
                ("records", models.JSONField()),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "desk_batch",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "given_at"], name="desk_batch_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "actor", "batch_key"), name="desk_batch_once"),
                ],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
