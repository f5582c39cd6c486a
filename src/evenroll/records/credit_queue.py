"""The credits of an organization that wait for a person, by case: the rows of the queue, made from the cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, LiteralString, cast

from evenroll.enrollment.case import Case
from evenroll.enrollment.credit_duties import STATE_OF, CreditDuty, CreditWait, credit_waits
from evenroll.quantities.identifiers import CaseNumber
from evenroll.records.folds import read_state
from evenroll.records.organizations import current, cursor
from evenroll.records.streams import StreamKind

_CASES: Final[LiteralString] = (
    "SELECT number, state FROM case_record WHERE organization_id = %s AND number IN (SELECT case_number "
    "FROM incentive_entry WHERE organization_id = %s AND state <> 'paid') ORDER BY number"
)
# One statement for a page, whatever the number of credits: each case's are summed by state, and the oldest cases shown.
_BACKLOG: Final[LiteralString] = (
    "SELECT state, case_number, credits, usd, since, all_credits, all_cases, all_usd FROM (SELECT state, case_number, "
    "credits, usd, since, sum(credits) OVER by_state AS all_credits, count(*) OVER by_state AS all_cases, "
    "sum(usd) OVER by_state AS all_usd, row_number() OVER (PARTITION BY state ORDER BY since, case_number) AS place "
    "FROM (SELECT state, case_number, count(*) AS credits, sum(amount_usd) AS usd, min(at) AS since "
    "FROM incentive_entry WHERE organization_id = %(org)s AND state = ANY(%(states)s) GROUP BY 1, 2) AS waits "
    "JOIN unnest(%(states)s::text[], %(before)s::timestamptz[]) AS asked (state, before) USING (state) "
    "WHERE since < before WINDOW by_state AS (PARTITION BY state)) AS placed WHERE place <= %(limit)s "
    "ORDER BY state, place"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditsAtCase:
    """Credits of one case that wait for the same act. since: of the oldest; usd: of all together."""

    number: CaseNumber
    count: int
    usd: Decimal
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBacklog:
    """All credits that wait for the same act. oldest: the cases that wait longest, these first; never empty."""

    duty: CreditDuty
    count: int
    cases: int
    usd: Decimal
    oldest: Sequence[CreditsAtCase]

    @property
    def since(self) -> datetime:
        """Since when the oldest of them waits."""
        return self.oldest[0].since


def credit_backlog(before: Mapping[CreditDuty, datetime], *, limit: int) -> tuple[CreditBacklog, ...]:
    """What waits in the open organization for each of these acts, where the oldest of a case began before then.

    limit: of the cases that are named for each. What is owed back has no row of its own and is not told.
    """
    asked = {STATE_OF[duty].value: instant for duty, instant in before.items() if duty in STATE_OF}
    given = {"org": current().id, "states": list(asked), "before": list(asked.values()), "limit": limit}
    with cursor() as pen:
        rows = pen.execute(_BACKLOG, given).fetchall()
    by_state = {state: list(group) for state, group in groupby(rows, key=lambda row: row[0])}
    return tuple(_backlog(duty, by_state[state.value]) for duty, state in STATE_OF.items() if state.value in by_state)


def _backlog(duty: CreditDuty, rows: Sequence[tuple[Any, ...]]) -> CreditBacklog:
    *_, credits, cases, usd = rows[0]
    oldest = [
        CreditsAtCase(number=CaseNumber(number), count=count, usd=amount, since=since)
        for _, number, count, amount, since, *_ in rows
    ]
    return CreditBacklog(duty=duty, count=int(credits), cases=cases, usd=usd, oldest=oldest)


def waiting_credits() -> Iterator[tuple[CaseNumber, CreditWait]]:
    """Every case of the open organization with credits that wait for an act, and what they wait for."""
    with cursor() as pen:
        rows = pen.execute(_CASES, (current().id, current().id)).fetchall()
    for number, state in rows:
        case = cast("Case", read_state(StreamKind.CASE, state))
        for each in credit_waits(case.ledger.credits, calendar=current().calendar):
            yield CaseNumber(number), each
