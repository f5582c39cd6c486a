"""Makes the table of the files of rows that the staff took from the desk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, (), app=settings.EVENROLL_APP_ROLE)
    app, auditor = settings.EVENROLL_APP_ROLE, settings.EVENROLL_AUDITOR_ROLE
    statements = [
        *security.append_only("desk_export", app=app),
        *security.wall("desk_export"),
        *security.own_rows("desk_export", app=app),
        *(security.auditor_reads("desk_export", auditor=auditor) if auditor else ()),
    ]
    for each in statements:
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0041_letter_codes")]

    operations = [
        migrations.CreateModel(
            name="DeskExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor_key", models.CharField(max_length=60)),
                ("role", models.CharField(max_length=30)),
                ("what", models.CharField(max_length=200)),
                ("row_count", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "desk_export",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "id"], name="desk_export_last")],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
