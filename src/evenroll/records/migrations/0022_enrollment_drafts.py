"""Makes the table of applications that are not sent yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("enrollment_draft",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0021_order_of_waits")]

    operations = [
        migrations.CreateModel(
            name="EnrollmentDraft",
            fields=[
                ("number", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("link", models.CharField(max_length=64, unique=True)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("data", models.BinaryField()),
                ("version", models.IntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "enrollment_draft",
                "indexes": [models.Index(fields=["expires_at"], name="enrollment_draft_by_expiry")],
            },
        ),
        migrations.RunPython(grant),
    ]
