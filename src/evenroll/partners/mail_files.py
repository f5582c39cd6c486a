"""Mail as files in a folder: what a demo sends. A letter that comes twice is one file, named by its id."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")


class EmailBackend(BaseEmailBackend):
    """A backend of Django. folder: where; it is made, and read by nobody else, for there are addresses in it."""

    def __init__(self, *, folder: Path, fail_silently: bool = False, **rest: Any) -> None:
        super().__init__(fail_silently=fail_silently, **rest)
        self._folder = folder

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        """Write each; how many. A reader never sees half of one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        letters = list(email_messages)
        for each in letters:
            written = each.message()
            name = _NOT_IN_NAMES.sub("_", str(written["Message-ID"]).strip("<>"))
            part = self._folder / f".{secrets.token_hex(8)}"
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(written.as_bytes())
            part.replace(self._folder / f"{name}.eml")
        return len(letters)
