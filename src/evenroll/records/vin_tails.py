"""Tokens of the last letters of VINs, for answers that a release without them kept: filled in a few at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString

from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import vault
from evenroll.records.answers_in_hand import ANSWERS
from evenroll.records.organizations import cursor, open_organization
from evenroll.records.personal_ref import KeyId
from evenroll.records.tokens import Findable, TokenKind, index_many

BATCH = 200

# The records are locked: who gives them to a customer meanwhile waits, and then takes the new token along.
_WITHOUT: LiteralString = (
    "SELECT record.id, record.key_id FROM personal_record AS record WHERE record.organization_id = %(org)s "
    "AND record.id = ANY(ARRAY(SELECT known.subject_id FROM search_token AS known "
    "WHERE known.organization_id = %(org)s AND known.subject_kind = %(answers)s AND known.subject_id > %(after)s "
    "AND known.kind = %(vin)s AND NOT EXISTS (SELECT 1 FROM search_token AS tail "
    "WHERE tail.organization_id = known.organization_id AND tail.subject_kind = known.subject_kind "
    "AND tail.subject_id = known.subject_id AND tail.kind = %(tail)s) "
    "ORDER BY known.subject_id LIMIT %(limit)s)) ORDER BY record.id FOR UPDATE"
)


def fill_vin_tails(*, organizations: Iterable[OrganizationKey], batch: int = BATCH) -> int:
    """Make answers findable by the last letters of their VINs where they are not yet; how many were.

    Each batch is a transaction of its own. It may be ended at any time and goes on where it was: what has its token is
    passed over.
    """
    return sum(_filled(each, batch) for each in organizations)


def _filled(organization: OrganizationKey, batch: int) -> int:
    count, after = 0, -1
    while True:
        with open_organization(organization) as opened, cursor() as pen:
            given = {
                "org": opened.id,
                "answers": ANSWERS,
                "after": after,
                "vin": TokenKind.VIN.value,
                "tail": TokenKind.VIN_TAIL.value,
                "limit": batch,
            }
            rows = pen.execute(_WITHOUT, given).fetchall()
            if not rows:
                return count
            kept = vault.read_many([ref for ref, _ in rows])
            found = [
                Findable(key_id=KeyId(key), subject_id=ref, values=((TokenKind.VIN_TAIL, _vin(kept.get(ref, {}))),))
                for ref, key in rows
            ]
            index_many(found, subject_kind=ANSWERS)
        count, after = count + len(rows), rows[-1][0]


def _vin(fields: object) -> str:
    return str(fields.get(FormField.VIN.value, "")) if isinstance(fields, dict) else ""
