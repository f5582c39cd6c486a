"""Who works on this database: the workers that looked for work, and when each of them looked last."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class WorkerSeen(models.Model):
    """A worker process of any node. name: its machine and process; seen_at: by the clock of the database.

    round_ms: how long its last round took; handled: how many waits and messages it had in hand since it began;
    newer: how many it left to the workers of a newer release.
    """

    name = models.CharField(max_length=120)
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    handled = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    newer = models.BigIntegerField(default=0, db_default=0)
    round_ms = models.IntegerField(default=0)

    class Meta:
        db_table = "worker_seen"
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="worker_seen_once")]
