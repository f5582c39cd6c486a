"""Makes the tables of programs' places and waiting lists, with their walls."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from evenroll.records import security

TENANT = ("program_place", "program_line")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, TENANT, app=settings.EVENROLL_APP_ROLE)


def _row(*fields: tuple[str, models.Field[Any, Any]]) -> list[tuple[str, models.Field[Any, Any]]]:
    owner = models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")
    number = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    return [("id", number), *fields, ("organization", owner)]


class Migration(migrations.Migration):
    dependencies = [("records", "0005_load_tables")]

    operations = [
        migrations.CreateModel(
            name="ProgramPlaceRecord",
            fields=_row(
                ("program", models.CharField(max_length=60)),
                ("state", models.TextField()),
                ("cap", models.IntegerField()),
                ("ceiling", models.IntegerField()),
                ("taken", models.IntegerField()),
                ("waiting", models.IntegerField()),
            ),
            options={
                "db_table": "program_place",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "program"), name="program_place_once"),
                    models.CheckConstraint(
                        condition=Q(("taken__gte", 0), ("taken__lte", F("ceiling")), ("waiting__gte", 0)),
                        name="program_place_cap",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            ("ceiling", F("cap")),
                            Q(("ceiling__gt", F("cap")), ("ceiling", F("taken"))),
                            _connector="OR",
                        ),
                        name="program_place_ceiling",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramLine",
            fields=_row(
                ("case_number", models.CharField(max_length=40)),
                ("program", models.CharField(max_length=60)),
                ("standing", models.CharField(max_length=10)),
                ("ranked_at", models.DateTimeField(null=True)),
                ("offered_until_on", models.DateField(null=True)),
            ),
            options={
                "db_table": "program_line",
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["organization", "program", "standing", "ranked_at", "case_number"],
                        name="program_line_order",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "case_number"), name="program_line_once"),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("ranked_at__isnull", True), ("standing", "held")),
                            Q(("ranked_at__isnull", False), ("standing__in", ["waiting", "offered"])),
                            _connector="OR",
                        ),
                        name="program_line_ranked",
                    ),
                ],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
