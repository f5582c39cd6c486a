"""A browser without a screen, before the web on the test database, as strangers and people of a demo use it."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from evenroll.enrollment.roles import Role
from evenroll.pages.web_request import Person
from evenroll.quantities.identifiers import ActorKey, CustomerId, OrganizationKey

NOW = datetime.fromisoformat("2026-11-02T16:00:00+00:00")


def ready(*, demo: bool) -> None:
    """Make this process ready to answer, as an installation or as a demo; the clock of the database stays as it is."""
    from django.conf import settings
    from django.urls import clear_url_caches, set_urlconf

    from evenroll.pages.web_context import Site
    from evenroll.runtime.web_app import make_ready
    from evenroll.runtime.web_settings import URLS, URLS_OF_DEMO

    make_ready({})
    settings.ROOT_URLCONF = URLS_OF_DEMO if demo else URLS
    settings.EVENROLL_WEB = Site(is_demo=demo)
    clear_url_caches()
    set_urlconf(None)


def browser(*, checks_forms: bool = True, **headers: Any) -> Any:
    from django.test import Client

    # Each from a network of its own, as limits of attempts see it.
    headers.setdefault("REMOTE_ADDR", ".".join(("10", *(str(secrets.randbelow(256)) for _ in range(3)))))
    return Client(enforce_csrf_checks=checks_forms, SERVER_NAME="127.0.0.1", **headers)


def signed_in_as(person: Person) -> Any:
    """A browser with the session of a person, made as the sign-in makes it."""
    from django.conf import settings
    from django.http import HttpRequest

    from evenroll.accounts.sign_in import sign_in
    from evenroll.records.web_sessions import SessionStore

    request = HttpRequest()
    request.session = SessionStore()
    sign_in(request, person)
    request.session.save()
    found = browser()
    found.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return found


def staff_of(organization: OrganizationKey, role: Role) -> Person:
    from evenroll.records.organizations import kinds_of

    actor = ActorKey(f"{role.value}-1")
    return Person(organization=organization, kinds=kinds_of(organization), role=role, actor=actor)


def customer_of(organization: OrganizationKey, number: int = 1) -> Person:
    from evenroll.records.organizations import kinds_of

    return Person(
        organization=organization,
        kinds=kinds_of(organization),
        role=Role.CUSTOMER,
        actor=ActorKey(f"customer/{number}"),
        customer=CustomerId(number),
    )


def token_in(page: str) -> str:
    """The sign that a form of this page is sent with."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]
