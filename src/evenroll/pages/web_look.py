"""The operator's style sheet and logo as they are served: under addresses that name their content, kept for a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from evenroll.enrollment.form import Language
from evenroll.pages.look import Contact, Look
from evenroll.pages.look_colors import Paint

PREFIX: Final = "look"
_COLORS: Final = "colors.css"
_LOGO_HEIGHT: Final = 44
_LOGO_WIDTH_MAX: Final = 220
_A_YEAR: Final = 365 * 24 * 3600
# Opened by itself, a drawing is a document: this one does nothing and asks for nothing.
_ALONE: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, kw_only=True, slots=True)
class LogoShown:
    """A logo in a page. width, height: CSS pixels, so that nothing moves when it comes."""

    address: str
    text: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LookShown:
    """What a page needs of it. style: the address of its colors, empty where they are ours. theme: of the window."""

    name: str
    style: str
    logo: LogoShown | None
    theme: str
    contact: Contact | None
    hours: str


def look_shown(language: Language) -> LookShown:
    """The look of this site, in a language."""
    look: Look = settings.EVENROLL_WEB.look
    hours = look.contact.hours if look.contact else None
    return LookShown(
        name=look.name,
        style=_address(look, _COLORS) if look.style else "",
        logo=_logo(look, language),
        theme=look.palette.colors[Paint.BRAND],
        contact=look.contact,
        hours=hours[language] if hours else "",
    )


def look_part(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A view: the colors, or the logo."""
    look: Look = settings.EVENROLL_WEB.look
    if name == _COLORS and look.style:
        response = HttpResponse(look.style, content_type="text/css; charset=utf-8")
    elif look.logo is not None and name == f"logo.{look.logo.ending}":
        response = HttpResponse(look.logo.content, content_type=look.logo.kind)
        response["Content-Security-Policy"] = _ALONE
    else:
        raise Http404
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response


def _logo(look: Look, language: Language) -> LogoShown | None:
    if look.logo is None or look.logo_text is None:
        return None
    share = min(_LOGO_HEIGHT / look.logo.height, _LOGO_WIDTH_MAX / look.logo.width)
    return LogoShown(
        address=_address(look, f"logo.{look.logo.ending}"),
        text=look.logo_text[language],
        width=max(round(look.logo.width * share), 1),
        height=max(round(look.logo.height * share), 1),
    )


def _address(look: Look, name: str) -> str:
    return f"/{PREFIX}/{look.version}/{name}"
