"""The finder is kept warm in each process that serves: before it takes requests, and again at new prices or days."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from evenroll.records.log_lines import LogCode, LogLine, tell_failure

if TYPE_CHECKING:
    from evenroll.portal.find_warm import Ground

LOOK_SECONDS: Final = 5.0
"""So soon after a change of prices the next reader waits no longer than others."""


@dataclass(slots=True)
class _Held:
    ground: Ground | None = None


# A process that is split off from a warm one is warm, and knows it.
_held = _Held()


def warm_now() -> None:
    """Warm this process where it is not. Where that fails the finder is slow at first: no reason not to serve."""
    from django.db import connections

    from evenroll.portal.find_warm import warmed

    try:
        _held.ground = warmed(_held.ground)
    except Exception as error:  # whatever it is: the page that meets it will say so to its reader
        tell_failure(LogLine(code=LogCode.FAILED, of="find_warm"), error)
    finally:
        connections.close_all()


def keep_warm() -> None:
    """Warm it now, then look every few seconds in a thread of its own, which ends with the process."""
    warm_now()
    Thread(target=_look_for_ever, name="find-warm", daemon=True).start()


def _look_for_ever() -> None:
    pause = Event()
    while not pause.wait(LOOK_SECONDS):
        warm_now()
