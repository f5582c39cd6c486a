"""What a door asks of its own books before row 5, the account and the usage point; both by one statement."""

from __future__ import annotations

from typing import LiteralString

from evenroll.quantities.identifiers import AccountId, PodId
from evenroll.records.foreseen import Fact, Foreseen
from evenroll.records.organizations import current, cursor
from evenroll.records.points_told import point_told_of
from evenroll.records.register import ACCOUNT_COLUMNS, FROM_ACCOUNTS, BilledPoint, account_of

# The conditions are those of `register.billed_points` and `points_told.points_told`.
_BOOKS: LiteralString = "".join(
    (
        "SELECT (SELECT state FROM point_record WHERE organization_id = %(org)s AND pod = %(pod)s), "
        "point.*, account.* FROM (SELECT 1) AS one LEFT JOIN (SELECT account_id, read_cycle, net_metering, "
        "interval_opt_out FROM usage_point WHERE organization_id = %(org)s AND pod = %(pod)s) AS point ON true "
        "LEFT JOIN (SELECT ",
        ACCOUNT_COLUMNS,
        FROM_ACCOUNTS,
        "WHERE a.organization_id = %(org)s AND a.id = %(account)s) AS account ON true",
    )
)


def books_for_decision(account: AccountId, *, pod: PodId) -> Foreseen:
    """How an account stands with a usage point, and the usage point itself, in the open organization; not locked.

    Whoever of the books asks for these two is answered from here; the rest is read when asked for.
    """
    with cursor() as pen:
        row = pen.execute(_BOOKS, {"org": current().id, "pod": pod, "account": account}).fetchone()
    assert row is not None, "one row stands for the question"
    state, billed_under, read_cycle, net_metering, opted_out, *found = row
    together = found[0] is not None and billed_under == found[0]
    billed = BilledPoint(account=account_of(tuple(found)), net_metering=net_metering) if together else None
    facts = Foreseen(is_whole=False)
    facts.tell(Fact.BILLED_POINT, (account, pod), billed)
    facts.tell(Fact.POINT_TOLD, pod, point_told_of(state, (read_cycle, net_metering, opted_out)) if state else None)
    return facts
