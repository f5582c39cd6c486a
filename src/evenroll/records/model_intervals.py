"""What meters counted hour by hour: a row per meter and day."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class IntervalRead(TenantModel):
    """What a meter counted in each hour from start_at on, the first instant of a local day.

    wh: (hour,), Wh; NULL where an hour is not known.
    """

    serial = models.CharField(max_length=40)
    start_at = models.DateTimeField()
    wh = ArrayField(models.BigIntegerField())

    class Meta(TenantModel.Meta):
        db_table = "interval_read"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "serial", "start_at"], name="interval_read_once"),
            models.CheckConstraint(condition=Q(wh__0__gte=0), name="interval_read_some"),
        ]
