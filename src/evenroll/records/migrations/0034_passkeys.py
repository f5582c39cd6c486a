"""Makes the table of passkeys."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_passkey",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0033_draft_counts")]

    operations = [
        migrations.CreateModel(
            name="WebPasskey",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("data", models.BinaryField()),
                ("counter", models.BigIntegerField()),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "web_passkey",
                "indexes": [models.Index(fields=["subject"], name="web_passkey_by_subject")],
            },
        ),
        migrations.RunPython(grant),
    ]
