"""What somebody asks the web to mail to an address: asked for, counted, answered alike whatever becomes of it."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from evenroll.accounts import wired
from evenroll.accounts.limits import Door, may_try
from evenroll.pages.plain_letter import PlainLetter, written_letter
from evenroll.pages.web_request import PageRequest
from evenroll.ports.mail import MailRoom, is_address
from evenroll.records.web_letters import keep_letter
from evenroll.worker.web_mailing import send_web_letters


class AddressForm(forms.Form):
    """Where to mail it."""

    email = forms.CharField(
        label="mailed.email",
        help_text="mailed.email_hint",
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "mailed.email_required"},
    )

    def clean_email(self) -> str:
        """One address, and nothing that could be more than one."""
        address = self.cleaned_data["email"].strip()
        if not is_address(address):
            raise ValidationError("mailed.email_wrong")
        return address


def mail_room() -> MailRoom | None:
    """The way for mail of this site; None where it sends none."""
    return wired.installation().mail


def mail_out(request: PageRequest, letter: PlainLetter, *, to: str) -> None:
    """Have it mailed, within the limits of this door; the page is the same beyond them.

    It is only kept here, and carried by whoever works: how long that takes tells nobody anything.
    """
    if not may_try(request, door=Door.MAILED, at=timezone.now(), about=to.casefold()):
        return
    mail = written_letter(letter, language=request.language)
    keep_letter(
        {"to": to, "subject": mail.subject, "text": mail.text, "html": mail.html, "language": request.language.value}
    )
    if settings.EVENROLL_WEB.is_demo:
        send_web_letters(wired.installation())
