"""Makes the table of who is signed in where, and keeps of a passkey in what browser it was made."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_sign_in",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0042_desk_exports")]

    operations = [
        migrations.CreateModel(
            name="WebSignIn",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=64)),
                ("way", models.CharField(max_length=20)),
                ("browser", models.CharField(max_length=40)),
                ("began_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "web_sign_in",
                "indexes": [
                    models.Index(fields=["subject"], name="web_sign_in_by_subject"),
                    models.Index(fields=["used_at"], name="web_sign_in_by_use"),
                ],
            },
        ),
        migrations.AddField(
            model_name="webpasskey",
            name="made_in",
            field=models.CharField(default="", db_default="", max_length=40),
        ),
        migrations.RunPython(grant),
    ]
