"""Keeps words on an application that was sent beside the letters that somebody asked the web for."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0039_desk_batches")]

    operations = [
        migrations.AddField(
            model_name="webletter",
            name="kind",
            field=models.CharField(db_default="letter", default="letter", max_length=10),
        ),
    ]
