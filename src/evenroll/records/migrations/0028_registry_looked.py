"""Lets a registry of very many usage points be looked at page by page, and its requests that are over."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("records", "0027_channel_choices")]

    operations = [
        AddIndexConcurrently(
            "SupplyRegistry",
            models.Index(fields=["organization", "supplier", "pod"], name="supply_by_supplier"),
        ),
        AddIndexConcurrently(
            "SupplyRegistry",
            models.Index(fields=["organization", "utility", "pod"], name="supply_by_utility"),
        ),
        AddIndexConcurrently(
            "SupplyRequestRecord",
            models.Index(
                fields=["organization", "-id"],
                condition=Q(status__in=["effective", "cancelled", "lost"]),
                name="supply_request_over",
            ),
        ),
    ]
