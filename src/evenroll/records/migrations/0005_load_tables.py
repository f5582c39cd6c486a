"""Makes the tables of loaded data beside the books, with their walls, and lets the application stage what it loads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT
from psycopg.sql import SQL, Identifier

from evenroll.records import security

TENANT = ("approved_equipment", "load_run", "price_series")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    app = settings.EVENROLL_APP_ROLE
    security.raise_walls(schema_editor, TENANT, app=app)
    # A file is staged in a temporary table of its own transaction: it takes COPY, and a crash leaves nothing behind.
    database = schema_editor.connection.settings_dict["NAME"]
    grant = SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(Identifier(database), Identifier(app))
    schema_editor.execute(grant.as_string(), params=None)


def _row(*fields: tuple[str, models.Field[Any, Any]]) -> list[tuple[str, models.Field[Any, Any]]]:
    owner = models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")
    number = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    return [("id", number), *fields, ("organization", owner)]


class Migration(migrations.Migration):
    dependencies = [("records", "0004_master_key_mark")]

    operations = [
        migrations.CreateModel(
            name="ApprovedEquipment",
            fields=_row(
                ("program", models.CharField(max_length=60, default="")),
                ("model", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=30)),
                ("listed_from_on", models.DateField()),
                ("listed_until_on", models.DateField(null=True)),
            ),
            options={
                "db_table": "approved_equipment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "program", "model", "kind", "listed_from_on"),
                        name="approved_equipment_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("listed_until_on__isnull", True), ("listed_until_on__gt", F("listed_from_on")), _connector="OR"),
                        name="approved_equipment_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceOfHour",
            fields=_row(
                ("series", models.CharField(max_length=60)),
                ("start_at", models.DateTimeField()),
                ("end_at", models.DateTimeField()),
                ("price_e8_per_kwh", models.BigIntegerField()),
                ("source", models.CharField(max_length=60)),
                ("as_of_on", models.DateField()),
            ),
            options={
                "db_table": "price_series",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "series", "start_at"), name="price_series_once"),
                    models.CheckConstraint(condition=Q(("end_at__gt", F("start_at"))), name="price_series_hours"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoadRun",
            fields=_row(
                ("kind", models.CharField(max_length=30)),
                ("content_hash", models.CharField(max_length=64)),
                ("as_of_on", models.DateField()),
                ("loaded_at", models.DateTimeField()),
                ("counts", models.TextField()),
            ),
            options={
                "db_table": "load_run",
                "indexes": [models.Index(fields=["organization", "kind", "as_of_on"], name="load_run_by_kind")],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
