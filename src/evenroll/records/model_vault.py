"""Personal data, apart from everything else: ciphertexts, the keys that open them, and the tokens to search by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import TenantModel


class MasterKeyMark(models.Model):
    """By which the master key of this database is known again: one row, written at its first use, never changed."""

    is_only = models.BooleanField(default=True)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        db_table = "master_key_mark"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_only"], name="master_key_mark_once"),
            models.CheckConstraint(condition=models.Q(is_only=True), name="master_key_mark_only"),
        ]


class CustomerKey(TenantModel):
    """A customer's data key, wrapped by the organization's key. No wrapped key left: erased for good."""

    id = models.BigIntegerField(primary_key=True)
    subject_kind = models.CharField(max_length=30)
    wrapped = models.BinaryField(null=True)

    class Meta(TenantModel.Meta):
        db_table = "customer_key"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="customer_key_by_org")]


class PersonalRecord(TenantModel):
    """Personal fields of one subject under one customer key; the row's number and organization are bound into it."""

    id = models.BigIntegerField(primary_key=True)
    key = models.ForeignKey(CustomerKey, on_delete=models.PROTECT, related_name="+")
    ciphertext = models.BinaryField()

    class Meta(TenantModel.Meta):
        db_table = "personal_record"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="personal_by_org")]


class SearchToken(TenantModel):
    """A keyed hash of a normalized value, by which its subject is found without the value being kept."""

    key = models.ForeignKey(CustomerKey, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=32)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        db_table = "search_token"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "token", "subject_kind", "subject_id"], name="search_token_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "subject_kind", "subject_id"], name="search_token_by_subject"),
        ]
