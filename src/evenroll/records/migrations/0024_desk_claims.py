"""Makes the table of who works on which record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, ("desk_claim",), app=settings.EVENROLL_APP_ROLE)


class Migration(migrations.Migration):
    dependencies = [("records", "0023_web_limits")]

    operations = [
        migrations.CreateModel(
            name="DeskClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream_kind", models.CharField(max_length=20)),
                ("stream_key", models.CharField(max_length=80)),
                ("holder", models.CharField(max_length=60)),
                ("given_by", models.CharField(max_length=60)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "desk_claim",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "holder"], name="desk_claim_by_holder")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "stream_kind", "stream_key"), name="desk_claim_once"
                    ),
                ],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
