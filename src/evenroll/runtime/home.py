"""Where an installation keeps what is its own: EVENROLL_HOME, or the usual place for the one who runs it."""

import os
from collections.abc import Mapping
from pathlib import Path

HOME_OF_ROOT = Path("/var/lib/evenroll")


def evenroll_home(environ: Mapping[str, str]) -> Path:
    """The home of this installation, absolute; it need not exist yet.

    EVENROLL_HOME decides. Without it: for root a folder of the system's state directory, because root's own
    home is closed to the account the database runs as; for everybody else the user's state directory.
    """
    given = environ.get("EVENROLL_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return HOME_OF_ROOT
    state = environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path.home() / ".local" / "state").absolute() / "evenroll"
