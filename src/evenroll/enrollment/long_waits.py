"""What stands with the supervisor for long: each lapse renews its due date, so that alone it would never look late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State

LONG_WAIT: Final = timedelta(days=30)
"""Since a track came to its state. Our own default; no source."""


def is_long_overdue(*, owner: Role | None, state: State, times: int, since: datetime, now: datetime) -> bool:
    """Whether a first due date is long over, though the present one is to come.

    times: how often the state was entered again. An appeal enters the refusal again by being opened.
    """
    escalated = times > (1 if state is State.REFUSED else 0)
    return owner is Role.SUPERVISOR and escalated and since + LONG_WAIT < now
