"""Where an installation keeps what is its own: EVENROLL_HOME, or the usual place for the one who runs it."""

import os
from collections.abc import Mapping
from pathlib import Path

from evenroll.runtime.embedded_places import ServerRefused

HOME_OF_ROOT = Path("/var/lib/evenroll")


def evenroll_home(environ: Mapping[str, str]) -> Path:
    """The home of this installation, absolute; it need not exist yet.

    EVENROLL_HOME decides. Without it: for root a folder of the system's state directory, because root's own
    home is closed to the account the database runs as; for everybody else the user's state directory.
    Raises ServerRefused for a relative path.
    """
    given = environ.get("EVENROLL_HOME", "")
    if given:
        return _given_home(given)
    if os.geteuid() == 0:
        return HOME_OF_ROOT
    state = environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path.home() / ".local" / "state").absolute() / "evenroll"


def _given_home(given: str) -> Path:
    home = Path(given).expanduser()
    if not home.is_absolute():
        raise ServerRefused(
            f"EVENROLL_HOME={given} is a relative path, so every folder you work in would get an installation of its "
            f"own. Write the whole path, such as {home.absolute()}."
        )
    return home
