"""Lets a unit be kept for a case that is to follow another one: live or held, it is there once in its family."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("records", "0012_members")]

    operations = [
        migrations.AddField("place", "held", models.BooleanField(default=False)),
        migrations.RemoveConstraint("place", "place_live_once"),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(
                fields=("organization", "family", "unit_kind", "unit_id"),
                condition=Q(("live", True), ("held", True), _connector="OR"),
                name="place_taken_once",
            ),
        ),
    ]
