"""What the database tells of how it runs: what waits and how long, what is parked, the server and its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from evenroll.enrollment.credit_duties import STATE_OF, late_before
from evenroll.enrollment.long_waits import LONG_WAIT
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records.credit_queue import CreditBacklog, credit_backlog
from evenroll.records.organizations import cursor, open_organization, shared_transaction

_OUTBOX: LiteralString = (
    "SELECT count(*) FILTER (WHERE due_at IS NOT NULL), count(*) FILTER (WHERE due_at IS NOT NULL AND attempts > 1), "
    "min(written_at) FILTER (WHERE due_at IS NOT NULL), count(*) FILTER (WHERE parked_why <> ''), "
    "min(written_at) FILTER (WHERE parked_why <> '') FROM outbox_message "
    "WHERE organization_id = %(org)s AND delivered_at IS NULL"
)
_INBOX: LiteralString = (
    "SELECT count(*), min(received_at), extract(epoch FROM clock_timestamp() - min(received_at))::bigint "
    "FROM inbox_message WHERE organization_id = %(org)s AND parked_why <> ''"
)
# What a worker has in hand, or put back for a while, is late too: only its next step moves it.
_OVERDUE: LiteralString = (
    "SELECT coalesce(owner, 'system'), count(*), min(due_at) FROM track "
    "WHERE organization_id = %(org)s AND due_at < %(now)s GROUP BY 1 ORDER BY 1"
)
# By the rule of `enrollment.long_waits`: an appeal enters the refusal again by being opened.
_LONG: LiteralString = (
    "SELECT count(*), min(since) FROM track WHERE organization_id = %(org)s AND owner = 'supervisor' "
    "AND due_at >= %(now)s AND since < %(long_before)s AND times > CASE WHEN state = 'refused' THEN 1 ELSE 0 END"
)
_WAITS: LiteralString = (
    "SELECT owner, count(*) FROM track WHERE organization_id = %(org)s AND due_at IS NOT NULL AND owner IS NOT NULL "
    "GROUP BY 1 ORDER BY 1"
)
_CASES: LiteralString = "SELECT status, count(*) FROM case_record WHERE organization_id = %(org)s GROUP BY 1 ORDER BY 1"
_SERVER: LiteralString = (
    "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000, "
    "clock_timestamp(), pg_database_size(current_database()), current_setting('max_connections')::int, "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
    "(SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::bigint FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()), pg_is_in_recovery()"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Overdue:
    """Waits of one role whose time has come and that no worker took. oldest_at: by the business clock."""

    count: int
    oldest_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Boxes:
    """The messages of one organization that are under way. written_at: by the business clock; received_at: the wall's.

    retried: of those to send, how many failed at least once. inbox_seconds: the age of the oldest that is parked.
    """

    to_send: int
    retried: int
    to_send_since: datetime | None
    outbox_parked: int
    outbox_parked_since: datetime | None
    inbox_parked: int
    inbox_parked_since: datetime | None
    inbox_seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerFacts:
    """The database server, as the application's login sees it. size_bytes: this database, without its WAL.

    transaction_seconds: the age of the oldest running transaction of this database, of the logins that we may see.
    """

    version: str
    major: int
    now: datetime
    size_bytes: int
    connections_max: int
    connections: int
    transaction_seconds: int
    is_replica: bool


def boxes(organization: OrganizationKey) -> Boxes:
    """The messages of an organization that are not delivered, or could not be taken."""
    with open_organization(organization) as opened, cursor() as pen:
        sent = pen.execute(_OUTBOX, {"org": opened.id}).fetchone()
        got = pen.execute(_INBOX, {"org": opened.id}).fetchone()
    assert sent is not None and got is not None
    return Boxes(
        to_send=sent[0],
        retried=sent[1],
        to_send_since=sent[2],
        outbox_parked=sent[3],
        outbox_parked_since=sent[4],
        inbox_parked=got[0],
        inbox_parked_since=got[1],
        inbox_seconds=got[2] or 0,
    )


def overdue(organization: OrganizationKey, *, now: datetime) -> Mapping[str, Overdue]:
    """The waits of an organization that lapsed before `now` and still stand, by the role that is waited on."""
    with open_organization(organization) as opened, cursor() as pen:
        rows = pen.execute(_OVERDUE, {"org": opened.id, "now": now}).fetchall()
    return {role: Overdue(count=count, oldest_at=oldest_at) for role, count, oldest_at in rows}


def long_waits(organization: OrganizationKey, *, now: datetime) -> Overdue | None:
    """What stands with the supervisor for long, its date renewed again and again; oldest_at: since when."""
    with open_organization(organization) as opened, cursor() as pen:
        row = pen.execute(_LONG, {"org": opened.id, "now": now, "long_before": now - LONG_WAIT}).fetchone()
    return Overdue(count=row[0], oldest_at=row[1]) if row and row[0] else None


def late_credits(organization: OrganizationKey, *, now: datetime) -> Sequence[CreditBacklog]:
    """The credits of an organization on which somebody should have acted by now, by the act."""
    with open_organization(organization) as opened:
        late = {duty: late_before(duty, now=now, calendar=opened.calendar) for duty in STATE_OF}
        return credit_backlog(late, limit=1)


def cases(organization: OrganizationKey) -> Mapping[str, int]:
    """How many cases of an organization stand in each state."""
    return _counts(organization, _CASES)


def waits(organization: OrganizationKey) -> Mapping[str, int]:
    """How many waits of an organization stand on each role."""
    return _counts(organization, _WAITS)


def _counts(organization: OrganizationKey, sql: LiteralString) -> Mapping[str, int]:
    with open_organization(organization) as opened, cursor() as pen:
        return dict(pen.execute(sql, {"org": opened.id}).fetchall())


def server_facts() -> ServerFacts:
    """The server of this database."""
    with shared_transaction() as pen:
        row = pen.execute(_SERVER).fetchone()
    assert row is not None
    return ServerFacts(
        version=row[0],
        major=row[1],
        now=row[2],
        size_bytes=row[3],
        connections_max=row[4],
        connections=row[5],
        transaction_seconds=row[6],
        is_replica=row[7],
    )
