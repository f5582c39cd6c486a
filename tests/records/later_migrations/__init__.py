"""The migrations of this release and, after them, those of an invented later one."""

from pathlib import Path

__path__.append(str(Path(__file__).parents[3] / "src" / "evenroll" / "records" / "migrations"))
