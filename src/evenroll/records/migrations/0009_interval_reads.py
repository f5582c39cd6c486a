"""Makes the table of what meters counted hour by hour, with its wall."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security

TENANT = ("interval_read",)


def raise_wall(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, TENANT, app=settings.EVENROLL_APP_ROLE)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_follows")]

    operations = [
        migrations.CreateModel(
            name="IntervalRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("serial", models.CharField(max_length=40)),
                ("start_at", models.DateTimeField()),
                ("wh", ArrayField(models.BigIntegerField())),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "interval_read",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "serial", "start_at"), name="interval_read_once"),
                    models.CheckConstraint(condition=models.Q(("wh__0__gte", 0)), name="interval_read_some"),
                ],
            },
        ),
        migrations.RunPython(raise_wall),
    ]
