"""Makes the tables of supply requests, suppliers that left, and PEVs told of at usage points, with their walls."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

from evenroll.records import security

TENANT = ("supply_request", "supplier_exit", "pev_at_point")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, TENANT, app=settings.EVENROLL_APP_ROLE)


def _row(*fields: tuple[str, models.Field[Any, Any]]) -> list[tuple[str, models.Field[Any, Any]]]:
    owner = models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")
    number = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    return [("id", number), *fields, ("organization", owner)]


class Migration(migrations.Migration):
    dependencies = [("records", "0009_interval_reads")]

    operations = [
        migrations.CreateModel(
            name="SupplyRequestRecord",
            fields=_row(
                ("number", models.CharField(max_length=40)),
                ("state", models.TextField()),
                ("status", models.CharField(max_length=30)),
                ("pod", models.CharField(max_length=40)),
                ("requester", models.CharField(max_length=40)),
                ("received_on", models.DateField()),
                ("effective_on", models.DateField(null=True)),
            ),
            options={
                "db_table": "supply_request",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number"), name="supply_request_once"),
                ],
                "indexes": [models.Index(fields=["organization", "pod"], name="supply_request_by_pod")],
            },
        ),
        migrations.CreateModel(
            name="SupplierExit",
            fields=_row(
                ("supplier", models.CharField(max_length=40)),
                ("exit_on", models.DateField()),
            ),
            options={
                "db_table": "supplier_exit",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "supplier"), name="supplier_exit_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PevAtPointRecord",
            fields=_row(
                ("pod", models.CharField(max_length=40)),
                ("case_number", models.CharField(max_length=40)),
                ("provider", models.CharField(max_length=40)),
                ("drivetrain", models.CharField(max_length=30)),
                ("charger", models.CharField(max_length=30)),
                ("basis", models.CharField(max_length=30)),
                ("told_on", models.DateField()),
            ),
            options={
                "db_table": "pev_at_point",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "pod", "case_number"), name="pev_at_point_once"),
                ],
            },
        ),
        # The one request that a registrar has open for a usage point: first in wins, also between two workers.
        migrations.AddConstraint(
            model_name="supplyrequestrecord",
            constraint=models.UniqueConstraint(
                fields=("organization", "pod"), condition=Q(("status", "accepted")), name="supply_request_open_once"
            ),
        ),
        migrations.RunPython(raise_walls),
    ]
