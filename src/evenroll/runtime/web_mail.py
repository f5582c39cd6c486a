"""Letters of the sign-in, by the way for mail of this installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from evenroll.runtime.home import evenroll_home
from evenroll.runtime.mail_wiring import mail_room

if TYPE_CHECKING:
    from evenroll.accounts.wired import Mail


def web_post(environ: Mapping[str, str], *, is_demo: bool) -> Callable[[Mail], None] | None:
    """What carries a letter; None where no mail is set up. Raises CommandEnded for a setting that cannot be used."""
    if mail_room(environ, home=evenroll_home(environ), is_demo=is_demo) is None:
        return None

    def post(mail: Mail) -> None:
        """Kept here and carried by whoever works: how long a mail server takes tells nobody who has an account."""
        from django.utils.html import linebreaks

        from evenroll.accounts.wired import installation
        from evenroll.records.web_letters import keep_letter
        from evenroll.worker.web_mailing import send_web_letters

        body = linebreaks(mail.text, autoescape=True)
        html = f'<!DOCTYPE html><html lang="{mail.language}"><body>{body}</body></html>'
        keep_letter(
            {"to": mail.to, "subject": mail.subject, "text": mail.text, "html": html, "language": mail.language}
        )
        if is_demo:
            send_web_letters(installation())

    return post
