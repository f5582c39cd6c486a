"""The gate before every page: tells who is signed in, and lets nobody through whom the rule does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from evenroll.accounts.rules import rule_of
from evenroll.accounts.sign_in import signed_in
from evenroll.pages.web_errors import not_found


class Gate:
    """Middleware. Who may not open a page is told what is told where there is none, byte for byte."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked for another host's name, this site answers nothing, so that no link of a page can lead there.
        request.get_host()
        request.person = signed_in(request)  # pyright: ignore[reportAttributeAccessIssue]
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _given: Any, _named: Any
    ) -> HttpResponse | None:
        """None lets the request go on to its view."""
        rule = rule_of(view)
        person = request.person  # pyright: ignore[reportAttributeAccessIssue]
        if rule is not None and rule.admits(person):
            return None
        return not_found(request)
