"""What our own records say for one proof of identity of row 4a, read by one statement once case and VIN are locked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import LiteralString

from evenroll.enrollment.case import LIVE
from evenroll.quantities.identifiers import CaseNumber, CustomerId, Pevid
from evenroll.records.answers_in_hand import ANSWERS
from evenroll.records.case_answers import LockedAnswers
from evenroll.records.foreseen import is_foreseen
from evenroll.records.organizations import current, cursor
from evenroll.records.tokens import TokenKind
from evenroll.records.vehicle_facts import NAMES, VehicleElsewhere, kept_vin_token, vehicles_elsewhere

# The conditions are those of `vehicle_facts.vehicles_elsewhere` and `case_answers.give_to_customer`. One step after the
# other, as there; the record is locked, so that it is still what is read here when it comes under the customer's key;
# and that key is held, so that an erasure of the customer waits until the case can be seen.
_FACTS: LiteralString = (
    "WITH said AS MATERIALIZED (SELECT token FROM search_token WHERE organization_id = %(org)s "
    "AND subject_kind = %(answers)s AND subject_id = %(ref)s AND kind || '' = %(vin)s), "
    "same AS MATERIALIZED (SELECT subject_id FROM search_token WHERE organization_id = %(org)s AND kind = %(vin)s "
    "AND token = ANY(ARRAY(SELECT token FROM said)) AND subject_kind || '' = %(answers)s), "
    "theirs AS MATERIALIZED (SELECT id, wrapped FROM customer_key WHERE organization_id = %(org)s "
    "AND id = (SELECT key_id FROM customer WHERE organization_id = %(org)s AND id = %(customer)s) "
    "FOR KEY SHARE), "
    "record AS MATERIALIZED (SELECT key_id, ciphertext FROM personal_record WHERE organization_id = %(org)s "
    "AND id = %(ref)s FOR UPDATE), "
    "old AS MATERIALIZED (SELECT id, wrapped FROM customer_key WHERE organization_id = %(org)s "
    "AND id = (SELECT key_id FROM record)) "
    "SELECT (SELECT max(token) FROM said), (SELECT coalesce(json_agg(json_build_array(v.case_number, v.pevid) "
    "ORDER BY (c.status = ANY(%(live)s)) DESC, v.case_number), '[]') FROM vehicle v JOIN case_record c "
    "ON c.organization_id = %(org)s AND c.number = v.case_number WHERE v.organization_id = %(org)s "
    "AND v.answers = ANY(ARRAY(SELECT subject_id FROM same)) AND v.case_number <> %(but)s "
    "AND c.status = ANY(%(names)s) AND c.customer_id IS DISTINCT FROM %(customer)s)::text, "
    "theirs.id, theirs.wrapped, record.key_id, record.ciphertext, old.id, old.wrapped FROM (SELECT 1) AS one "
    "LEFT JOIN theirs ON true LEFT JOIN record ON true LEFT JOIN old ON true"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofFacts:
    """What a proof goes by. vin: the token of the VIN among the answers, "" for none; elsewhere: live ones first.

    answers: none where the customer or the answers are not here.
    """

    vin: str
    elsewhere: tuple[VehicleElsewhere, ...]
    answers: tuple[LockedAnswers, ...] = ()


def facts_for_proof(answers: int, *, but: CaseNumber, customer: CustomerId) -> ProofFacts:
    """The VIN among kept answers, who else has that vehicle, and the answers as they come under a customer's key.

    but: the case itself, whose answers these are. customer: who was proved, whose other cases do not count.
    """
    if is_foreseen():
        vin = kept_vin_token(answers)
        return ProofFacts(vin=vin, elsewhere=vehicles_elsewhere(vin, but=but, customer=customer))
    values = {
        "org": current().id,
        "answers": ANSWERS,
        "vin": TokenKind.VIN.value,
        "ref": answers,
        "customer": customer,
        "but": but,
        "names": sorted(NAMES),
        "live": sorted(LIVE),
    }
    with cursor() as pen:
        row = pen.execute(_FACTS, values).fetchone()
    assert row is not None, "one row stands for the proof"
    found, elsewhere, *kept = row
    vin, is_here = found or "", kept[0] is not None and kept[2] is not None
    return ProofFacts(
        vin=vin,
        elsewhere=tuple(VehicleElsewhere(case=case, pevid=Pevid(pevid)) for case, pevid in json.loads(elsewhere)),
        answers=(LockedAnswers(ref=answers, customer=customer, vin=vin, row=tuple(kept)),) if is_here else (),
    )
