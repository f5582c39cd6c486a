"""The rows of a file to be loaded, one at a time, as texts in the order of its header: CSV or Parquet, never held."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

from evenroll.intake.file_shape import CHUNK_BYTES, HEAD_BYTES, SEPARATORS, FileRefused

PARQUET_MARK: Final = b"PAR1"
BATCH: Final = 5_000
BATCH_BYTES_MAX: Final = 64_000_000
"""No row of a real record comes near what this leaves to each row of a batch."""
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HALF: Final = 0.4
"""In English text without a mark nearly every second byte of UTF-16 is 0."""


class SourceFormat(StrEnum):
    """The formats of files that are loaded."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What one pass over a file tells. content_hash: SHA-256, hexadecimal. guessed: nothing in it says its encoding."""

    path: Path
    format: SourceFormat
    content_hash: str
    encoding: str = ""
    guessed: bool = False
    separator: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """One row. number: as a spreadsheet shows it (the header of a CSV is row 1); in Parquet its place from 1."""

    number: int
    cells: Sequence[str]


def source_of(path: Path) -> Source:
    """What a file is. Raises FileRefused: absent, no file, not readable, empty."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise FileRefused(f"{path} is no regular file. Save what it gives to a file first, and name that one.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            content_hash, tried = _scan(head, file)
    except FileNotFoundError:
        raise FileRefused(f"There is no file {path}. Check the name.") from None
    except IsADirectoryError:
        raise FileRefused(f"{path} is a folder. Name the file in it.") from None
    except OSError as error:
        raise FileRefused(f"{path} cannot be read ({error.strerror}). Check its rights.") from None
    if head.startswith(PARQUET_MARK):
        return Source(path=path, format=SourceFormat.PARQUET, content_hash=content_hash)
    if not head.strip():
        raise FileRefused(f"{path} is empty. Put a header and one row per record into it.")
    encoding, guessed = _encoding(head, tried)
    separator = _separator(head.decode(encoding, errors="ignore"))
    return Source(
        path=path,
        format=SourceFormat.CSV,
        content_hash=content_hash,
        encoding=encoding,
        guessed=guessed,
        separator=separator,
    )


@contextmanager
def opened(source: Source) -> Iterator[tuple[tuple[str, ...], Iterator[SourceRow]]]:
    """The header of a file as written, and its rows; blank rows are passed over. Raises FileRefused, also later on.

    At its end the file must be what it was when it was looked at first: what is loaded is what is kept as loaded.
    """
    if source.format is SourceFormat.PARQUET:
        with _parquet(source) as file:
            yield tuple(file.schema_arrow.names), _parquet_rows(source, file)
    else:
        with _text_of(source) as file:
            rows = _csv_rows(file, source)
            header = next(rows, None)
            if header is None:
                raise FileRefused(f"{source.path} has no header. Put the names of the columns into its first row.")
            yield tuple(header.cells), rows
    if not _is_as_before(source):
        raise FileRefused(
            f"{source.path} was changed while it was read. Nothing was loaded; give it again once it is whole."
        )


def _text_of(source: Source) -> IO[str]:
    try:
        return source.path.open(encoding=source.encoding, newline="")
    except OSError as error:
        raise FileRefused(f"{source.path} cannot be read any more ({error.strerror}). Give it again.") from None


def _is_as_before(source: Source) -> bool:
    try:
        with source.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == source.content_hash
    except OSError:
        return False


def _scan(head: bytes, rest: IO[bytes]) -> tuple[str, list[str]]:
    """The hash, and the encodings without a mark in which every byte of the file is a text."""
    digest = hashlib.sha256()
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
    chunk = head
    while chunk:
        digest.update(chunk)
        for name in [name for name, decoder in decoders.items() if not _takes(decoder, chunk)]:
            del decoders[name]
        chunk = rest.read(CHUNK_BYTES)
    return digest.hexdigest(), [name for name, decoder in decoders.items() if _takes(decoder, b"", final=True)]


def _takes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(head: bytes, tried: list[str]) -> tuple[str, bool]:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, False
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = head[first::2]
        if half and half.count(0) / len(half) > _HALF and head[1 - first :: 2].count(0) < len(half) * (1 - _HALF):
            return encoding, True
    if "utf-8" in tried:
        return "utf-8", False
    # Every byte is a letter of Latin-1, so that something is read; it is said aloud.
    return ("cp1252" if "cp1252" in tried else "latin-1"), True


def _separator(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    counts = {each: len(next(csv.reader([header.replace("\x00", "")], delimiter=each))) for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: counts[each])


def _csv_rows(file: IO[str], source: Source) -> Iterator[SourceRow]:
    reader = csv.reader(file, delimiter=source.separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cells) and any(cell.strip() for cell in cells):
                yield SourceRow(number=number, cells=cells)
    except csv.Error:
        raise FileRefused(
            f"{source.path}, line {reader.line_num}: a quotation mark is never closed or stands inside a cell, or a "
            "cell is longer than any record. Nothing was loaded; mend the line and give the file again."
        ) from None
    except UnicodeDecodeError:
        raise FileRefused(
            f"{source.path} holds bytes that are no {source.encoding} text. Save it as UTF-8 and give it again."
        ) from None


@contextmanager
def _parquet(source: Source) -> Iterator[Any]:
    # Loaded only here: it is large, and most files are CSV.
    from pyarrow import ArrowException  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(source.path) as file:
            yield file
    except (ArrowException, OSError) as error:
        raise FileRefused(
            f"{source.path} begins like a Parquet file and cannot be read as one ({type(error).__name__}). Nothing "
            "was loaded; write it again and give it once more."
        ) from None


def _parquet_rows(source: Source, file: Any) -> Iterator[SourceRow]:
    number = 0
    for batch in file.iter_batches(batch_size=BATCH):
        if batch.nbytes > BATCH_BYTES_MAX:
            raise FileRefused(
                f"{source.path}: among the {BATCH} rows from row {number + 1} on are cells longer than any record. "
                "Nothing was loaded; mend them and give the file again."
            )
        try:
            columns = [batch.column(place).to_pylist() for place in range(batch.num_columns)]
        except (ValueError, OverflowError):
            raise FileRefused(
                f"{source.path}: among the {BATCH} rows from row {number + 1} on is a day or an instant that no "
                "calendar has, or one finer than a microsecond. Nothing was loaded; mend it and give the file again."
            ) from None
        for cells in zip(*columns, strict=True):
            number += 1
            texts = [_as_text(cell) for cell in cells]
            if any(texts):
                yield SourceRow(number=number, cells=texts)


def _as_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case datetime() | date():
            return cell.isoformat()
        case bytes():
            return cell.decode("utf-8", errors="replace")
        case _:
            return str(cell)
