"""What every answer says to the browser beside its page: whether it may be kept."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_UNLESS_SAID = "no-store"
_FEATURES_OFF = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class Headers:
    """Middleware: a page is kept by nobody unless its view says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.setdefault("Cache-Control", _UNLESS_SAID)
        response.setdefault("Permissions-Policy", _FEATURES_OFF)
        return response
