"""Pages that the table does not lead to: of errors, of an invitation, of a link; and templates that none shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import evenroll
from tests.browser.served import Visit
from tests.territory import Territory
from tests.web.enrolling import Enrolling
from tests.web.test_find import all_answered
from tests.web.test_sign_in_staff import Invited

NOT_OPENED = {
    "backoffice/credits_check.html": "answers the form of credits",
    "backoffice/draft_trouble.html": "stands where a draft cannot be published",
    "backoffice/switch.html": "needs a request of supply in the books",
    "backoffice/together_rows.html": "answers the form for many",
    "backoffice/way_back.html": "stands after something was done for many",
    "accounts/own_sign_in_failed.html": "answers an organization's own sign-in",
    "accounts/recovery.html": "answers an invitation",
    "portal/mail_not_me.html": "needs the link of a mail",
    "portal/mail_stop.html": "needs the link of a mail",
    "portal/too_many.html": "answers who tried too often",
    "mail/letter.html": "is a mail",
    "mail/notice.html": "is a mail",
    "mail/style.html": "is a mail",
    "widgets/error_summary.html": "stands on forms that were sent wrong: test_forms.py",
}
"""Templates that no visit shows, each with the reason: they are seen by their own tests, and by axe only where said."""


def browsers() -> Iterator[Any]:
    """Browsers that have done what a page is shown for: the finder answered."""
    yield all_answered()


def further_visits(territory: Territory) -> Iterator[Visit]:
    """Pages of errors, an invitation, the link of an application."""
    yield Visit(name="error-404", path="/there-is-no-such-page", asker="stranger", cookies={})
    yield Visit(name="error-404-desk", path="/desk/case/EV-NONE/", asker="stranger", cookies={})
    yield Visit(name="sign-in-invited", path=Invited(territory).path, asker="stranger", cookies={})
    staff, _ = Invited(territory).chooses()
    session = {"session": staff.cookies["session"].value}
    yield Visit(name="passkey-add", path="/sign-in/passkeys/add", asker="staff by own sign-in", cookies=session)
    yield Visit(name="sign-in-own-real", path="/sign-in/own", asker="staff by own sign-in", cookies=session)
    customer = Enrolling(territory)
    customer.begin()
    customer.open("/enroll/later")
    yield Visit(name="enroll-link", path=_link_in(customer.page), asker="stranger", cookies={})


def templates() -> frozenset[str]:
    """Every template, by the name that views call it."""
    files = Path(evenroll.__file__).parent.glob("*/templates/**/*.html")
    return frozenset(each.as_posix().rpartition("/templates/")[2] for each in files)


def templates_shown() -> frozenset[str]:
    """Those that this process has made pages of."""
    from django.template import engines
    from django.template.loaders.cached import Loader

    engine: Any = engines["django"]
    found = (each.get_template_cache for each in engine.engine.template_loaders if isinstance(each, Loader))
    return frozenset(name for cache in found for name in cache)


def _link_in(page: str) -> str:
    address = page.partition('class="secret')[2].partition('href="')[2].partition('"')[0]
    assert "/enroll/back/" in address, page
    return "/enroll/back/" + address.rpartition("/enroll/back/")[2]
