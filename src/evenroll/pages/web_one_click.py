"""Forms that a mail program sends by itself, without having been here: the secret in the address is their sign.

Only a form that says what RFC 8058 has it say comes through; every other one needs the sign of this site.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

_SAYS = ("List-Unsubscribe", "One-Click")
View = Callable[..., HttpResponse]


def one_click(view: View) -> View:
    """For views that take such a form."""
    view.__dict__["one_click"] = True
    return view


class OneClick:
    """Middleware, before the check of forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _given: Any, _named: Any) -> None:
        """The check of forms lets through what this says; it reads the form for it on these addresses alone."""
        name, value = _SAYS
        if getattr(view, "one_click", False) and request.method == "POST" and request.POST.get(name) == value:
            # Django's own word for it.
            request.__dict__["_dont_enforce_csrf_checks"] = True
