"""Makes the table of letters that somebody asked the web for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_letter",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0035_queue_index")]

    operations = [
        migrations.CreateModel(
            name="WebLetter",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("next_at", models.DateTimeField()),
                ("attempts", models.IntegerField()),
            ],
            options={
                "db_table": "web_letter",
                "indexes": [models.Index(fields=["next_at", "number"], name="web_letter_due")],
            },
        ),
        migrations.RunPython(grant),
    ]
