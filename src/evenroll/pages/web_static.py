"""The style sheets and scripts of the web: read once, compressed once, under addresses that name their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

PREFIX = "static"
_SERVED = (".css", ".js", ".svg", ".png", ".ico")
_DIGITS = 12
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A file as it is sent: its bytes plain and compressed, and what it is."""

    plain: bytes
    compressed: bytes
    kind: str


def address_of(name: str) -> str:
    """Where a file of `pages/static` is served. Raises KeyError for none of ours."""
    if name not in assets():
        raise KeyError(f"{name} is no file of pages/static; correct its name.")
    return f"/{PREFIX}/{version()}/{name}"


def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """A view: the file, kept by the browser for as long as it likes, for a changed one has another address."""
    found = assets().get(name)
    if found is None:
        raise Http404
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.compressed if zipped else found.plain, content_type=found.kind)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


@cache
def assets() -> Mapping[str, Asset]:
    """Every file that is served, by name."""
    folder = files("evenroll.pages") / "static"
    return {each.name: _asset(each.name, each.read_bytes()) for each in folder.iterdir() if _is_served(each.name)}


@cache
def version() -> str:
    """A word for the content of all files together: they call each other by name."""
    both = b"".join(name.encode() + each.plain for name, each in sorted(assets().items()))
    return hashlib.sha256(both).hexdigest()[:_DIGITS]


def _is_served(name: str) -> bool:
    return name.endswith(_SERVED)


def _asset(name: str, plain: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("svg+xml") else kind
    return Asset(plain=plain, compressed=gzip.compress(plain, mtime=0), kind=text)
