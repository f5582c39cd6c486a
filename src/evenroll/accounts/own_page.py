"""What the page of the own sign-in shows: passkeys, and where one is signed in, in words a reader knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from evenroll.accounts.sign_in import entry_of, subject_of
from evenroll.accounts.sign_in_told import WAYS, browser_named
from evenroll.pages.formats import instant
from evenroll.pages.web_request import PageRequest, person_of
from evenroll.pages.web_said import said
from evenroll.records.organizations import organization_calendars
from evenroll.records.passkeys import passkeys_of
from evenroll.records.web_sign_ins import USE_SECONDS, SignedIn, live_sign_ins

_LATE: Final = timedelta(seconds=USE_SECONDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One sign-in in the list of its owner. number: by which it is ended; is_this: of the browser that asks."""

    number: str
    browser: str
    way: str
    began: str
    used: str
    is_this: bool


def own_page(request: PageRequest, *, at: datetime) -> dict[str, Any]:
    """What the template shows; of somebody of a demo nothing is kept."""
    subject = subject_of(request)
    if not subject:
        return {"is_real": False, "passkeys": (), "entries": ()}
    # A use is noted to ten minutes, so that one that is over by now may have been used a little later than it says.
    since = at - timedelta(seconds=settings.SESSION_COOKIE_AGE) - _LATE
    own = person_of(request).organization
    zone = ZoneInfo(organization_calendars((own,))[own].zone)
    live = live_sign_ins(subject, since=since)
    return {
        "is_real": True,
        "passkeys": passkeys_of(subject),
        "entries": [_entry(request, each, zone=zone) for each in live],
    }


def _entry(request: PageRequest, each: SignedIn, *, zone: ZoneInfo) -> Entry:
    return Entry(
        number=each.number,
        browser=browser_named(each.browser, language=request.language),
        way=said(request, WAYS[each.way]),
        began=instant(each.began_at, language=request.language, zone=zone),
        used=instant(each.used_at, language=request.language, zone=zone),
        is_this=each.number == entry_of(request),
    )
