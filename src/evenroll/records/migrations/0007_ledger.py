"""Makes the tables of credits and of providers' events, with their walls."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from evenroll.records import security

TENANT = ("incentive_entry", "program_event")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, TENANT, app=settings.EVENROLL_APP_ROLE)


def _row(*fields: tuple[str, models.Field[Any, Any]]) -> list[tuple[str, models.Field[Any, Any]]]:
    owner = models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")
    number = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    return [("id", number), *fields, ("organization", owner)]


class Migration(migrations.Migration):
    dependencies = [("records", "0006_program_places")]

    operations = [
        migrations.CreateModel(
            name="IncentiveEntry",
            fields=_row(
                ("case_number", models.CharField(max_length=40)),
                ("family", models.CharField(max_length=60)),
                ("device", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=60)),
                ("span", models.CharField(max_length=80)),
                ("amount_usd", models.DecimalField(decimal_places=2, max_digits=12)),
                ("state", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
            ),
            options={
                "db_table": "incentive_entry",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "state", "code"], name="incentive_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "case_number", "code", "span", "device"), name="incentive_once"
                    ),
                    models.UniqueConstraint(
                        condition=Q(Q(("device", ""), _negated=True), Q(("state", "reversed"), _negated=True)),
                        fields=("organization", "family", "code", "device"),
                        name="incentive_once_per_device",
                    ),
                    models.CheckConstraint(condition=Q(("amount_usd__gt", 0)), name="incentive_amount"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramEventRecord",
            fields=_row(
                ("number", models.CharField(max_length=80)),
                ("program", models.CharField(max_length=60)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("status", models.CharField(max_length=20)),
                ("state", models.TextField()),
            ),
            options={
                "db_table": "program_event",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["organization", "program", "starts_at"], name="program_event_by_start")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number"), name="program_event_once"),
                    models.CheckConstraint(condition=Q(("ends_at__gt", F("starts_at"))), name="program_event_hours"),
                ],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
