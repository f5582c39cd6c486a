"""A file that a command writes because it was named with --out, and the sentence where it cannot be written."""

from __future__ import annotations

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
