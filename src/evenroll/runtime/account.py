"""Who is signed in to the machine that the terminal runs on."""

from __future__ import annotations

import getpass


def account_name() -> str:
    """Who is signed in to the machine, for the key of whoever gives a command."""
    try:
        return getpass.getuser()[:40]
    except (KeyError, OSError):
        return "unknown"
