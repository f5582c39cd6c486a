"""Makes the tables of the figures of reports. Nothing is counted here: a worker does that, portion by portion."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from evenroll.records import security

_TABLES = ("report_row", "report_cell", "report_progress")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, _TABLES, app=settings.EVENROLL_APP_ROLE)


def _id() -> tuple[str, models.Field[Any, Any]]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _organization() -> tuple[str, models.Field[Any, Any]]:
    return "organization", models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.organization"
    )


def _told() -> list[tuple[str, models.Field[Any, Any]]]:
    return [
        ("subject", models.CharField(max_length=10)),
        ("code", models.CharField(max_length=80)),
        ("extent", models.IntegerField()),
        ("month", models.DateField()),
        ("kind", models.CharField(max_length=20)),
        ("channel", models.CharField(max_length=20)),
        ("language", models.CharField(max_length=10)),
    ]


class Migration(migrations.Migration):
    dependencies = [("records", "0037_notice_statistics")]

    operations = [
        migrations.CreateModel(
            name="ReportRow",
            fields=[
                _id(),
                ("number", models.CharField(max_length=40)),
                *_told(),
                ("times", models.IntegerField()),
                _organization(),
            ],
            options={
                "db_table": "report_row",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "subject", "code", "number", "extent"], name="report_row_once"
                    ),
                    models.CheckConstraint(condition=Q(extent__gte=0, times__gte=1), name="report_row_counts"),
                ],
                "indexes": [models.Index(fields=["organization", "number"], name="report_row_by_case")],
            },
        ),
        migrations.CreateModel(
            name="ReportCell",
            fields=[
                _id(),
                *_told(),
                ("cases", models.BigIntegerField()),
                ("times", models.BigIntegerField()),
                _organization(),
            ],
            options={
                "db_table": "report_cell",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "subject", "code", "extent", "month", "kind", "channel", "language"],
                        name="report_cell_once",
                    ),
                    models.CheckConstraint(condition=Q(cases__gte=0) & Q(times__gte=F("cases")), name="report_cell_sums"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportProgress",
            fields=[
                _id(),
                ("position", models.BigIntegerField(default=-1)),
                ("form", models.IntegerField(default=0)),
                ("upto_at", models.DateTimeField(null=True)),
                _organization(),
            ],
            options={
                "db_table": "report_progress",
                "constraints": [models.UniqueConstraint(fields=["organization"], name="report_progress_once")],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
