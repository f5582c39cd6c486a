"""What our own records say for one decision of row 5, read by one statement once everything is locked."""

from __future__ import annotations

import json
from datetime import date
from typing import LiteralString

from evenroll.enrollment.case import Case, Place
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.foreseen import Fact, Foreseen
from evenroll.records.organizations import current, cursor
from evenroll.records.register import ACCOUNT_COLUMNS, FROM_ACCOUNTS, PointFound, account_of

# The conditions are those of `gathered.live_families`, `register.units_at`, `past_enrollments.lockouts` and
# `past_enrollments.rate_changes`; written so that before there are statistics, too, each is found by the index of what
# it is asked by: the usage points of the location come first, and the status is one that no index has.
_FACTS: LiteralString = "".join(
    (
        "SELECT (SELECT coalesce(json_agg(DISTINCT family), '[]') FROM place WHERE organization_id = %(org)s "
        "AND unit_kind = %(unit)s AND unit_id = %(unit_key)s AND (live OR held AND NOT EXISTS (SELECT 1 "
        "FROM case_record c WHERE c.number = place.case_number AND c.organization_id = place.organization_id "
        "AND c.follows = %(but)s)) AND NOT case_number = ANY(%(aside)s::text[]))::text, "
        "(SELECT coalesce(json_object_agg(family, units), '{}') FROM (SELECT family, count(*) AS units FROM place "
        "WHERE organization_id = %(org)s AND (live OR held) AND unit_kind = 'usage_point' "
        "AND unit_id = ANY(ARRAY(SELECT pod FROM usage_point WHERE organization_id = %(org)s "
        "AND location_id = %(location)s)) AND case_number <> %(released)s GROUP BY family) AS at)::text, "
        "(SELECT coalesce(json_object_agg(program, until), '{}') FROM (SELECT program, "
        "max(state::jsonb ->> 'lockout_ends_on') AS until FROM case_record WHERE organization_id = %(org)s "
        "AND customer_id = %(customer)s AND status || '' = 'ended' AND program IS NOT NULL GROUP BY program) "
        "AS past)::text, "
        "CASE WHEN %(since)s::text IS NOT NULL THEN (SELECT coalesce(sum((state::jsonb ->> 'price_since' > %(since)s)"
        "::int), 0) + coalesce(sum((state::jsonb -> 'leaving' ->> 'switch_on' > %(since)s)::int), 0) FROM case_record "
        "WHERE organization_id = %(org)s AND pod = %(pod)s AND number <> %(but)s) END, "
        "account.* FROM (SELECT 1) AS one LEFT JOIN (SELECT ",
        ACCOUNT_COLUMNS,
        FROM_ACCOUNTS,
        "WHERE a.organization_id = %(org)s AND a.id = %(account)s) AS account ON true",
    )
)


def facts_for_decision(
    case: Case, place: Place, *, point: PointFound | None, released: CaseNumber | None, changes_since: date | None
) -> Foreseen:
    """The facts about the unit, the location, the customer and the account of a case; the rest is read when asked for.

    point: the row of the case's usage point, None where the books have none of it. released: the case that lets go of
    the unit. changes_since: the day after which changes of rate count, where our own cases tell of them.
    """
    facts = Foreseen(is_whole=False)
    values = {
        "org": current().id,
        "unit": place.unit.value,
        "unit_key": place.unit_key,
        "but": case.number,
        "aside": [case.number, released or case.number],
        "pod": case.pod,
        "since": changes_since.isoformat() if changes_since else None,
        "location": point.location if point else None,
        "released": released or "",
        "customer": case.proof.customer,
        "account": case.proof.account,
    }
    with cursor() as pen:
        row = pen.execute(_FACTS, values).fetchone()
    assert row is not None, "one row stands for the decision"
    facts.tell(Fact.POINT, case.pod, point)
    facts.tell(Fact.FAMILIES_AT_UNIT, (place.unit.value, place.unit_key), frozenset(json.loads(row[0])))
    if point is not None:
        facts.tell(Fact.UNITS_AT_LOCATION, point.location, json.loads(row[1]))
    if changes_since is not None:
        facts.tell(Fact.CHANGES_AT_POINT, case.pod, int(row[3]))
    if case.proof.customer is not None:
        barred = {program: date.fromisoformat(until) for program, until in json.loads(row[2]).items() if until}
        facts.tell(Fact.LOCKOUTS, case.proof.customer, barred)
    if case.proof.account is not None:
        facts.tell(Fact.ACCOUNT, case.proof.account, account_of(row[4:]) if row[4] is not None else None)
    return facts
