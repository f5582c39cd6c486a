"""The sealed log: the place of each entry in one Merkle tree, the tree's hashes, and the checkpoints given out."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from evenroll.records.model_people import TenantModel


class SealLeaf(TenantModel):
    """The place of one entry in the tree of all organizations, from 0. Written once: triggers refuse all else."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)

    class Meta(TenantModel.Meta):
        db_table = "seal_leaf"


class SealProgress(TenantModel):
    """How far an organization's journal is sealed. floor: up to this id of entries nothing can still come.

    seen: the highest id given out when this was last looked at; writers: transactions that were then adding entries.
    When they have all ended, `seen` becomes the floor.
    """

    floor = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    writers = ArrayField(models.TextField(), default=list)

    class Meta(TenantModel.Meta):
        db_table = "seal_progress"
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization"], name="seal_progress_once")]


class SealTree(models.Model):
    """How many leaves the tree has; whoever seals holds the lock of this one row, so there is one sealer."""

    is_only = models.BooleanField(default=True)
    size = models.BigIntegerField(default=0)

    class Meta:
        db_table = "seal_tree"
        constraints: ClassVar = [models.UniqueConstraint(fields=["is_only"], name="seal_tree_once")]


class SealTile(models.Model):
    """Up to 256 hashes of the tree, 32 bytes each: at level L those of complete subtrees of 256**L leaves.

    Hashes alone, which tell nothing of an entry, so the tiles are known to all organizations.
    """

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "seal_tile"
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "number"], name="seal_tile_once")]


class SealCheckpoint(models.Model):
    """A signed head that was given out, as its text. What is kept here proves nothing: the copies elsewhere do."""

    size = models.BigIntegerField()
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "seal_checkpoint"
        indexes: ClassVar = [models.Index(fields=["size"], name="seal_checkpoint_by_size")]
