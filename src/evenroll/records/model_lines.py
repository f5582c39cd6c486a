"""The places of programs with a cap, and the cases that hold one, were offered one, or wait for one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from evenroll.records.model_people import TenantModel


class ProgramPlaceRecord(TenantModel):
    """The places of a program: `state` is the canonical text of all of it.

    ceiling: how many may be taken now; more than the cap only where the cap was lowered beneath what was taken.
    """

    program = models.CharField(max_length=60)
    state = models.TextField()
    cap = models.IntegerField()
    ceiling = models.IntegerField()
    taken = models.IntegerField()
    waiting = models.IntegerField()

    class Meta(TenantModel.Meta):
        db_table = "program_place"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "program"], name="program_place_once"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("ceiling")) & Q(waiting__gte=0), name="program_place_cap"
            ),
            # Above the cap only what was taken before it was lowered: nobody new comes in there.
            models.CheckConstraint(
                condition=Q(ceiling=F("cap")) | (Q(ceiling__gt=F("cap")) & Q(ceiling=F("taken"))),
                name="program_place_ceiling",
            ),
        ]


class ProgramLine(TenantModel):
    """A case that holds a place of a program, was offered one, or waits; ranked_at: only of those in line."""

    case_number = models.CharField(max_length=40)
    program = models.CharField(max_length=60)
    standing = models.CharField(max_length=10)
    ranked_at = models.DateTimeField(null=True)
    offered_until_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "program_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "case_number"], name="program_line_once"),
            models.CheckConstraint(
                condition=Q(standing="held", ranked_at__isnull=True)
                | Q(standing__in=["waiting", "offered"], ranked_at__isnull=False),
                name="program_line_ranked",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "program", "standing", "ranked_at", "case_number"], name="program_line_order"
            ),
        ]
