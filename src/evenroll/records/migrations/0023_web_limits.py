"""Makes the tables of the web's cache and of the attempts it counts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.ordinary_grants(("web_cache", "web_count"), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0022_enrollment_drafts")]

    operations = [
        migrations.CreateModel(
            name="WebCacheEntry",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "web_cache",
                "indexes": [models.Index(fields=["ends_at"], name="web_cache_by_end")],
            },
        ),
        migrations.CreateModel(
            name="WebCount",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.IntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "web_count",
                "indexes": [models.Index(fields=["ends_at"], name="web_count_by_end")],
            },
        ),
        migrations.RunPython(grant),
    ]
