"""One paper as PDF, by a process of its own: its pages written anew, refused where anything in it can act."""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from evenroll.intake.paper_limits import ACTIVE, ENCRYPTED, TOO_LARGE, Wrong, cleaned

PAGES_MAX: Final = 60
OBJECTS_MAX: Final = 60_000
STREAM_BYTES_MAX: Final = 100 * 1024 * 1024
_FILTERS_MAX: Final = 2

_ACTIVE_KEYS: Final = frozenset(
    (
        *("/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AF", "/XFA", "/Launch"),
        *("/RichMediaContent", "/Collection"),
    )
)
_ACTIVE_NAMES: Final = frozenset(
    (
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"),
        *("/Sound", "/RichMediaExecute", "/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Screen", "/3D"),
    )
)
_SAYS_WHAT_IT_IS: Final = frozenset(("/S", "/Subtype", "/Type"))


def pdf(content: bytes) -> bytes:
    """Without what says who made it. Raises Wrong, and whatever pikepdf does with what is no PDF."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as found:
            if found.is_encrypted:
                raise Wrong(ENCRYPTED)
            if len(found.objects) > OBJECTS_MAX or not 0 < len(found.pages) <= PAGES_MAX:
                raise Wrong(TOO_LARGE)
            if any(_acts(each) for each in found.objects):
                raise Wrong(ACTIVE)
            if any(_swells(each) for each in found.objects):
                raise Wrong(TOO_LARGE)
            return _anew(found)
    except pikepdf.PasswordError:
        raise Wrong(ENCRYPTED) from None


def _anew(found: Any) -> bytes:
    for name in ("/Metadata", "/PieceInfo"):
        if name in found.Root:
            del found.Root[name]
    if "/Info" in found.trailer:
        del found.trailer["/Info"]
    written = io.BytesIO()
    found.save(written)
    return written.getvalue()


def _swells(each: Any) -> bool:
    """Whether whoever opens this paper finds very much more in it than came."""
    if not isinstance(each, pikepdf.Stream):
        return False
    packed: Any = each.stream_dict.get("/Filter", pikepdf.Array())
    filters = [str(name) for name in packed] if isinstance(packed, pikepdf.Array) else [str(packed)]
    flat = [name for name in filters if name in ("/FlateDecode", "/Fl")]
    if len(flat) > 1 or len(filters) > _FILTERS_MAX:
        return True
    if not flat or filters[0] != flat[0]:
        return False
    unpacked = zlib.decompressobj().decompress(each.read_raw_bytes(), STREAM_BYTES_MAX)
    return len(unpacked) == STREAM_BYTES_MAX


def _acts(whole: Any) -> bool:
    """Whether an object of the file, or one that stands inside it, can do anything but be looked at."""
    return any(
        key in _ACTIVE_KEYS or (key in _SAYS_WHAT_IT_IS and name in _ACTIVE_NAMES) for key, name in _pairs(whole)
    )


def _pairs(whole: Any) -> Iterator[tuple[str, str]]:
    """Every key with its value, where that is a name; what is an object of its own is looked at by itself."""
    left: list[Any] = [whole]
    while left:
        each = left.pop()
        inside: Any = each.stream_dict if isinstance(each, pikepdf.Stream) else each
        if isinstance(inside, pikepdf.Dictionary):
            found: Any = inside
            for key, value in found.items():
                yield key, str(value) if isinstance(value, pikepdf.Name) else ""
                left.append(value)
        elif isinstance(inside, pikepdf.Array):
            left.extend(inside)
        left = [each for each in left if not getattr(each, "is_indirect", False)]


if __name__ == "__main__":
    sys.exit(cleaned(pdf))
