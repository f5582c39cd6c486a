"""Makes the table of letters with a code, and lets the draft of a case be found by the case."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("draft_letter",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0040_words_after_sending")]

    operations = [
        migrations.CreateModel(
            name="DraftLetter",
            fields=[
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("draft", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "draft_letter",
                "indexes": [models.Index(fields=["draft", "made_at"], name="draft_letter_of")],
            },
        ),
        migrations.RunPython(grant),
        migrations.AddField(
            model_name="enrollmentdraft",
            name="of_case",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
    ]
