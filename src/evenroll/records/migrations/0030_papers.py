"""Makes the tables of papers: of cases, within their walls, and of applications that are not sent yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    security.raise_walls(schema_editor, ("paper",), app=settings.EVENROLL_APP_ROLE)
    app, auditor = settings.EVENROLL_APP_ROLE, settings.EVENROLL_AUDITOR_ROLE
    statements = [
        *security.ordinary_grants(("draft_paper",), app=app),
        *security.append_only("personal_look", app=app),
        *security.wall("personal_look"),
        *security.own_rows("personal_look", app=app),
        *(security.auditor_reads("personal_look", auditor=auditor) if auditor else ()),
    ]
    for each in statements:
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0029_web_subjects")]

    operations = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("case_number", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("media", models.CharField(max_length=10)),
                ("size", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("record", models.BigIntegerField()),
                ("given_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"
                    ),
                ),
            ],
            options={
                "db_table": "paper",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "case_number", "digest"), name="paper_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftPaper",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("draft", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=40)),
                ("size", models.IntegerField()),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "draft_paper",
                "indexes": [models.Index(fields=["draft"], name="draft_paper_by_draft")],
            },
        ),
        migrations.CreateModel(
            name="PersonalLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_number", models.CharField(max_length=40)),
                ("what", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=30)),
                ("actor_key", models.CharField(max_length=60)),
                ("role", models.CharField(max_length=30)),
                ("looked_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"
                    ),
                ),
            ],
            options={
                "db_table": "personal_look",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "case_number"], name="personal_look_by_case")],
            },
        ),
        migrations.RunPython(raise_walls),
        # A draft that is swept takes its papers along, whoever sweeps it.
        migrations.RunSQL(
            "ALTER TABLE draft_paper ADD CONSTRAINT draft_paper_of_draft "
            "FOREIGN KEY (draft) REFERENCES enrollment_draft (number) ON DELETE CASCADE",
            reverse_sql="ALTER TABLE draft_paper DROP CONSTRAINT draft_paper_of_draft",
        ),
    ]
