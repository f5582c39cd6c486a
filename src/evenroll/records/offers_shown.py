"""What was shown at row 1, kept by number so that it reaches the case. No person is in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from evenroll.programs.program import ProgramVersion
from evenroll.quantities.codec import JsonValue, canonical, encode
from evenroll.quantities.identifiers import OfferId
from evenroll.records.foreseen import Fact, looked_up
from evenroll.records.organizations import current, cursor


class OfferMissing(LookupError):
    """No offer stands under this number in the open organization."""


def keep_offer(program: ProgramVersion, *, at: datetime, costs: object) -> OfferId:
    """Keep what was shown of a program version, in the open organization. costs: a value of row 1."""
    body = {"hash": program.content_hash, "kind": type(costs).__name__, "costs": encode(costs)}
    with cursor() as pen:
        row = pen.execute(
            "INSERT INTO offer_shown (organization_id, program, program_version, shown_at, body) "
            "VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (current().id, program.key, program.version, at, canonical(body)),
        ).fetchone()
    assert row is not None
    return OfferId(row[0])


def was_shown(offer: OfferId) -> bool:
    """Whether the open organization showed an offer under this number."""
    return looked_up(Fact.OFFER_SHOWN, offer, lambda: offer in shown_among((offer,)))


def shown_among(offers: Sequence[OfferId]) -> frozenset[OfferId]:
    """Those of these numbers under which the open organization showed an offer."""
    with cursor() as pen:
        rows = pen.execute(
            "SELECT id FROM offer_shown WHERE organization_id = %s AND id = ANY(%s)", (current().id, list(offers))
        ).fetchall()
    return frozenset(OfferId(row[0]) for row in rows)


def read_offer(offer: OfferId) -> JsonValue:
    """What was shown, as it was written. Raises OfferMissing."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT body FROM offer_shown WHERE organization_id = %s AND id = %s", (current().id, offer)
        ).fetchone()
    if row is None:
        raise OfferMissing(f"Nothing was shown under number {offer} here. Check the number, or compare anew.")
    return json.loads(row[0])
