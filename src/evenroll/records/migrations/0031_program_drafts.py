"""Makes the table of drafts of programs, which one person writes and another publishes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, ("program_draft",), app=settings.EVENROLL_APP_ROLE)


class Migration(migrations.Migration):
    dependencies = [("records", "0030_papers")]

    operations = [
        migrations.CreateModel(
            name="ProgramDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("programs", models.TextField()),
                ("drafted_by", models.CharField(max_length=60)),
                ("drafted_at", models.DateTimeField()),
                ("state", models.CharField(max_length=12)),
                ("decided_by", models.CharField(max_length=60, null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "program_draft",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "-id"], name="program_draft_latest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state="open", decided_by__isnull=True)
                        | Q(state="withdrawn", decided_by__isnull=False)
                        | (Q(state="published", decided_by__isnull=False) & ~Q(decided_by__iexact=F("drafted_by"))),
                        name="program_draft_two_persons",
                    ),
                ],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
