"""Makes the record of which channels of messages a customer refused, or wants again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from evenroll.records import security


def raise_walls(apps: Any, schema_editor: Any) -> None:
    app = settings.EVENROLL_APP_ROLE
    for statement in schema_editor.deferred_sql:
        schema_editor.execute(statement)
    schema_editor.deferred_sql.clear()
    table = "channel_choice"
    statements = [
        *security.wall(table),
        *security.own_rows(table, app=app),
        *security.append_only(table, app=app),
    ]
    for each in statements:
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0026_notice_sending")]

    operations = [
        migrations.CreateModel(
            name="ChannelChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60)),
                ("channel", models.CharField(max_length=20)),
                ("refused", models.BooleanField()),
                ("by", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="records.organization"),
                ),
            ],
            options={
                "db_table": "channel_choice",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "subject", "id"], name="channel_choice_by_subject")],
            },
        ),
        migrations.RunPython(raise_walls),
    ]
