"""Lets a case follow another one, and a vehicle keep its own answers: for those who change what is enrolled."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0007_ledger")]

    operations = [
        migrations.AddField("caserecord", "follows", models.CharField(max_length=40, null=True)),
        migrations.AddField("caserecord", "followed_by", models.CharField(max_length=40, null=True)),
        migrations.AddField("vehicle", "answers", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            model_name="vehicle",
            index=models.Index(fields=["organization", "answers"], name="vehicle_by_answers"),
        ),
    ]
