"""What the web keeps of each browser: enclosed, and found only by who holds the cookie."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from evenroll.records.model_people import User


class WebSession(models.Model):
    """The session of one browser. token: hash of the cookie, hexadecimal; data: enclosed by the vault's key."""

    token = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "web_session"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="web_session_by_expiry")]


class EnrollmentDraft(models.Model):
    """An application that is not sent yet, of somebody whom nobody knows: it belongs to no organization.

    link, code: hashes of the secrets that lead back to it. data: enclosed by the vault's key. version: counts changes.
    of_case: keyed hash of the case that came of it, "" before it is sent.
    """

    number = models.CharField(max_length=32, primary_key=True)
    link = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=64, unique=True)
    of_case = models.CharField(max_length=64, default="", db_default="")
    data = models.BinaryField()
    version = models.IntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "enrollment_draft"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="enrollment_draft_by_expiry")]


class WebCacheEntry(models.Model):
    """What the web keeps for a while. token: keyed hash of its key; data: enclosed by the vault's key."""

    token = models.CharField(max_length=64, primary_key=True)
    data = models.BinaryField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "web_cache"
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="web_cache_by_end")]


class WebCount(models.Model):
    """How often something was tried until its time is over. token: keyed hash of what, by whom."""

    token = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "web_count"
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="web_count_by_end")]


class StaffSignInRecord(models.Model):
    """How one of the staff signs in, beside the password of the user.

    invitation: hash of the secret of a link. totp: enclosed by the vault's key; empty where none was chosen yet.
    totp_step: of the last code that was used. recovery: keyed hashes of codes that are good once each.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    invitation = models.CharField(max_length=64, null=True, unique=True)
    invited_until = models.DateTimeField()
    totp = models.BinaryField(default=b"")
    totp_step = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=list)

    class Meta:
        db_table = "staff_sign_in"


class WebPasskey(models.Model):
    """A passkey. token: hash of its credential's id; subject: whose; data: enclosed; counter: of its last use.

    made_in: the kind of browser, in the words of `accounts.browser_kind`.
    """

    token = models.CharField(max_length=64, primary_key=True)
    subject = models.CharField(max_length=64)
    data = models.BinaryField()
    counter = models.BigIntegerField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_in = models.CharField(max_length=40, default="", db_default="")

    class Meta:
        db_table = "web_passkey"
        indexes: ClassVar = [models.Index(fields=["subject"], name="web_passkey_by_subject")]


class WebSignIn(models.Model):
    """That somebody signed in. subject: whose; way, browser: codes. No address of any kind. used_at: to ten minutes."""

    number = models.CharField(max_length=32, primary_key=True)
    subject = models.CharField(max_length=64)
    way = models.CharField(max_length=20)
    browser = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "web_sign_in"
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="web_sign_in_by_subject"),
            models.Index(fields=["used_at"], name="web_sign_in_by_use"),
        ]


class WebSignInSubject(models.Model):
    """Somebody who signs in. subject: keyed hash of the address of e-mail or of the user's key.

    epoch: the session of an earlier one is over: it grows when somebody signs out everywhere.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    epoch = models.IntegerField()

    class Meta:
        db_table = "web_subject"


class DraftCount(models.Model):
    """How many applications on the web came to a step on a day. owner: the key of whose program they were for."""

    owner = models.CharField(max_length=40)
    counted_on = models.DateField()
    step = models.CharField(max_length=20)
    drafts = models.BigIntegerField()

    class Meta:
        db_table = "draft_count"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "counted_on", "step"], name="draft_count_once"),
        ]
