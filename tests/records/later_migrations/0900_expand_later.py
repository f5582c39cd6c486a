"""What a later release may add to the busiest tables, in ways that the house allows."""

from importlib import import_module
from pathlib import Path

from django.db import migrations, models

_NEWEST = max(path.stem for path in Path(import_module("evenroll.records.migrations").__path__[0]).glob("[0-9]*.py"))


class Migration(migrations.Migration):
    dependencies = [("records", _NEWEST)]

    operations = [
        migrations.AddField("caserecord", "later", models.TextField(null=True)),
        migrations.AddField("trackrecord", "later", models.IntegerField(db_default=7)),
    ]
