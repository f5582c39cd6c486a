"""PostgreSQL's own tools, such as pg_dump and pg_upgrade: found beside the server, run to their end as its account."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from evenroll.runtime.embedded_binaries import installed_binaries
from evenroll.runtime.embedded_cluster import run_demoted
from evenroll.runtime.embedded_places import Places


def run_tool(
    places: Places, tool: str, arguments: Sequence[str], *, password: str = "", folder: Path = Path("/")
) -> subprocess.CompletedProcess[str]:
    """Run a tool of that major version (places.major) and give its exit code and what it said.

    password: of the role that it signs in as; it goes by the environment, where other accounts do not see it.
    folder: where it works; the database's account must be able to write there if the tool writes.
    Raises ServerRefused where the programs are missing or cannot run here.
    """
    command = [str(installed_binaries(places) / tool), *arguments]
    return run_demoted(places, command, folder=folder, environ={"PGPASSWORD": password} if password else None)
