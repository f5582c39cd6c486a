"""Pages for what went wrong: the same bytes for what is not there and what is not theirs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as rendered
from django.template.loader import render_to_string

from evenroll.pages.web_context import base


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be meant. No session is looked at: the host itself may be wrong."""
    return HttpResponse(_bare(request, "bad_request"), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: a form came without the sign that this site gave it."""
    return rendered(request, "error.html", _words("forbidden"), status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this person; nothing tells which."""
    return rendered(request, "error.html", _words("not_found"), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a defect, or no database; the page is made without it."""
    return HttpResponse(_bare(request, "broken"), status=500)


def _bare(request: HttpRequest, kind: str) -> str:
    return render_to_string("error.html", {**base(request), **_words(kind), "person": None})


_WORDS = {
    "bad_request": ("web.bad_request_title", "web.bad_request_text"),
    "forbidden": ("web.forbidden_title", "web.forbidden_text"),
    "not_found": ("web.not_found_title", "web.not_found_text"),
    "broken": ("web.broken_title", "web.broken_text"),
}


def _words(kind: str) -> dict[str, object]:
    title, text = _WORDS[kind]
    return {"title": title, "text": text, "leads_in": kind == "not_found"}
