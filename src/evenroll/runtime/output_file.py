"""A file that a command writes because it was named with --out, and the sentence where it cannot be written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from evenroll.runtime.cli_exit import wrong_use
from evenroll.runtime.cli_full_output import is_output_full


def write_file(out: Path, text: str) -> None:
    """Write a text to the file. Raises CommandEnded where it cannot be written, and OSError on a full disk."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        if is_output_full(error):
            raise
        raise wrong_use(f"{out} cannot be written ({error.strerror}). Name another file.") from None


def keep_read(out: Path, *, option: str, read: Iterable[Path | None]) -> None:
    """Nothing that the command reads is written over, whatever name or link leads to it. Raises CommandEnded."""
    if any(each is not None and _is_one_file(out, each) for each in read):
        raise wrong_use(f"{option} {out} is a file that this command reads, and would be lost. Name another file.")


def _is_one_file(out: Path, read: Path) -> bool:
    try:
        return out.samefile(read)
    except OSError:
        # One of them is not there, or not to be seen: nothing can be lost, and whoever opens it says what is wrong.
        return False
