"""What kind of browser somebody uses, in the names that people know: too little to tell one from another by."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

OTHER: Final = ""
"""Neither browser nor device is known."""

_READ_MAX: Final = 400
# In this order: most of them also say that they are those further down.
_BROWSERS: Final = (
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/",)),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
)
_DEVICES: Final = (
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("Chromebook", ("CrOS",)),
    ("Windows", ("Windows",)),
    ("Mac", ("Macintosh",)),
    ("Linux", ("Linux",)),
)


def browser_kind(request: HttpRequest) -> str:
    """Such as "Firefox, Windows"; OTHER where the browser does not say it."""
    said = request.META.get("HTTP_USER_AGENT", "")[:_READ_MAX]
    found = (_first(_BROWSERS, said), _first(_DEVICES, said))
    return ", ".join(each for each in found if each) or OTHER


def _first(kinds: tuple[tuple[str, tuple[str, ...]], ...], said: str) -> str:
    return next((name for name, signs in kinds if any(sign in said for sign in signs)), "")
