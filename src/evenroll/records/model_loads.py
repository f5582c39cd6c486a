"""What is loaded beside the books: approved equipment, price series, and which file was loaded when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import TenantModel


class ApprovedEquipment(TenantModel):
    """A model on a dated list of approved charging equipment over [listed_from_on, listed_until_on).

    program: "" for the list of the whole organization.
    """

    program = models.CharField(max_length=60, default="")
    model = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    listed_from_on = models.DateField()
    listed_until_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "approved_equipment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "program", "model", "kind", "listed_from_on"], name="approved_equipment_once"
            ),
            models.CheckConstraint(
                condition=Q(listed_until_on__isnull=True) | Q(listed_until_on__gt=F("listed_from_on")),
                name="approved_equipment_days",
            ),
        ]


class PriceOfHour(TenantModel):
    """One price of a series over [start_at, end_at), 1e-8 USD per kWh; it may be negative.

    as_of_on: the day on which the source had it so.
    """

    series = models.CharField(max_length=60)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    price_e8_per_kwh = models.BigIntegerField()
    source = models.CharField(max_length=60)
    as_of_on = models.DateField()

    class Meta(TenantModel.Meta):
        db_table = "price_series"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "series", "start_at"], name="price_series_once"),
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="price_series_hours"),
        ]


class PriceStamp(models.Model):
    """How often the prices of an organization were changed, for all to know. owner: its key. The database counts."""

    owner = models.CharField(max_length=40, primary_key=True)
    changes = models.BigIntegerField()

    class Meta:
        db_table = "price_stamp"


class LoadRun(TenantModel):
    """A file that was loaded whole. as_of_on: the day whose books it tells; counts: canonical text."""

    kind = models.CharField(max_length=30)
    content_hash = models.CharField(max_length=64)
    as_of_on = models.DateField()
    loaded_at = models.DateTimeField()
    counts = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "load_run"
        indexes: ClassVar = [models.Index(fields=["organization", "kind", "as_of_on"], name="load_run_by_kind")]
