"""Makes the table that counts how far applications on the web came, without any of them in it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.grants_without_removal(("draft_count",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0032_staff_sign_in")]

    operations = [
        migrations.CreateModel(
            name="DraftCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=40)),
                ("counted_on", models.DateField()),
                ("step", models.CharField(max_length=20)),
                ("drafts", models.BigIntegerField()),
            ],
            options={
                "db_table": "draft_count",
                "constraints": [
                    models.UniqueConstraint(fields=["owner", "counted_on", "step"], name="draft_count_once")
                ],
            },
        ),
        migrations.RunPython(grant),
    ]
