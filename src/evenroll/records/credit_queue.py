"""The credits of an organization that wait for a person, by case: the rows of the queue, made from the cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString, cast

from evenroll.enrollment.case import Case
from evenroll.enrollment.credit_duties import CreditWait, credit_waits
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.folds import read_state
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamKind

_CASES: Final[LiteralString] = (
    "SELECT number, state FROM case_record WHERE organization_id = %s AND number IN (SELECT case_number "
    "FROM incentive_entry WHERE organization_id = %s AND state <> 'paid') ORDER BY number"
)


def waiting_credits() -> Iterator[tuple[CaseNumber, CreditWait]]:
    """Every case of the open organization with credits that wait for an act, and what they wait for."""
    with cursor() as pen:
        rows = pen.execute(_CASES, (current().id, current().id)).fetchall()
    for number, state in rows:
        case = cast("Case", read_state(StreamKind.CASE, state))
        for each in credit_waits(case.ledger.credits, calendar=current().calendar):
            yield CaseNumber(number), each
