"""Makes the table of how staff sign in."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("staff_sign_in",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0031_program_drafts")]

    operations = [
        migrations.CreateModel(
            name="StaffSignInRecord",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="records.user",
                    ),
                ),
                ("invitation", models.CharField(max_length=64, null=True, unique=True)),
                ("invited_until", models.DateTimeField()),
                ("totp", models.BinaryField(default=b"")),
                ("totp_step", models.BigIntegerField(default=0)),
                ("recovery", models.JSONField(default=list)),
            ],
            options={"db_table": "staff_sign_in"},
        ),
        migrations.RunPython(grant),
    ]
