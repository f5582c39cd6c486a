"""Makes the table by which the master key of a database is known again; it can be added to and not changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def close_table(apps: Any, schema_editor: Any) -> None:
    for statement in security.append_only("master_key_mark", app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(statement.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_walls")]

    operations = [
        migrations.CreateModel(
            name="MasterKeyMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_only", models.BooleanField(default=True)),
                ("fingerprint", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "master_key_mark",
                "constraints": [
                    models.UniqueConstraint(fields=("is_only",), name="master_key_mark_once"),
                    models.CheckConstraint(condition=models.Q(("is_only", True)), name="master_key_mark_only"),
                ],
            },
        ),
        migrations.RunPython(close_table),
    ]
