"""The page that tells the keys of the desk; it works without scripts, and so does all that they do."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from evenroll.backoffice.ways import desk_page
from evenroll.pages.web_request import PageRequest

KEYS: Final = (
    ("/", "keys.search"),
    ("j", "keys.down"),
    ("k", "keys.up"),
    ("x", "keys.choose"),
    ("a", "keys.claim"),
    ("e", "keys.first"),
    ("?", "keys.help"),
)
"""What each key does; the script is `pages/static/evenroll.js`."""


@require_safe
def keys(request: PageRequest) -> HttpResponse:
    """The keys."""
    return desk_page(request, "backoffice/keys.html", {"keys": KEYS})
