"""Letters of the sign-in, by the way for mail of this installation."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from evenroll.ports.mail import Letter
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.mail_wiring import mail_room

if TYPE_CHECKING:
    from evenroll.accounts.wired import Mail


def web_post(environ: Mapping[str, str], *, is_demo: bool) -> Callable[[Mail], None] | None:
    """What carries a letter; None where no mail is set up. Raises CommandEnded for a setting that cannot be used."""
    room = mail_room(environ, home=evenroll_home(environ), is_demo=is_demo)
    if room is None:
        return None

    def post(mail: Mail) -> None:
        from django.utils.html import linebreaks

        body = linebreaks(mail.text, autoescape=True)
        room.post.send(
            Letter(
                to=mail.to,
                subject=mail.subject,
                text=mail.text,
                html=f'<!DOCTYPE html><html lang="{mail.language}"><body>{body}</body></html>',
                message_id=f"<{secrets.token_hex(16)}@{room.domain}>",
                language=mail.language,
            )
        )

    return post
