"""What every template knows without being told: language, site, who is signed in, where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from evenroll.enrollment.form import Language
from evenroll.pages.look import PLAIN, Look
from evenroll.pages.web_language import link_to
from evenroll.pages.web_look import look_shown
from evenroll.pages.web_static import address_of
from evenroll.pages.web_stay import stay_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """What an operator says of the site."""

    is_demo: bool
    look: Look = PLAIN

    @property
    def name(self) -> str:
        """At the top of each page."""
        return self.look.name


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageLink:
    """One language in the choice at the top of a page, under its own name."""

    code: str
    name: str
    href: str
    is_current: bool


_NAMES = {Language.EN: "English", Language.ES: "Español"}


def base(request: HttpRequest) -> dict[str, Any]:
    """The context of every page."""
    language: Language = getattr(request, "language", Language.EN)
    person = getattr(request, "person", None)
    look = look_shown(language)
    return {
        "language": language,
        "languages": [
            LanguageLink(code=each.value, name=_NAMES[each], href=link_to(request, each), is_current=each == language)
            for each in Language
        ],
        "person": person,
        "stay": stay_of(request),
        "site_name": look.name,
        "look": look,
        "is_demo": settings.EVENROLL_WEB.is_demo,
        "path": request.path,
        "nonce": getattr(request, "csp_nonce", ""),
        "styles": [
            address_of("govuk-frontend.min.css"),
            address_of("evenroll.css"),
            *([look.style] if look.style else []),
        ],
        "scripts": [address_of("htmx.min.js")],
        "icon": address_of("icon.svg"),
        "module": address_of("evenroll.js"),
    }
