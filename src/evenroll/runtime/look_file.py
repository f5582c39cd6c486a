"""The operator's look as a file says it: EVENROLL_WEB_LOOK. Its name is also that of the web without one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from evenroll.pages.look import PLAIN, Look, LookRefused, look_of
from evenroll.runtime.cli_exit import wrong_use

FILE_VARIABLE: Final = "EVENROLL_WEB_LOOK"
NAME_VARIABLE: Final = "EVENROLL_WEB_NAME"
_READ_MAX: Final = 1_000_000


def look_set(environ: Mapping[str, str]) -> Look:
    """The look that the environment names, under the name that it says; ours where it says none.

    Raises CommandEnded where the file cannot be read, or cannot be worn.
    """
    written = environ.get(FILE_VARIABLE, "")
    look = look_in(Path(written)) if written else PLAIN
    return look.but_named(environ.get(NAME_VARIABLE, ""))


def look_in(file: Path) -> Look:
    """The look of a file. Raises CommandEnded."""
    try:
        return look_of(table_in(file), read=lambda name: _read(file.parent / name))
    except LookRefused as refused:
        raise wrong_use(f"{file.name}: {refused}", reason="look_refused") from None


def table_in(file: Path) -> dict[str, Any]:
    """What the file says. Raises CommandEnded where it cannot be read as TOML."""
    try:
        return tomllib.loads(_read(file).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise wrong_use(f"{file.name} cannot be read as TOML: {error}. Correct it.", reason="look_refused") from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_READ_MAX)
    except OSError as error:
        raise wrong_use(f"{file} cannot be read: {error.strerror}. Name another file.", reason="look_refused") from None
