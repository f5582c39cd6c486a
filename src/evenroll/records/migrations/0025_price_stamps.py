"""Counts the changes of each organization's prices, so that what was worked out from them can be kept until one comes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models

from evenroll.records import security

_COUNT = """
CREATE FUNCTION evenroll_price_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO price_stamp (owner, changes) SELECT key, 1 FROM organization WHERE id = evenroll_organization()
        ON CONFLICT (owner) DO UPDATE SET changes = price_stamp.changes + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER price_series_changes AFTER INSERT OR UPDATE OR DELETE ON price_series
    FOR EACH STATEMENT EXECUTE FUNCTION evenroll_price_stamp();
"""
_COUNT_NO_MORE = "DROP TRIGGER price_series_changes ON price_series; DROP FUNCTION evenroll_price_stamp();"


def grant(apps: Any, schema_editor: Any) -> None:
    for each in security.grants_without_removal(("price_stamp",), app=settings.EVENROLL_APP_ROLE):
        schema_editor.execute(each.as_string(), params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0024_desk_claims")]

    operations = [
        migrations.CreateModel(
            name="PriceStamp",
            fields=[
                ("owner", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("changes", models.BigIntegerField()),
            ],
            options={"db_table": "price_stamp"},
        ),
        migrations.RunPython(grant),
        migrations.RunSQL(_COUNT, _COUNT_NO_MORE),
    ]
