"""The web as a WSGI application, on the database of this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

from evenroll.runtime.cli_session import DATABASE, DATABASE_VARIABLE, business_now
from evenroll.runtime.home import evenroll_home
from evenroll.runtime.look_file import look_set
from evenroll.runtime.own_sign_ins import providers_of
from evenroll.runtime.web_mail import web_post
from evenroll.runtime.web_settings import URLS, URLS_OF_DEMO, content_policy

if TYPE_CHECKING:
    from evenroll.worker.installation import Installation

HOSTS_VARIABLE = "EVENROLL_WEB_HOSTS"
SECURE_VARIABLE = "EVENROLL_WEB_SECURE"
PROXIES_VARIABLE = "EVENROLL_WEB_PROXIES"
_AT_HOME = ("localhost", "127.0.0.1", "[::1]")
_INSTALLATION_SECONDS = 30.0
_STACK = ExitStack()
"""Holds the database of a process that serves, until it ends."""


def make_ready(environ: Mapping[str, str], *, hosts: tuple[str, ...] = ()) -> None:
    """Finish the settings of a process whose database is configured, and hand the web what it works with.

    hosts: names under which this site may be asked, beside this machine's own and EVENROLL_WEB_HOSTS.
    Raises KeysMissing, and CommandEnded for a setting that cannot be used.
    """
    from evenroll.accounts.wired import Wired, use_wired
    from evenroll.pages.web_context import Site
    from evenroll.records.business_clock import demo_now
    from evenroll.records.keys import current_keys
    from evenroll.runtime.territory_plan import utility_at

    is_demo = demo_now() is not None
    is_secure = environ.get(SECURE_VARIABLE, "") == "on"
    given: dict[str, Any] = {
        "SECRET_KEY": current_keys().web_signing(),
        "ALLOWED_HOSTS": [*_AT_HOME, *hosts, *environ.get(HOSTS_VARIABLE, "").split()],
        "CSRF_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_SECURE": is_secure,
        "CONTENT_SECURITY_POLICY": content_policy(),
        "ROOT_URLCONF": URLS_OF_DEMO if is_demo else URLS,
        "EVENROLL_WEB_PROXIES": _count(environ.get(PROXIES_VARIABLE, "")),
        "EVENROLL_WEB": Site(is_demo=is_demo, look=look_set(environ)),
    }
    if is_secure:
        given["SECURE_PROXY_SSL_HEADER"] = ("HTTP_X_FORWARDED_PROTO", "https")
        given["SECURE_HSTS_SECONDS"] = 365 * 24 * 3600
    for name, value in given.items():
        setattr(settings, name, value)
    own = providers_of(environ)
    post = web_post(environ, is_demo=is_demo)
    use_wired(
        Wired(installation=_kept_installation(), now=business_now, utility_at=utility_at, post=post, providers=own)
    )


def _count(written: str) -> int:
    """How many proxies stand before this site; one that cannot be read is none, for then no header is believed."""
    return int(written) if written.isdecimal() else 0


def application() -> Callable[..., Any]:
    """The WSGI application of a process that serves; granian calls it once in each."""
    from django.core.wsgi import get_wsgi_application

    from evenroll.runtime.web_warming import keep_warm

    if not settings.configured:
        _configure()
    make_ready(os.environ)
    answers = get_wsgi_application()
    keep_warm()
    return answers


def _configure() -> None:
    """For a process that was started anew, and not split off from one that has its database."""
    from evenroll.runtime.database import database
    from evenroll.runtime.wiring import configure

    home = evenroll_home(os.environ)
    name = os.environ.get(DATABASE_VARIABLE, "") or DATABASE
    configure(_STACK.enter_context(database(home, name=name, environ=os.environ)), home=home)


@dataclass(slots=True)
class _Kept:
    installation: Installation | None = None
    until: float = 0.0


def _kept_installation() -> Callable[[], Installation]:
    """The installation, wired anew every half a minute: organizations come in while pages are served."""
    kept = _Kept()

    def current() -> Installation:
        from evenroll.runtime.installation_wiring import wired_installation

        if kept.installation is None or time.monotonic() > kept.until:
            kept.installation, kept.until = wired_installation(), time.monotonic() + _INSTALLATION_SECONDS
        return kept.installation

    return current
