"""Mail by a backend of Django: a server of mail, a service of django-anymail, or files in a folder."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from evenroll.ports.mail import Letter, MailNotTaken

_FINAL_FROM, _FINAL_TO = 500, 599


@dataclass(frozen=True, kw_only=True, slots=True)
class DjangoPost:
    """backend: the class, by its path. options: what it is made with; they may hold a password. sender: an address.

    name: who writes, where a letter does not say it itself.
    """

    backend: str
    sender: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    reply_to: str = ""
    name: str = ""

    def send(self, letter: Letter) -> None:
        """Have it carried by the backend. Raises MailNotTaken, with the kind of what went wrong and never its text."""
        mail = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            from_email=formataddr((letter.sender_name or self.name, self.sender)),
            to=[letter.to],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers={
                "Message-ID": letter.message_id,
                "Content-Language": letter.language,
                "Auto-Submitted": "auto-generated",
                **_stopping(letter.stop_link),
            },
        )
        mail.attach_alternative(letter.html, "text/html")
        try:
            connection: Any = get_connection(self.backend, fail_silently=False, **self.options)
            taken = connection.send_messages([mail])
        except Exception as error:  # each backend has errors of its own, whose texts repeat the address
            raise _not_taken(error) from None
        if not taken:
            raise MailNotTaken("not_taken")


def _stopping(link: str) -> dict[str, str]:
    """How a mail program offers to stop such letters: by one POST where the link is safe. Source: RFC 2369, 8058."""
    if not link:
        return {}
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{link}>", **one_click}


def _not_taken(error: Exception) -> MailNotTaken:
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            return MailNotTaken("address_refused", is_final=all(_FINAL_FROM <= code <= _FINAL_TO for code in codes))
        case smtplib.SMTPAuthenticationError():
            return MailNotTaken("sign_in_refused")
        case smtplib.SMTPResponseException():
            return MailNotTaken("mail_refused", is_final=False)
        case OSError():
            return MailNotTaken("mail_away")
        case _:
            return MailNotTaken("mail_failed")
