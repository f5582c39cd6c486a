"""Notices on their way: what is owed is told by mail, or withheld with the reason, or parked in sight."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.enrollment.case import Case
from evenroll.enrollment.notices import NOTICE_STALE, MessageChannel, WithheldReason
from evenroll.enrollment.roles import Role
from evenroll.pages.notice_mail import About, notice_mail
from evenroll.pages.notices import notice
from evenroll.ports.mail import HeaderUnsafe, Letter, MailNotTaken, MailRoom, is_address
from evenroll.quantities.identifiers import OrganizationKey
from evenroll.records import channels, notice_queue, queries
from evenroll.records.folds import read_event
from evenroll.records.journal import read_stream
from evenroll.records.keys import current_keys
from evenroll.records.log_lines import LogCode, LogLine, request_scope, tell
from evenroll.records.notice_contacts import email_of
from evenroll.records.notice_queue import OwedMail
from evenroll.records.organizations import Opened, open_organization, organization_names
from evenroll.records.streams import StreamKind, case_stream
from evenroll.records.vault import PersonalErased, PersonalMissing
from evenroll.worker.driver import LIMIT, Progress, run_until_idle
from evenroll.worker.installation import Installation
from evenroll.worker.progress import log_failure

BATCH: Final = 10
"""So few at once that all of them are through, or given up, before the lease of the last is over."""

MAILS_AT_ONCE: Final = 50
"""After a run of the driver; the next run sends the next, so that a long list keeps nobody waiting."""


@dataclass(slots=True)
class Mailed:
    """What a run came to, in mails. away: to be tried again; parked: given up, in sight."""

    sent: int = 0
    withheld: int = 0
    away: int = 0
    parked: int = 0

    @property
    def handled(self) -> int:
        """How many were in hand."""
        return self.sent + self.withheld + self.away + self.parked


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sender:
    room: MailRoom
    organization: OrganizationKey
    name: str
    now: datetime


def run_and_tell(installation: Installation, *, now: datetime, limit: int = LIMIT) -> Progress:
    """The driver, and then the first of the notices owed by then."""
    progress = run_until_idle(installation, now=now, limit=limit)
    send_notices(installation, now=now, limit=MAILS_AT_ONCE)
    return progress


def send_notices(installation: Installation, *, now: datetime, limit: int = LIMIT) -> Mailed:
    """Send what is due, in order, until nothing is or `limit` mails were in hand. now: the business clock.

    Any number of workers may do so at once. Nothing is sent inside a transaction: who dies between sending and marking
    sends that one mail a second time, under the same message id. Where no mail goes out nothing is touched.
    """
    mailed = Mailed()
    if installation.mail is None:
        return mailed
    names = organization_names()
    for organization in installation.organizations:
        sender = _Sender(
            room=installation.mail, organization=organization, name=names.get(organization, organization), now=now
        )
        while mailed.handled < limit:
            claimed = notice_queue.claim(organization, now=now, limit=min(BATCH, limit - mailed.handled))
            for each in claimed:
                with request_scope():
                    _send(sender, each, mailed)
            if not claimed:
                break
    return mailed


def _send(sender: _Sender, mail: OwedMail, mailed: Mailed) -> None:
    try:
        made = _letter(sender, mail)
        if isinstance(made, WithheldReason):
            _withhold(sender, mail, made)
            mailed.withheld += 1
            return
        sender.room.post.send(made)
    except MailNotTaken as error:
        _failed(sender, mail, mailed, why=error.why, is_final=error.is_final)
    except HeaderUnsafe:
        _failed(sender, mail, mailed, why="header_unsafe", is_final=True)
    except Exception as error:  # the next one must not suffer from this one
        log_failure(error, organization=sender.organization, about=mail.case, of=mail.notices[-1].code)
        _failed(sender, mail, mailed, why="failed", is_final=False)
    else:
        with open_organization(sender.organization):
            notice_queue.mark_sent(mail, channel=MessageChannel.EMAIL, now=sender.now)
        mailed.sent += 1
        _tell(sender, mail, LogCode.NOTICE_SENT)


def _letter(sender: _Sender, mail: OwedMail) -> Letter | WithheldReason:
    """The letter of a mail, or why there is none."""
    with open_organization(sender.organization) as opened:
        viewer = queries.Viewer(organization=sender.organization, role=Role.SYSTEM)
        case = queries.case(viewer, number=mail.case)
        withheld = _withheld(sender, mail, case)
        if withheld is not None:
            return withheld
        try:
            address = email_of(case)
        except PersonalErased:
            return WithheldReason.ERASED
        except PersonalMissing:
            address = ""
        if not is_address(address):
            return WithheldReason.ADDRESS_UNUSABLE if address else WithheldReason.NO_ADDRESS
        return _written(sender, mail, case, opened, to=address)


def _withheld(sender: _Sender, mail: OwedMail, case: Case) -> WithheldReason | None:
    """Why nothing may go out, before anybody's address is looked at."""
    if sender.now - mail.notices[-1].noticed_at > NOTICE_STALE:
        return WithheldReason.TOO_LATE
    return WithheldReason.CHANNEL_REFUSED if channels.is_refused(case, channel=MessageChannel.EMAIL) else None


def _written(sender: _Sender, mail: OwedMail, case: Case, opened: Opened, *, to: str) -> Letter:
    about = About(
        case=case,
        organization=sender.name,
        zone=ZoneInfo(opened.calendar.zone),
        site=sender.room.site,
        write_to=sender.room.write_to,
        now=sender.now,
    )
    kinds, language = [each.code for each in mail.notices], case.opening.language
    told = notice_mail(about, kinds=kinds, sentences=_sentences(about, mail), language=language)
    return Letter(
        to=to,
        subject=told.subject,
        text=told.text,
        html=told.html,
        message_id=_message_id(sender, mail, opened),
        language=language.value,
        sender_name=sender.name,
    )


def _sentences(about: About, mail: OwedMail) -> list[str]:
    """What each notice says, by the entry that it names; the entries say it for good, whatever came afterwards."""
    entries = {each.number: each for each in read_stream(case_stream(mail.case))}
    told = [entries[each.entry] for each in mail.notices]
    language = about.case.opening.language
    return [
        notice(
            read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data),
            case=mail.case,
            language=language,
        )
        for each in told
    ]


def _message_id(sender: _Sender, mail: OwedMail, opened: Opened) -> str:
    """The same for the same mail, however often it is tried; it tells nothing about the case."""
    told = current_keys().digest(opened.key, purpose="mail", text=str(mail.id))
    return f"<{told[:32]}@{sender.room.domain}>"


def _withhold(sender: _Sender, mail: OwedMail, why: WithheldReason) -> None:
    with open_organization(sender.organization):
        notice_queue.mark_withheld(mail, why=why)
    _tell(sender, mail, LogCode.NOTICE_WITHHELD, outcome=why.value)


def _failed(sender: _Sender, mail: OwedMail, mailed: Mailed, *, why: str, is_final: bool) -> None:
    with open_organization(sender.organization):
        is_parked = notice_queue.mark_failed(mail, why=why, now=sender.now, is_final=is_final)
    mailed.parked += is_parked
    mailed.away += not is_parked
    code = LogCode.NOTICE_PARKED if is_parked else LogCode.NOTICE_AWAY
    _tell(sender, mail, code, outcome=why, level=logging.WARNING)


def _tell(sender: _Sender, mail: OwedMail, code: LogCode, *, outcome: str = "", level: int = logging.INFO) -> None:
    line = LogLine(
        code=code,
        organization=sender.organization,
        about=mail.case,
        of=mail.notices[-1].code,
        outcome=outcome,
        count=mail.attempts,
    )
    tell(line, level=level)
