"""Uploaded papers: known by their first bytes and never by their names, and kept only as written anew by ourselves."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import BoundedSemaphore
from typing import Final

from evenroll.intake.paper_limits import ACTIVE, ENCRYPTED, TOO_LARGE

BYTES_MAX: Final = 10 * 1024 * 1024
FILES_MAX: Final = 10
"""At once, for one question."""
NAME_MAX: Final = 80
_SECONDS_MAX: Final = 30
# Two at a time in one process of the web: who sends many waits, and nobody else does.
_AT_WORK: Final = BoundedSemaphore(2)


class PaperFault(StrEnum):
    """Why a paper is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NOT_A_PAPER = "not_a_paper"
    HEIC = "heic"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    ACTIVE = "active"


class PaperRefused(ValueError):
    """A file that is not taken as a paper; `fault` says why."""

    def __init__(self, fault: PaperFault) -> None:
        super().__init__(f"This file is not taken: {fault.value}. Send a PDF, a JPEG or a PNG that opens.")
        self.fault = fault


class Media(StrEnum):
    """What a paper is kept as."""

    PDF = "pdf"
    JPEG = "jpeg"


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanPaper:
    """A paper as it is kept. name: as its sender called it, without what no plain name has; personal."""

    media: Media
    content: bytes = field(repr=False)
    name: str = field(repr=False)


_BEGINS: Sequence[tuple[bytes, str]] = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"))
_HEIC: Final = re.compile(rb".{4}ftyp(?:heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif)", re.DOTALL)
_FAULTS: Final = {
    TOO_LARGE: PaperFault.TOO_LARGE,
    ENCRYPTED: PaperFault.ENCRYPTED,
    ACTIVE: PaperFault.ACTIVE,
}
# Processes of their own: a file that breaks its reader breaks nothing else.
_READERS: Final = {Media.PDF: "evenroll.intake.paper_pdf", Media.JPEG: "evenroll.intake.paper_image"}
_ENDING: Final = {Media.PDF: ".pdf", Media.JPEG: ".jpg"}


def clean_paper(content: bytes, *, name: str) -> CleanPaper:
    """A file as we keep it. name: what its sender calls it. Raises PaperRefused."""
    kind = kind_of(content)
    media = Media.PDF if kind == "pdf" else Media.JPEG
    return CleanPaper(media=media, content=_cleaned(content, media), name=plain_name(name, media=media))


def kind_of(content: bytes) -> str:
    """What a file is by its first bytes: pdf, jpeg or png. Raises PaperRefused for anything else, by name for HEIC."""
    if not content:
        raise PaperRefused(PaperFault.EMPTY)
    if len(content) > BYTES_MAX:
        raise PaperRefused(PaperFault.TOO_LARGE)
    found = next((kind for begin, kind in _BEGINS if content.startswith(begin)), None)
    if found is None:
        raise PaperRefused(PaperFault.HEIC if _HEIC.match(content) else PaperFault.NOT_A_PAPER)
    return found


def plain_name(given: str, *, media: Media) -> str:
    """The last part of a name: letters, digits, and what stands in plain names; with the ending of what is kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Neither signs that turn the direction of writing, nor any that cannot be seen.
    seen = "".join(each if each.isalnum() or each in " -_()." else "_" for each in last)
    stem = " ".join(seen.rsplit(".", 1)[0].split()).strip(" ._-")
    return f"{stem[:NAME_MAX] or 'paper'}{_ENDING[media]}"


def _cleaned(content: bytes, media: Media) -> bytes:
    with _AT_WORK:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", _READERS[media]],
                input=content,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS_MAX,
                env={},
            )
        except subprocess.TimeoutExpired:
            raise PaperRefused(PaperFault.UNREADABLE) from None
    if done.returncode or not done.stdout or len(done.stdout) > 2 * BYTES_MAX:
        raise PaperRefused(_FAULTS.get(done.returncode, PaperFault.UNREADABLE))
    return done.stdout
