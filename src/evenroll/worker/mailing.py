"""Notices on their way: what is owed is told by mail, or withheld with the reason, or parked in sight."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from evenroll.enrollment.notices import MessageChannel, WithheldReason
from evenroll.ports.mail import HeaderUnsafe, MailNotTaken
from evenroll.records import notice_queue
from evenroll.records.log_lines import LogCode, LogLine, request_scope, tell
from evenroll.records.notice_queue import OwedMail
from evenroll.records.organizations import open_organization, organization_names
from evenroll.worker.driver import LIMIT, Progress, run_until_idle
from evenroll.worker.installation import Installation
from evenroll.worker.mail_letters import Sender, letter_of, owner_letter_of
from evenroll.worker.progress import log_failure
from evenroll.worker.web_mailing import send_web_letters
from evenroll.worker.words_kept import take_words

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


def run_and_tell(installation: Installation, *, now: datetime, limit: int = LIMIT) -> Progress:
    """What was said of applications, the driver, letters that the web was asked for, the first of the notices owed."""
    take_words(installation, now=now)
    progress = run_until_idle(installation, now=now, limit=limit)
    # A code to sign in with lasts ten minutes; notices have a day.
    send_web_letters(installation)
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
        sender = Sender(
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


def _send(sender: Sender, mail: OwedMail, mailed: Mailed) -> None:
    try:
        _tell_owner(sender, mail)
        made = letter_of(sender, mail)
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


def _tell_owner(sender: Sender, mail: OwedMail) -> None:
    """First of all whose account it is. An address that takes nothing for good stops nobody else's mail."""
    made = owner_letter_of(sender, mail)
    if made is None:
        return
    try:
        sender.room.post.send(made)
    except MailNotTaken as error:
        if not error.is_final:
            raise
        _tell(sender, mail, LogCode.NOTICE_PARKED, outcome=error.why, level=logging.WARNING)
    else:
        _tell(sender, mail, LogCode.NOTICE_SENT, outcome="owner")


def _withhold(sender: Sender, mail: OwedMail, why: WithheldReason) -> None:
    with open_organization(sender.organization):
        notice_queue.mark_withheld(mail, why=why)
    _tell(sender, mail, LogCode.NOTICE_WITHHELD, outcome=why.value)


def _failed(sender: Sender, mail: OwedMail, mailed: Mailed, *, why: str, is_final: bool) -> None:
    with open_organization(sender.organization):
        is_parked = notice_queue.mark_failed(mail, why=why, now=sender.now, is_final=is_final)
    mailed.parked += is_parked
    mailed.away += not is_parked
    code = LogCode.NOTICE_PARKED if is_parked else LogCode.NOTICE_AWAY
    _tell(sender, mail, code, outcome=why, level=logging.WARNING)


def _tell(sender: Sender, mail: OwedMail, code: LogCode, *, outcome: str = "", level: int = logging.INFO) -> None:
    line = LogLine(
        code=code,
        organization=sender.organization,
        about=mail.case,
        of=mail.notices[-1].code,
        outcome=outcome,
        count=mail.attempts,
    )
    tell(line, level=level)
