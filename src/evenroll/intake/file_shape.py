"""The shape of a file, told in one pass over its bytes: hash, encoding, format, separator, number of lines."""

from __future__ import annotations

import codecs
import csv
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

CHUNK_BYTES: Final = 1 << 20
HEAD_BYTES: Final = 1 << 16
SEPARATORS: Final = (",", ";", "\t", "|")
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JSON_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".json"})
_CSV_ENDINGS: Final = frozenset({".csv", ".tsv", ".txt"})


class FileRefused(ValueError):
    """A file as a whole cannot be taken; the sentence says why and what to do."""


class FileFormat(StrEnum):
    """The two formats of application files."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileShape:
    """What one pass over a file tells. lines: line ends, for a progress bar. content_hash: SHA-256, hexadecimal.

    encoding: UTF-8 unless a mark at the start says otherwise; a file that is no UTF-8 is read as Windows-1252, which
    is what spreadsheets write.
    """

    path: Path
    content_hash: str
    encoding: str
    format: FileFormat
    separator: str
    lines: int


def file_shape(path: Path) -> FileShape:
    """The shape of a file. Raises FileRefused: absent, not readable, empty, or no text."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            content_hash, lines, is_utf8 = _scan(head, file)
    except FileNotFoundError:
        raise FileRefused(f"There is no file {path}. Check the name.") from None
    except IsADirectoryError:
        raise FileRefused(f"{path} is a folder. Name the file in it.") from None
    except OSError as error:
        raise FileRefused(f"{path} cannot be read ({error.strerror}). Check its rights.") from None
    if not head.strip():
        raise FileRefused(f"{path} is empty. Put a header and one row per application into it.")
    encoding = _encoding(head, is_utf8=is_utf8)
    text = head.decode(encoding, errors="ignore")
    if "\x00" in text:
        raise FileRefused(f"{path} is no text file: save it as CSV (UTF-8) or JSON Lines.")
    format_ = _format(path, text)
    separator = _separator(text) if format_ is FileFormat.CSV else ""
    return FileShape(
        path=path,
        content_hash=content_hash,
        encoding=encoding,
        format=format_,
        separator=separator,
        lines=lines,
    )


def _scan(head: bytes, rest: IO[bytes]) -> tuple[str, int, bool]:
    digest, lines, is_utf8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = head
    while chunk:
        digest.update(chunk)
        lines += chunk.count(b"\n")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            is_utf8 = False
            decoder.reset()
        chunk = rest.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    return digest.hexdigest(), lines, is_utf8


def _encoding(head: bytes, *, is_utf8: bool) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    return "utf-8" if is_utf8 else "cp1252"


def _format(path: Path, text: str) -> FileFormat:
    ending = path.suffix.casefold()
    if ending in _JSON_ENDINGS:
        return FileFormat.JSON_LINES
    if ending in _CSV_ENDINGS:
        return FileFormat.CSV
    return FileFormat.JSON_LINES if text.lstrip().startswith("{") else FileFormat.CSV


def _separator(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    counts = {each: len(next(csv.reader([header], delimiter=each))) for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: counts[each])
