"""Makes the table of the web's sessions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_session",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0019_message_request")]

    operations = [
        migrations.CreateModel(
            name="WebSession",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "web_session",
                "indexes": [models.Index(fields=["expires_at"], name="web_session_by_expiry")],
            },
        ),
        migrations.RunPython(grant),
    ]
