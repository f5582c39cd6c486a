"""What is sold and billed at a usage point, and what the customer charges: agreements, bills, vehicles, equipment."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import TenantModel


class ServiceAgreement(TenantModel):
    """The rate and the supplier of a usage point over [start_on, end_on); no end means until further notice.

    Two agreements of one usage point never share a day: an exclusion constraint, made in migration 0003.
    tile_number: a number that stands for the usage point in that constraint. riders: canonical text.
    """

    tile_number = models.BigIntegerField()
    pod = models.CharField(max_length=40)
    rate = models.CharField(max_length=60)
    supplier = models.CharField(max_length=40)
    supply_rate = models.CharField(max_length=60, null=True)
    riders = models.TextField()
    start_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "service_agreement"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "pod", "start_on"], name="agreement_once"),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gt=F("start_on")), name="agreement_days"
            ),
        ]


class Bill(TenantModel):
    """A bill as a service order issued it. lines: canonical text. total: USD as text, exact. usage_wh: Wh.

    One rate of a usage point is billed at most once for a day: an exclusion constraint, made in migration 0003.
    tile_number: a number that stands for usage point and rate in that constraint.
    """

    tile_number = models.BigIntegerField()
    order_number = models.CharField(max_length=40)
    pod = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    rate = models.CharField(max_length=60)
    start_on = models.DateField()
    end_on = models.DateField()
    lines = models.TextField()
    total = models.CharField(max_length=30)
    actual = models.BooleanField()
    usage_wh = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        db_table = "bill"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "order_number", "kind"], name="bill_once"),
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="bill_days"),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "pod", "start_on"], name="bill_by_pod")]


class Vehicle(TenantModel):
    """A vehicle that a case enrolls, by its PEVID. VIN, PCID and EMAID stand in the vault, under answers."""

    case_number = models.CharField(max_length=40)
    pevid = models.CharField(max_length=40)
    drivetrain = models.CharField(max_length=20)
    vin_known = models.BooleanField()
    answers = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        db_table = "vehicle"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "case_number", "pevid"], name="vehicle_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "pevid"], name="vehicle_by_pevid"),
            models.Index(fields=["organization", "answers"], name="vehicle_by_answers"),
        ]


class ChargingEquipment(TenantModel):
    """The cordset, EVSE or premise unit of a case, as far as rows 6 and 7 have come. price: USD as text, exact."""

    case_number = models.CharField(max_length=40)
    kind = models.CharField(max_length=30, null=True)
    outlet = models.CharField(max_length=80, null=True)
    model = models.CharField(max_length=80, null=True)
    bought_on = models.DateField(null=True)
    price = models.CharField(max_length=30, null=True)
    installer = models.CharField(max_length=30, null=True)
    installed_on = models.DateField(null=True)
    serial = models.CharField(max_length=80, null=True)
    permit = models.CharField(max_length=80, null=True)
    inspected_on = models.DateField(null=True)
    inspection_passed = models.BooleanField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "charging_equipment"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "case_number"], name="equipment_once"),
        ]


class ControlDevice(TenantModel):
    """A device through which a program controls charging. test_cause: a code where its last test failed, else empty."""

    case_number = models.CharField(max_length=40)
    device = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, null=True)
    tested = models.BooleanField(default=False)
    test_cause = models.CharField(max_length=60, default="")

    class Meta(TenantModel.Meta):
        db_table = "control_device"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "case_number", "device"], name="device_once"),
        ]
