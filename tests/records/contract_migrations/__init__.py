"""The migrations of this release, those of an invented later one, and a contract after them."""

from pathlib import Path

_TESTS = Path(__file__).parents[1]
__path__.append(str(_TESTS / "later_migrations"))
__path__.append(str(_TESTS.parents[1] / "src" / "evenroll" / "records" / "migrations"))
