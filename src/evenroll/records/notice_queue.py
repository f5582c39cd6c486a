"""Notices that are owed: claimed by any number of workers, one mail for what is owed of a case at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from evenroll.enrollment.notices import MessageChannel, NoticeState, WithheldReason
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records.organizations import current, cursor, open_organization

ATTEMPTS_MAX: Final = 12
PAUSE_FIRST: Final = timedelta(minutes=1)
PAUSE_LAST: Final = timedelta(hours=4)
LEASE: Final = timedelta(minutes=5)
LISTED_MAX: Final = 500

# Only the first that is owed of a case, so that nobody is told of an end before the beginning; a parked one holds
# nobody up. What is owed of that case at the same time goes along, once and for good: a mail that comes twice is the
# same mail.
_CLAIM: LiteralString = (
    "WITH picked AS MATERIALIZED (SELECT waiting.ctid, waiting.mail FROM notice AS waiting "
    "WHERE waiting.organization_id = %(org)s AND waiting.next_at <= %(now)s AND NOT EXISTS ("
    "SELECT 1 FROM notice AS earlier WHERE earlier.organization_id = waiting.organization_id "
    "AND earlier.stream_key = waiting.stream_key AND earlier.id < waiting.id AND earlier.next_at IS NOT NULL) "
    "ORDER BY waiting.next_at, waiting.id LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED) "
    "UPDATE notice AS told SET attempts = told.attempts + 1, next_at = %(until)s, mail = told.id FROM picked "
    "WHERE told.ctid = picked.ctid RETURNING told.id, told.stream_key, told.attempts, picked.mail IS NULL"
)
_GATHER: LiteralString = (
    "UPDATE notice SET next_at = NULL, mail = lead.id FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) "
    "AS lead (id, stream_key) WHERE notice.organization_id = %(org)s AND notice.stream_key = lead.stream_key "
    "AND notice.id > lead.id AND notice.mail IS NULL AND notice.next_at <= %(now)s"
)
_WHOLE: LiteralString = (
    "SELECT mail, id, code, parameters, noticed_at FROM notice WHERE organization_id = %(org)s "
    "AND stream_key = ANY(%(keys)s) AND mail = ANY(%(ids)s) ORDER BY mail, id"
)
_MARK: LiteralString = (
    "UPDATE notice SET sent_at = %(sent_at)s, channel = %(channel)s, withheld_why = %(withheld)s, "
    "parked_why = %(parked)s, next_at = NULL WHERE id = ANY(%(ids)s) AND sent_at IS NULL"
)
_LIST: LiteralString = (
    "SELECT id, stream_key, code, noticed_at, sent_at, channel, parked_why, withheld_why, attempts, "
    "next_at IS NULL AND mail IS NULL, mail, parameters FROM notice WHERE organization_id = %(org)s "
)
_OF_STATE: dict[NoticeState, LiteralString] = {
    NoticeState.OWED: "AND next_at IS NOT NULL ORDER BY next_at, id LIMIT %(limit)s",
    NoticeState.SENT: "AND sent_at IS NOT NULL ORDER BY id DESC LIMIT %(limit)s",
    NoticeState.WITHHELD: "AND withheld_why <> '' ORDER BY id DESC LIMIT %(limit)s",
    NoticeState.PARKED: "AND parked_why <> '' ORDER BY id LIMIT %(limit)s",
    NoticeState.BEFORE_SENDING: (
        "AND next_at IS NULL AND mail IS NULL AND sent_at IS NULL AND withheld_why = '' AND parked_why = '' "
        "ORDER BY id DESC LIMIT %(limit)s"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedNotice:
    """One notice in a mail. code: the kind of its event; entry: the number of that entry in the journal of the case."""

    id: int
    code: str
    entry: int
    noticed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedMail:
    """What is told in one mail. id: of its first notice, by which the mail is known again; attempts: with this one."""

    id: int
    case: CaseNumber
    attempts: int
    notices: tuple[OwedNotice, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedNotice:
    """A notice as it stands, for a person. why: code of what withheld or parked it; mail: the first one of its mail."""

    id: int
    case: CaseNumber
    code: str
    entry: int
    state: NoticeState
    why: str
    channel: str
    attempts: int
    noticed_at: datetime
    sent_at: datetime | None
    mail: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeCounts:
    """owed: with those that go along in the mail of another; retried: of them, that failed before."""

    owed: int
    owed_since: datetime | None
    retried: int
    parked: int
    parked_since: datetime | None


def claim(organization: OrganizationKey, *, now: datetime, limit: int) -> Sequence[OwedMail]:
    """Mails that are due, the longest due first; other workers leave them alone until the lease is over.

    now: the business clock. A worker that dies loses nothing: after LEASE they are due again, each with the same
    notices as before.
    """
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        values = {"org": opened.id, "now": now, "until": now + LEASE, "limit": limit}
        leads = pen.execute(_CLAIM, values, prepare=False).fetchall()
        if not leads:
            return ()
        fresh = [row for row in leads if row[3]]
        own = {"org": opened.id, "now": now, "ids": [row[0] for row in fresh], "keys": [row[1] for row in fresh]}
        pen.execute(_GATHER, own, prepare=False)
        asked = {"org": opened.id, "ids": [row[0] for row in leads], "keys": [row[1] for row in leads]}
        rows = pen.execute(_WHOLE, asked, prepare=False).fetchall()
    return tuple(
        OwedMail(
            id=id_, case=CaseNumber(key), attempts=attempts, notices=tuple(_owed(row) for row in rows if row[0] == id_)
        )
        for id_, key, attempts, _ in sorted(leads)
    )


def mark_sent(mail: OwedMail, *, channel: MessageChannel, now: datetime) -> None:
    """The mail was taken. In the open organization, as the others that mark."""
    _mark(mail, sent_at=now, channel=channel.value)


def mark_withheld(mail: OwedMail, *, why: WithheldReason) -> None:
    """It is not sent, and will not be."""
    _mark(mail, withheld=why.value)


def mark_failed(mail: OwedMail, *, why: str, now: datetime, is_final: bool = False) -> bool:
    """It was not taken: again later, or parked in sight after ATTEMPTS_MAX; whether it is parked. why: a code."""
    if is_final or mail.attempts >= ATTEMPTS_MAX:
        _mark(mail, parked=why)
        return True
    again = now + min(PAUSE_FIRST * 2 ** (mail.attempts - 1), PAUSE_LAST)
    with cursor() as pen:
        pen.execute("UPDATE notice SET next_at = %s WHERE id = %s AND next_at IS NOT NULL", (again, mail.id))
    return False


def retry_parked(organization: OrganizationKey, *, now: datetime) -> int:
    """Owe what is parked once more, as if it had never been tried; how many mails."""
    with open_organization(organization) as opened, cursor() as pen:
        pen.execute(
            "UPDATE notice SET parked_why = '', attempts = 0, next_at = CASE WHEN mail = id THEN %s::timestamptz END "
            "WHERE organization_id = %s AND parked_why <> ''",
            (now, opened.id),
        )
        row = pen.execute(
            "SELECT count(*) FROM notice WHERE organization_id = %s AND next_at = %s AND attempts = 0 AND mail = id",
            (opened.id, now),
        ).fetchone()
    return 0 if row is None else int(row[0])


def counts(organization: OrganizationKey) -> NoticeCounts:
    """How much is owed, and how much is parked. What goes along in a mail is counted with it."""
    with open_organization(organization, in_order=True) as opened, cursor() as pen:
        owed = pen.execute(
            "SELECT count(*), min(noticed_at), count(*) FILTER (WHERE attempts > 1) FROM notice "
            "WHERE organization_id = %s AND next_at IS NOT NULL",
            (opened.id,),
        ).fetchone()
        parked = pen.execute(
            "SELECT count(*), min(noticed_at) FROM notice WHERE organization_id = %s AND parked_why <> ''",
            (opened.id,),
        ).fetchone()
    assert owed is not None and parked is not None
    return NoticeCounts(owed=owed[0], owed_since=owed[1], retried=owed[2], parked=parked[0], parked_since=parked[1])


def listed(*, state: NoticeState, limit: int) -> Sequence[ListedNotice]:
    """Notices of the open organization in one state: owed and parked the oldest first, others the newest."""
    with cursor() as pen:
        values = {"org": current().id, "limit": min(limit, LISTED_MAX)}
        rows = pen.execute(_LIST + _OF_STATE[state], values).fetchall()
    return tuple(_listed(row) for row in rows)


def notices_of(case: CaseNumber) -> Sequence[ListedNotice]:
    """Every notice of a case of the open organization, in order."""
    with cursor() as pen:
        rows = pen.execute(
            _LIST + "AND stream_key = %(case)s ORDER BY id", {"org": current().id, "case": case}
        ).fetchall()
    return tuple(_listed(row) for row in rows)


def found(notice: int) -> tuple[CaseNumber, OwedNotice] | None:
    """A notice of the open organization, and whose case it is of; None if there is none of this number."""
    with cursor() as pen:
        row = pen.execute(
            "SELECT stream_key, id, code, parameters, noticed_at FROM notice WHERE organization_id = %s AND id = %s",
            (current().id, notice),
        ).fetchone()
    return None if row is None else (CaseNumber(row[0]), _owed(row))


def _mark(mail: OwedMail, **what: Any) -> None:
    """What became of it, of all that go along too; what was sent stays sent, whoever comes later."""
    nothing = {"sent_at": None, "channel": "", "withheld": "", "parked": ""}
    with cursor() as pen:
        pen.execute(_MARK, {**nothing, **what, "ids": [each.id for each in mail.notices]})


def _owed(row: tuple[Any, ...]) -> OwedNotice:
    return OwedNotice(id=row[1], code=row[2], entry=_entry(row[3]), noticed_at=row[4])


def _entry(parameters: str) -> int:
    return int(json.loads(parameters).get("entry", 0))


def _listed(row: tuple[Any, ...]) -> ListedNotice:
    id_, case, code, noticed_at, sent_at, channel, parked, withheld, attempts, is_out, mail, parameters = row
    if sent_at is not None:
        state = NoticeState.SENT
    elif withheld:
        state = NoticeState.WITHHELD
    elif parked:
        state = NoticeState.PARKED
    else:
        state = NoticeState.BEFORE_SENDING if is_out else NoticeState.OWED
    return ListedNotice(
        id=id_,
        case=CaseNumber(case),
        code=code,
        entry=_entry(parameters),
        state=state,
        why=withheld or parked,
        channel=channel,
        attempts=attempts,
        noticed_at=noticed_at,
        sent_at=sent_at,
        mail=mail,
    )
