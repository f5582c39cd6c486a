"""Makes the table of those who sign in, by which all sessions of one of them can be ended."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_subject",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0028_registry_looked")]

    operations = [
        migrations.CreateModel(
            name="WebSignInSubject",
            fields=[
                ("subject", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("epoch", models.IntegerField()),
            ],
            options={"db_table": "web_subject"},
        ),
        migrations.RunPython(grant),
    ]
