"""Cases and service orders as their streams tell them, with their tracks and the places they hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from evenroll.records.model_people import TenantModel


class CaseRecord(TenantModel):
    """A case: `state` is the canonical text of the whole case, the other columns are for finding it.

    One number may stand in two organizations: a case handed over keeps its number.
    """

    number = models.CharField(max_length=40)
    state = models.TextField()
    status = models.CharField(max_length=30)
    owner = models.CharField(max_length=30, null=True)
    due_at = models.DateTimeField(null=True)
    program = models.CharField(max_length=60, null=True)
    program_version = models.IntegerField(null=True)
    pod = models.CharField(max_length=40, null=True)
    customer_id = models.BigIntegerField(null=True)
    follows = models.CharField(max_length=40, null=True)
    followed_by = models.CharField(max_length=40, null=True)

    class Meta(TenantModel.Meta):
        db_table = "case_record"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "number"], name="case_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "pod"], name="case_by_pod"),
            models.Index(fields=["organization", "customer_id"], name="case_by_customer"),
            models.Index(fields=["organization", "status"], name="case_by_status"),
        ]


class ServiceOrderRecord(TenantModel):
    """A utility's work order at a meter or service, asked for by a case (possibly of another organization)."""

    number = models.CharField(max_length=40)
    state = models.TextField()
    status = models.CharField(max_length=30)
    asked_by = models.CharField(max_length=40)
    case_number = models.CharField(max_length=40)
    pod = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        db_table = "service_order"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "number"], name="order_once")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "case_number"], name="order_by_case"),
            models.Index(fields=["organization", "pod"], name="order_by_pod"),
        ]


class PointRecord(TenantModel):
    """A usage point as its stream tells it: meters, agreements and bills. state: canonical text of all of it."""

    pod = models.CharField(max_length=40)
    state = models.TextField()

    class Meta(TenantModel.Meta):
        db_table = "point_record"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "pod"], name="point_once")]


class TrackRecord(TenantModel):
    """One track of a case or service order: who is waited on until when. It is the row of its deadline, too.

    claimed_until: until when a worker has it in hand, by the clock of the database; no part of the fold.
    """

    stream_kind = models.CharField(max_length=20)
    stream_key = models.CharField(max_length=80)
    track_key = models.CharField(max_length=120)
    track = models.CharField(max_length=20)
    subject = models.CharField(max_length=100)
    state = models.CharField(max_length=30)
    since = models.DateTimeField()
    owner = models.CharField(max_length=30, null=True)
    due_at = models.DateTimeField(null=True)
    on_lapse = models.CharField(max_length=40, null=True)
    times = models.IntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "track"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "stream_kind", "stream_key", "track_key"], name="track_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "due_at"], condition=Q(due_at__isnull=False), name="track_due"),
            models.Index(fields=["organization", "owner"], condition=Q(owner__isnull=False), name="track_by_owner"),
            # With id: very many lapse at one instant, and are taken in the order in which they began.
            models.Index(
                fields=["organization", "due_at", "id"], condition=Q(due_at__isnull=False), name="track_due_next"
            ),
            models.Index(
                fields=["organization", "owner", "due_at", "id"],
                condition=Q(owner__isnull=False),
                name="track_of_owner",
            ),
            # What a queue shows (`desk_queue`): without the long look at enrolled cases, of which there are most.
            models.Index(
                fields=["organization", "owner", "due_at", "id"],
                condition=Q(owner__isnull=False, due_at__isnull=False) & ~Q(track="case", state="enrolled", times=0),
                name="track_in_queue",
            ),
        ]


class Place(TenantModel):
    """A unit enrolled in a program family (live), or kept for a case that is to follow another one (held).

    Of live and held ones each unit is there at most once in a family.
    """

    family = models.CharField(max_length=60)
    unit_kind = models.CharField(max_length=20)
    unit_id = models.CharField(max_length=60)
    case_number = models.CharField(max_length=40)
    live = models.BooleanField()
    held = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        db_table = "place"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "family", "unit_kind", "unit_id"],
                condition=Q(live=True) | Q(held=True),
                name="place_taken_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "case_number", "family", "unit_kind", "unit_id"], name="place_of_case_once"
            ),
        ]
