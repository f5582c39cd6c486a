"""Makes the tables of the sealed log: places in the tree, its hashes, how far it came, checkpoints given out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT
from psycopg.sql import SQL, Identifier

from evenroll.records import security

APPEND_ONLY = ("seal_leaf", "seal_checkpoint")


def raise_walls(apps: Any, schema_editor: Any) -> None:
    app = settings.EVENROLL_APP_ROLE
    security.raise_walls(schema_editor, ("seal_progress",), app=app)
    statements = [
        *security.wall("seal_leaf"),
        *security.own_rows("seal_leaf", app=app),
        *security.grants_without_removal(("seal_tree", "seal_tile"), app=app),
    ]
    for table in APPEND_ONLY:
        statements += security.append_only(table, app=app)
    # The sealer has to know up to which id entries were given out.
    with schema_editor.connection.cursor() as pen:
        pen.execute("SELECT pg_get_serial_sequence('journal_entry', 'id')")
        (ids,) = pen.fetchone()
    statements.append(SQL("GRANT SELECT ON SEQUENCE {} TO {}").format(SQL(ids), Identifier(app)))
    for each in statements:
        schema_editor.execute(each.as_string(), params=None)


def _owner() -> models.Field[Any, Any]:
    return models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization")


def _id() -> tuple[str, models.Field[Any, Any]]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("records", "0010_supply")]

    operations = [
        migrations.CreateModel(
            name="SealLeaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("organization", _owner()),
            ],
            options={"db_table": "seal_leaf", "abstract": False},
        ),
        migrations.CreateModel(
            name="SealProgress",
            fields=[
                _id(),
                ("floor", models.BigIntegerField(default=0)),
                ("seen", models.BigIntegerField(default=0)),
                ("writers", ArrayField(models.TextField(), default=list)),
                ("organization", _owner()),
            ],
            options={
                "db_table": "seal_progress",
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("organization",), name="seal_progress_once")],
            },
        ),
        migrations.CreateModel(
            name="SealTree",
            fields=[_id(), ("is_only", models.BooleanField(default=True)), ("size", models.BigIntegerField(default=0))],
            options={
                "db_table": "seal_tree",
                "constraints": [models.UniqueConstraint(fields=("is_only",), name="seal_tree_once")],
            },
        ),
        migrations.CreateModel(
            name="SealTile",
            fields=[
                _id(),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "seal_tile",
                "constraints": [models.UniqueConstraint(fields=("level", "number"), name="seal_tile_once")],
            },
        ),
        migrations.CreateModel(
            name="SealCheckpoint",
            fields=[
                _id(),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "seal_checkpoint",
                "indexes": [models.Index(fields=["size"], name="seal_checkpoint_by_size")],
            },
        ),
        migrations.RunSQL("INSERT INTO seal_tree (is_only, size) VALUES (true, 0)", migrations.RunSQL.noop),
        migrations.RunPython(raise_walls),
    ]
