"""What stays with the premise: service locations, usage points, meters and their reads, and who supplies them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import CustomerAccount, TenantModel


class ServiceLocation(TenantModel):
    """A premise. The address stands in the vault; the postal code alone names nobody."""

    personal = models.BigIntegerField()
    postal_code = models.CharField(max_length=10)
    dwelling = models.CharField(max_length=30, default="unsaid")

    class Meta(TenantModel.Meta):
        db_table = "service_location"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="location_by_organization")]


class UsagePoint(TenantModel):
    """A point of delivery, by its public number (pod).

    account: empty while vacant. read_cycle: the key of the meter reading route. What its stream tells of it stands
    in PointRecord.
    """

    pod = models.CharField(max_length=40)
    location = models.ForeignKey(ServiceLocation, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, on_delete=models.PROTECT, null=True, related_name="+")
    read_cycle = models.CharField(max_length=20)
    net_metering = models.BooleanField(default=False)
    interval_opt_out = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        db_table = "usage_point"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "pod"], name="usage_point_once"),
        ]


class Meter(TenantModel):
    """A meter in one register map, as the stream of its usage point tells it. position: its place among them, from 0.

    registers, opening, closing: canonical texts of the register map and of the first and last reads, by register, Wh.
    """

    pod = models.CharField(max_length=40)
    position = models.IntegerField()
    serial = models.CharField(max_length=40)
    capability = models.CharField(max_length=30)
    registers = models.TextField()
    remote_changeable = models.BooleanField()
    installed_on = models.DateField()
    removed_on = models.DateField(null=True)
    opening = models.TextField()
    closing = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "meter"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "pod", "position"], name="meter_once"),
            models.UniqueConstraint(
                fields=["organization", "serial"], condition=Q(removed_on__isnull=True), name="meter_in_one_place"
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True) | Q(removed_on__gte=F("installed_on")), name="meter_days"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "serial"], name="meter_by_serial")]


class MeterRead(TenantModel):
    """What a register stood at on the morning of a day. value_wh: Wh after the multiplier."""

    serial = models.CharField(max_length=40)
    register = models.CharField(max_length=30)
    read_on = models.DateField()
    value_wh = models.BigIntegerField()
    quality = models.CharField(max_length=20)

    class Meta(TenantModel.Meta):
        db_table = "meter_read"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "serial", "register", "read_on"], name="meter_read_once"),
            models.CheckConstraint(condition=Q(value_wh__gte=0), name="meter_read_not_negative"),
        ]


class SupplyRegistry(TenantModel):
    """A clearinghouse's row: who delivers to and who supplies a usage point from a day on. No person is in it."""

    pod = models.CharField(max_length=40)
    postal_code = models.CharField(max_length=10)
    utility = models.CharField(max_length=40)
    supplier = models.CharField(max_length=40, null=True)
    supplier_kind = models.CharField(max_length=20)
    from_on = models.DateField()
    status = models.CharField(max_length=20)
    pending_to = models.CharField(max_length=40, null=True)

    class Meta(TenantModel.Meta):
        db_table = "supply_registry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "pod", "from_on"], name="supply_registry_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "postal_code"], name="supply_by_postal_code"),
            # With pod: the operator looks page by page at those of one supplier, or of one territory.
            models.Index(fields=["organization", "supplier", "pod"], name="supply_by_supplier"),
            models.Index(fields=["organization", "utility", "pod"], name="supply_by_utility"),
        ]
