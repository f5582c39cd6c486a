"""How mail goes out of an installation, as the environment says it: by a server, a service, files, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from evenroll.partners.django_mail import DjangoPost
from evenroll.ports.mail import MailRoom, is_address
from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.look_file import look_set

URL_VARIABLE: Final = "EVENROLL_MAIL_URL"
FROM_VARIABLE: Final = "EVENROLL_MAIL_FROM"
WRITE_TO_VARIABLE: Final = "EVENROLL_MAIL_WRITE_TO"
SITE_VARIABLE: Final = "EVENROLL_WEB_SITE"

TIMEOUT_SECONDS: Final = 20
DEMO_SITE: Final = "http://127.0.0.1:8000"
DEMO_SENDER: Final = "enrollment@evenroll.example"
_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_FILES: Final = "evenroll.partners.mail_files.EmailBackend"
_SITE: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
SERVICES: Final = frozenset(
    {
        "brevo",
        "mailersend",
        "mailgun",
        "mailjet",
        "mailtrap",
        "mandrill",
        "postmark",
        "resend",
        "scaleway",
        "sendgrid",
        "sparkpost",
        "unisender_go",
    }
)
"""Services that django-anymail knows, by the names of its backends."""


def mail_room(environ: Mapping[str, str], *, home: Path, is_demo: bool) -> MailRoom | None:
    """The way for mail, or None where none is set up. A demo writes files into the folder `mail` of its home.

    Raises CommandEnded for a setting that cannot be used; it never repeats a password.
    """
    if not sends_mail(environ, is_demo=is_demo):
        return None
    url = environ.get(URL_VARIABLE, "") or "files:"
    sender = environ.get(FROM_VARIABLE, "") or (DEMO_SENDER if is_demo else "")
    write_to = environ.get(WRITE_TO_VARIABLE, "") or sender
    site = (environ.get(SITE_VARIABLE, "") or (DEMO_SITE if is_demo else "")).rstrip("/")
    for name, value in ((FROM_VARIABLE, sender), (WRITE_TO_VARIABLE, write_to)):
        if not is_address(value):
            raise wrong_use(f"{name} is no address of e-mail. Set it to one, such as enrollment@utility.example.")
    if not _SITE.fullmatch(site):
        raise wrong_use(
            f"{SITE_VARIABLE} says where customers reach the web, for the links in mails. Set it to an address such as "
            "https://enroll.utility.example."
        )
    backend, options = _backend(url, home=home)
    name = look_set(environ).name
    post = DjangoPost(backend=backend, sender=sender, name=name, options=options, reply_to=write_to)
    return MailRoom(post=post, site=site, write_to=write_to, domain=sender.rpartition("@")[2])


def sends_mail(environ: Mapping[str, str], *, is_demo: bool) -> bool:
    """Whether a way for mail is named, usable or not."""
    url = environ.get(URL_VARIABLE, "")
    return is_demo if url == "" else url != "off"


def clear_demo_mail(environ: Mapping[str, str], *, home: Path) -> None:
    """Take away what a demo before this one wrote; only where it writes into the folder of its home."""
    if environ.get(URL_VARIABLE, "") == "":
        for each in (home / "mail").glob("*.eml"):
            each.unlink(missing_ok=True)


def site_address(environ: Mapping[str, str]) -> str:
    """Where people reach the web, without a stroke at its end: of this machine where nothing else is said."""
    return (environ.get(SITE_VARIABLE, "") or DEMO_SITE).rstrip("/")


def _backend(url: str, *, home: Path) -> tuple[str, dict[str, Any]]:
    try:
        parts = urlsplit(url)
        port, said = parts.port, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _wrong_url() from None
    scheme = parts.scheme.replace("-", "_")
    if scheme == "files":
        return _FILES, {"folder": Path(parts.path) if parts.path else home / "mail"}
    if scheme in ("smtp", "smtps") and parts.hostname:
        return _SMTP, {
            "host": parts.hostname,
            "port": port or (465 if scheme == "smtps" else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": scheme == "smtps",
            "use_tls": scheme == "smtp" and said.get("tls", "start") == "start",
            "timeout": TIMEOUT_SECONDS,
        }
    if scheme in SERVICES:
        return f"anymail.backends.{scheme}.EmailBackend", said
    raise _wrong_url()


def _wrong_url() -> Exception:
    return wrong_use(
        f"{URL_VARIABLE} names no way for mail. Write smtp://user:password@host:587, smtps://..., files:/folder, off, "
        f"or a service with its settings, such as postmark:?server_token=...: {', '.join(sorted(SERVICES))}."
    )
