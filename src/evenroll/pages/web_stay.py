"""How long what a browser keeps here lasts, and whether others use the browser too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE: Final = "shared"
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stay:
    """What is left of a session. until: its end, seconds of the epoch. hours: begun ones; minutes: likewise, else 0."""

    until: int
    hours: int
    minutes: int


class SharedBrowser:
    """Middleware behind the sessions: one of a browser that others use too ends soon, and with its window."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session.is_shared = is_shared(request)  # pyright: ignore[reportAttributeAccessIssue]
        return self._get_response(request)


def is_shared(request: HttpRequest) -> bool:
    """Whether somebody said so in this window."""
    return request.COOKIES.get(COOKIE) == "yes"


def share(response: HttpResponse, *, shared: bool, secure: bool) -> None:
    """Keep that others use the browser too, for as long as its window is open; or no longer."""
    if shared:
        response.set_cookie(COOKIE, "yes", httponly=True, samesite="Lax", secure=secure, path="/")
    else:
        response.delete_cookie(COOKIE, path="/")


def stay_of(request: HttpRequest, *, at: datetime | None = None) -> Stay | None:
    """What is left of this browser's session; None where it keeps nothing here. at: the wall clock."""
    session: Any = getattr(request, "session", None)
    ends_at: datetime | None = getattr(session, "ends_at", None)
    if ends_at is None:
        return None
    left = ends_at - (at or timezone.now())
    if left <= timedelta():
        return None
    return Stay(
        until=int(ends_at.timestamp()),
        hours=-(-left // _HOUR),
        minutes=-(-left // _MINUTE) if left < _HOUR else 0,
    )
