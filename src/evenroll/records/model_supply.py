"""What a registrar keeps of supply requests and suppliers that left, and a utility of PEVs that it was told of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class SupplyRequestRecord(TenantModel):
    """A request about supply, as its stream tells it. state: canonical text of all of it; status: where it stands."""

    number = models.CharField(max_length=40)
    state = models.TextField()
    status = models.CharField(max_length=30)
    pod = models.CharField(max_length=40)
    requester = models.CharField(max_length=40)
    received_on = models.DateField()
    effective_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "supply_request"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "number"], name="supply_request_once"),
            models.UniqueConstraint(
                fields=["organization", "pod"], condition=Q(status="accepted"), name="supply_request_open_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "pod"], name="supply_request_by_pod"),
            models.Index(
                fields=["organization", "-id"],
                condition=Q(status__in=["effective", "cancelled", "lost"]),
                name="supply_request_over",
            ),
        ]


class SupplierExit(TenantModel):
    """A supplier that supplies nobody any more from a day on."""

    supplier = models.CharField(max_length=40)
    exit_on = models.DateField()

    class Meta(TenantModel.Meta):
        db_table = "supplier_exit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "supplier"], name="supplier_exit_once"),
        ]


class PevAtPointRecord(TenantModel):
    """A PEV that charges at a usage point, as the stream of the point tells it; by it the wires utility plans."""

    pod = models.CharField(max_length=40)
    case_number = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    drivetrain = models.CharField(max_length=30)
    charger = models.CharField(max_length=30)
    basis = models.CharField(max_length=30)
    told_on = models.DateField()

    class Meta(TenantModel.Meta):
        db_table = "pev_at_point"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "pod", "case_number"], name="pev_at_point_once"),
        ]
