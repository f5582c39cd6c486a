"""Organizations, those who act for them, and their customers. Nothing personal stands in these rows."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Organization(models.Model):
    """A utility, supplier or clearinghouse. Known to all: it is the wall itself and stands on neither side.

    kinds: codes separated by commas, sorted. calendar: key of the service calendar that tells its business dates.
    sealing_key: public X25519 key for what is handed over to it; empty when it lives in this installation.
    """

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kinds = models.CharField(max_length=60)
    calendar = models.CharField(max_length=20)
    sealing_key = models.BinaryField(default=b"")

    class Meta:
        db_table = "organization"


class TenantModel(models.Model):
    """A row that belongs to one organization; row-level security shows it to no other."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta:
        abstract = True


class User(AbstractBaseUser, PermissionsMixin):
    """One who signs in. `key` is the actor key of the journal; the sign-in name is kept only as a keyed token."""

    key = models.CharField(max_length=40, unique=True)
    login_token = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "key"

    class Meta:
        db_table = "evenroll_user"


class Membership(TenantModel):
    """A role that a user holds in an organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30)

    class Meta(TenantModel.Meta):
        db_table = "membership"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user", "role"], name="membership_once"),
        ]


class MemberChange(TenantModel):
    """Who gave or took which role, of whom, when; append-only. change: a code of `memberships.Change`."""

    user_key = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    change = models.CharField(max_length=10)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        db_table = "membership_change"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="membership_change_by_org")]


class Customer(TenantModel):
    """One whom an organization serves. Name and contacts stand in the vault.

    key_id: the customer's key in the vault. personal: reference to the record of name and contacts.
    """

    key_id = models.BigIntegerField()
    personal = models.BigIntegerField()
    language = models.CharField(max_length=5, default="en")
    life_support = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        db_table = "customer"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="customer_by_organization")]


class CustomerAccount(TenantModel):
    """An account under which usage points are billed. Its number stands in the vault and is found by token."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    personal = models.BigIntegerField()
    customer_class = models.CharField(max_length=30)
    status = models.CharField(max_length=20)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    good_standing = models.BooleanField(default=True)
    assistance = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        db_table = "customer_account"
        indexes: ClassVar = [models.Index(fields=["organization", "id"], name="account_by_organization")]
