"""The letter of a mail: made of a case as it stands, the entries that its notices name, and the customer's address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import IdentityProved
from evenroll.enrollment.event import event_kind
from evenroll.enrollment.form import Language
from evenroll.enrollment.notices import NOTICE_STALE, MessageChannel, WithheldReason
from evenroll.enrollment.roles import Role
from evenroll.pages.notice_mail import About, NoticeMail, notice_mail
from evenroll.pages.notices import notice
from evenroll.pages.owner_letter import AboutOwner, owner_letter
from evenroll.pages.unproved_letter import AboutUnproved, unproved_letter
from evenroll.ports.mail import Letter, MailRoom, is_address
from evenroll.quantities.identifiers import CaseNumber, OrganizationKey
from evenroll.records import channels, notice_queue, queries
from evenroll.records.folds import read_event
from evenroll.records.journal import read_entries
from evenroll.records.keys import current_keys
from evenroll.records.mail_links import MailLink, link_secret
from evenroll.records.notice_contacts import email_of, email_told_too
from evenroll.records.notice_queue import OwedMail, OwedNotice
from evenroll.records.organizations import Opened, open_organization, organization_names
from evenroll.records.streams import StreamKind, case_stream
from evenroll.records.vault import PersonalErased, PersonalMissing

_PROVED: Final = event_kind(IdentityProved)
PATHS: Final[Mapping[MailLink, str]] = {MailLink.STOP: "/stop", MailLink.NOT_ME: "/not-me"}
"""Where links of mails lead on the web, before the number of the case and the secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who writes. name: of the organization, as customers know it; now: the business clock."""

    room: MailRoom
    organization: OrganizationKey
    name: str
    now: datetime


def letter_of(sender: Sender, mail: OwedMail) -> Letter | WithheldReason:
    """The letter of a mail, or why there is none. Raises TextMissing and HeaderUnsafe."""
    with open_organization(sender.organization) as opened:
        case = _case(sender.organization, mail.case)
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
        told = _written(sender, case, opened, notices=mail.notices, language=case.opening.language)
        if told is None:
            return WithheldReason.NOT_PROVED
        return Letter(
            to=address,
            subject=told.subject,
            text=told.text,
            html=told.html,
            message_id=_message_id(sender, str(mail.id)),
            language=case.opening.language.value,
            sender_name=sender.name,
            stop_link=_link(sender, case.number, kind=MailLink.STOP),
        )


def owner_letter_of(sender: Sender, mail: OwedMail) -> Letter | None:
    """The letter to whose account it is, where this mail tells of a proof to another address; None else.

    It goes whatever channel was refused: the refusal may be the stranger's.
    """
    if not any(each.code == _PROVED for each in mail.notices):
        return None
    with open_organization(sender.organization):
        case = _case(sender.organization, mail.case)
        try:
            address = email_told_too(case)
        except (PersonalErased, PersonalMissing):
            return None
    if not is_address(address):
        return None
    language = case.opening.language
    about = AboutOwner(
        case=case.number,
        organization=sender.name,
        link=_link(sender, case.number, kind=MailLink.NOT_ME),
        write_to=sender.room.write_to,
    )
    told = owner_letter(about, language=language)
    return Letter(
        to=address,
        subject=told.subject,
        text=told.text,
        html=told.html,
        message_id=_message_id(sender, f"{mail.id}/owner"),
        language=language.value,
        sender_name=sender.name,
    )


def _link(sender: Sender, case: CaseNumber, *, kind: MailLink) -> str:
    secret = link_secret(kind, organization=sender.organization, case=case)
    return f"{sender.room.site}{PATHS[kind]}/{case}/{secret}"


def previewed(
    organization: OrganizationKey, *, notice: int, room: MailRoom, language: Language | None, now: datetime
) -> NoticeMail | None:
    """The mail of one notice as it would be now, to nobody; None where this organization has no such notice.

    language: another than the customer's. Raises TextMissing.
    """
    sender = Sender(
        room=room, organization=organization, name=organization_names().get(organization, organization), now=now
    )
    with open_organization(organization) as opened:
        found = notice_queue.found(notice)
        if found is None:
            return None
        number, owed = found
        case = _case(organization, number)
        spoken = language or case.opening.language
        told = _written(sender, case, opened, notices=(owed,), language=spoken)
        return told or _written_to_proved(sender, case, opened, notices=(owed,), language=spoken)


def _case(organization: OrganizationKey, number: CaseNumber) -> Case:
    return queries.case(queries.Viewer(organization=organization, role=Role.SYSTEM), number=number)


def _withheld(sender: Sender, mail: OwedMail, case: Case) -> WithheldReason | None:
    """Why nothing may go out, before anybody's address is looked at."""
    if sender.now - mail.notices[-1].noticed_at > NOTICE_STALE:
        return WithheldReason.TOO_LATE
    return WithheldReason.CHANNEL_REFUSED if channels.is_refused(case, channel=MessageChannel.EMAIL) else None


def _written(
    sender: Sender, case: Case, opened: Opened, *, notices: Sequence[OwedNotice], language: Language
) -> NoticeMail | None:
    """None where nothing of it may be told before proof."""
    if not is_unproved(case):
        return _written_to_proved(sender, case, opened, notices=notices, language=language)
    if case.opening.received_from is not None:
        # Who writes would tell by that alone who provides the electricity there.
        return None
    about = AboutUnproved(
        case=case.number,
        organization=sender.name,
        site=sender.room.site,
        write_to=sender.room.write_to,
        stop=_link(sender, case.number, kind=MailLink.STOP),
    )
    sentences = _sentences(case, notices, language)
    told = {each.code: sentence for each, sentence in zip(notices, sentences, strict=True)}
    return unproved_letter(about, told=told, language=language)


def is_unproved(case: Case) -> bool:
    """Whether nobody knows yet that the contact which the application names is that of the account.

    A case that goes on from another one is given by who was proved there.
    """
    goes_on = case.opening.replaces is not None or case.opening.continues is not None
    return case.proof.proved_at is None and not goes_on


def _written_to_proved(
    sender: Sender, case: Case, opened: Opened, *, notices: Sequence[OwedNotice], language: Language
) -> NoticeMail:
    about = About(
        case=case,
        organization=sender.name,
        zone=ZoneInfo(opened.calendar.zone),
        site=sender.room.site,
        write_to=sender.room.write_to,
        stop=_link(sender, case.number, kind=MailLink.STOP),
        now=sender.now,
    )
    kinds = [each.code for each in notices]
    return notice_mail(about, kinds=kinds, sentences=_sentences(case, notices, language), language=language)


def _sentences(case: Case, notices: Sequence[OwedNotice], language: Language) -> list[str]:
    """What each notice says, by the entry that it names; the entries say it for good, whatever came afterwards."""
    found = read_entries(case_stream(case.number), numbers=[each.entry for each in notices])
    entries = {each.number: each for each in found}
    told = [entries[each.entry] for each in notices]
    return [
        notice(
            read_event(StreamKind.CASE, event=each.event, version=each.version, data=each.data),
            case=case.number,
            language=language,
        )
        for each in told
    ]


def _message_id(sender: Sender, mail: str) -> str:
    """The same for the same mail, however often it is tried; it tells nothing about the case."""
    told = current_keys().digest(sender.organization, purpose="mail", text=mail)
    return f"<{told[:32]}@{sender.room.domain}>"
