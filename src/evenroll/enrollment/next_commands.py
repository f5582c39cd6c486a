"""Who takes the next row: the commands that lapsed waits ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.tracks import TrackState, track_key
from evenroll.programs.program import Track


@dataclass(frozen=True, kw_only=True, slots=True)
class DueCommand:
    """A command that the clock gives, because the wait of a track has lapsed."""

    name: CommandName
    track: Track
    subject: str
    due_at: datetime


def due_commands(tracks: Mapping[str, TrackState], *, now: datetime) -> tuple[DueCommand, ...]:
    """The commands of every wait that has lapsed by now, the longest overdue first; those of one instant by key."""
    due = [
        DueCommand(name=each.on_lapse, track=each.track, subject=each.subject, due_at=each.due_at)
        for each in tracks.values()
        if each.on_lapse is not None and each.due_at is not None and each.due_at <= now
    ]
    return tuple(sorted(due, key=lambda each: (each.due_at, track_key(each.track, subject=each.subject))))
