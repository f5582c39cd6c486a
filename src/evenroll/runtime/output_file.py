"""Files that a command writes because they were named, what keeps others from being lost by it, and the sentences."""

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
    """Nothing that the command reads is written over, whatever name or link leads to it. Raises CommandEnded.

    Nor is a link followed that leads to no file: nobody knows whether what it led to is only away for now.
    """
    if out.is_symlink() and not out.exists():
        raise wrong_use(f"{option} {out} is a link to {out.readlink()}, where no file is. Name that file itself.")
    if any(each is not None and _is_one_file(out, each) for each in read):
        raise wrong_use(f"{option} {out} is a file that this command reads, and would be lost. Name another file.")


def keep_link(out: Path, *, option: str) -> None:
    """A file that takes its name when it is whole would take the place of a link. Raises CommandEnded."""
    if out.is_symlink():
        raise wrong_use(
            f"{option} {out} is a link to {out.readlink()}, and the result would take its place. Name that file itself."
        )


def check_place(out: Path, *, option: str) -> None:
    """Said before the work and not after it: a place that can take no file. Raises CommandEnded."""
    try:
        is_folder, has_folder = out.is_dir(), out.absolute().parent.is_dir()
    except OSError as error:
        raise wrong_use(f"{option} {out} cannot be written ({error.strerror}). Name another file.") from None
    if is_folder:
        raise wrong_use(f"{option} {out} cannot be written (it is a folder). Name a file in it.")
    if not has_folder:
        raise wrong_use(f"{option} {out} cannot be written. There is no folder {out.parent}. Make it, or name another.")


def _is_one_file(out: Path, read: Path) -> bool:
    try:
        return out.samefile(read)
    except OSError:
        # One of them is not there, or not to be seen: nothing can be lost, and whoever opens it says what is wrong.
        return False
