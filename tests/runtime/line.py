"""The command line as a process of its own, on the database of the test run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evenroll.runtime.database import DatabaseUrls

_PROGRAM = "import sys; from evenroll.runtime.command_line import main; sys.exit(main())"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        return json.loads(self.out)


def line(urls: DatabaseUrls, home: Path, *arguments: str, folder: Path, more: Mapping[str, str] | None = None) -> Said:
    """Run one command in a folder. more: variables of its environment."""
    process = started(urls, home, *arguments, folder=folder, more=more)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in err, err
    return Said(code=process.returncode, out=out, err=err)


def started(
    urls: DatabaseUrls, home: Path, *arguments: str, folder: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Begin a command in a folder, and do not wait for it."""
    database = urlsplit(urls.app).path.strip("/")
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "--database", database, *arguments],
        env={**os.environ, "EVENROLL_HOME": str(home), "NO_COLOR": "1", **(more or {})},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
