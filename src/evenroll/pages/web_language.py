"""The reader's language: said by a link on each page, kept in a cookie, else what the browser prefers."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

from evenroll.enrollment.form import Language

COOKIE = "language"
PARAMETER = "lang"
_KEPT_SECONDS = 365 * 24 * 3600


class LanguageChoice:
    """Middleware: gives each request its language; `?lang=es` keeps the choice and the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = _language(request.GET.get(PARAMETER, ""))
        request.language = chosen or _kept(request) or _preferred(request)  # pyright: ignore[reportAttributeAccessIssue]
        if chosen and request.method in ("GET", "HEAD"):
            response: HttpResponse = HttpResponseRedirect(_without_choice(request))
        else:
            response = self._get_response(request)
        if chosen:
            _keep(response, chosen, secure=request.is_secure())
        patch_vary_headers(response, ["Cookie", "Accept-Language"])  # pyright: ignore[reportArgumentType]
        return response


def link_to(request: HttpRequest, language: Language) -> str:
    """The address of this page in a language, relative to the page, so that it tells nothing that was not asked."""
    query = request.GET.copy()
    query[PARAMETER] = language.value
    return f"?{query.urlencode()}"


def _without_choice(request: HttpRequest) -> str:
    query = request.GET.copy()
    del query[PARAMETER]
    # A path that begins with two slashes would name another host.
    path = escape_leading_slashes(request.path)
    return f"{path}?{query.urlencode()}" if query else path


def _kept(request: HttpRequest) -> Language | None:
    return _language(request.COOKIES.get(COOKIE, ""))


def _preferred(request: HttpRequest) -> Language:
    """The first of ours that the browser names; English where it names none."""
    for part in request.headers.get("Accept-Language", "").split(","):
        found = _language(part.partition(";")[0].strip().partition("-")[0].lower())
        if found:
            return found
    return Language.EN


def _language(text: str) -> Language | None:
    return Language(text) if text in (Language.EN.value, Language.ES.value) else None


def _keep(response: HttpResponse, language: Language, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE, language.value, max_age=_KEPT_SECONDS, samesite="Lax", httponly=True, secure=secure, path="/"
    )
