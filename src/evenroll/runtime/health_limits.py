"""From when on a figure of `evenroll status` is to be looked at, and from when on a person must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from evenroll.runtime.cli_exit import wrong_use

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
GIB: Final = 1024**3


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """look: somebody should look by day; act: somebody must act now. below: whether small figures are the bad ones."""

    look: float
    act: float
    below: bool = False


LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "worker_seconds": Limit(look=2 * MINUTE, act=10 * MINUTE),
        "outbox_seconds": Limit(look=15 * MINUTE, act=HOUR),
        "overdue_seconds": Limit(look=15 * MINUTE, act=HOUR),
        "notice_seconds": Limit(look=2 * HOUR, act=DAY),
        "parked_seconds": Limit(look=0, act=DAY),
        "seal_seconds": Limit(look=10 * MINUTE, act=HOUR),
        "disk_free_bytes": Limit(look=5 * GIB, act=GIB, below=True),
        "disk_free_percent": Limit(look=10, act=2, below=True),
        "transaction_seconds": Limit(look=5 * MINUTE, act=30 * MINUTE),
        "connections_percent": Limit(look=80, act=95),
        "clock_seconds": Limit(look=5, act=MINUTE),
    }
)
"""Unit last in each name. docs/operation.md tells what each is about."""


def limits_of(said: Sequence[str]) -> Mapping[str, Limit]:
    """The limits with those that were said as NAME=LOOK/ACT in place of the usual ones. Raises CommandEnded."""
    found = dict(LIMITS)
    for text in said:
        name, _, values = text.partition("=")
        usual = found.get(name.strip())
        look, act = _pair(values)
        if usual is None or look is None or act is None or (look < act if usual.below else look > act):
            raise wrong_use(
                f"{text!r} is no limit. Write NAME=LOOK/ACT, such as overdue_seconds=900/3600, where LOOK comes before "
                f"ACT; names are {', '.join(LIMITS)}."
            )
        found[name.strip()] = Limit(look=look, act=act, below=usual.below)
    return found


def _pair(text: str) -> tuple[float | None, float | None]:
    look, _, act = text.partition("/")
    return _number(look), _number(act)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None
