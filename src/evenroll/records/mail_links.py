"""Links in mails that do one thing without a sign-in: made from the master key, kept nowhere, with nothing personal."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from enum import StrEnum

from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.keys import current_keys

_LENGTH = 32
"""Hexadecimal digits: 128 bits."""


class MailLink(StrEnum):
    """stop: no more e-mail for the customer of the case. not_me: whose account it is did not apply."""

    STOP = "stop"
    NOT_ME = "not_me"


def link_secret(kind: MailLink, *, organization: OrganizationKey, case: CaseNumber) -> str:
    """The secret part of a link about a case in the books of an organization."""
    return current_keys().digest(organization, purpose=f"mail-link/{kind.value}", text=case)[:_LENGTH]


def whose_link(
    kind: MailLink, *, case: CaseNumber, secret: str, organizations: Iterable[OrganizationKey]
) -> OrganizationKey | None:
    """In whose books this link is about the case; None where it was not made here, or for something else."""
    found = None
    for each in organizations:
        if hmac.compare_digest(link_secret(kind, organization=each, case=case).encode(), secret.encode()):
            found = each
    return found
