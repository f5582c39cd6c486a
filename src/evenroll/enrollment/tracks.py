"""The states of every track, and the move from one to another as a journaled value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.roles import Role
from evenroll.programs.program import Track


class State(StrEnum):
    """Every state of every track; `moves.MOVES` says which belong to which track and what follows what."""

    # the case
    DRAFT = "draft"
    FINDING_PROVIDER = "finding_provider"
    CHOOSING = "choosing"
    COMPLETING = "completing"
    PROVING = "proving"
    VEHICLE_DISPUTED = "vehicle_disputed"
    DECIDING = "deciding"
    NEEDS_ANSWER = "needs_answer"
    IN_RESCISSION = "in_rescission"
    ENROLLED = "enrolled"
    ACTIVE = "active"
    WAITLISTED = "waitlisted"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    WITHDRAWING = "withdrawing"
    REFUSED = "refused"
    # ends of the case
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    RESCINDED = "rescinded"
    EXPIRED = "expired"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    MERGED = "merged"
    # supply
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    EFFECTIVE = "effective"
    LOST = "lost"
    # meter
    NOT_NEEDED = "not_needed"
    ALREADY_THERE = "already_there"
    BEFORE_METER = "before_meter"
    ASKED = "asked"
    METER_REFUSED = "meter_refused"
    TO_SCHEDULE = "to_schedule"
    REMOTE_CHANGE = "remote_change"
    SCHEDULED = "scheduled"
    MISSED_BY_UTILITY = "missed_by_utility"
    MISSED_BY_CUSTOMER = "missed_by_customer"
    CANNOT_DO = "cannot_do"
    PERMIT_NEEDED = "permit_needed"
    BACK_OFFICE = "back_office"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    # service
    WAITING = "waiting"
    DATED = "dated"
    SWITCHED = "switched"
    CLOSING_BILLED = "closing_billed"
    BILLED = "billed"
    REVERSED = "reversed"
    # equipment
    CHOOSING_EQUIPMENT = "choosing_equipment"
    INSTALLING = "installing"
    INSPECTING = "inspecting"
    READY = "ready"
    UNFIT = "unfit"
    # device
    REGISTERING = "registering"
    TESTING = "testing"
    TEST_FAILED = "test_failed"
    LIVE = "live"
    OFFLINE = "offline"
    CONSENT_ENDED = "consent_ended"
    # set-up
    NOT_TOLD = "not_told"
    TOLD = "told"
    CONFIRMED = "confirmed"
    # condition
    DUE = "due"
    MET = "met"
    # ledger
    COUNTING = "counting"
    QUIET = "quiet"
    PROTECTED = "protected"
    USAGE_MISSING = "usage_missing"
    SETTLED = "settled"
    # the places of a program
    NOTHING_TO_OFFER = "nothing_to_offer"
    PLACE_FREE = "place_free"


CASE_ENDS = frozenset(
    {
        State.ENDED,
        State.WITHDRAWN,
        State.RESCINDED,
        State.EXPIRED,
        State.HANDED_OVER,
        State.CLOSED,
        State.MERGED,
    }
)
"""From these a case never moves again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackState:
    """Where one track stands: who is waited on, since when, until when, and what happens if nothing does.

    subject: what the track is about (a usage point for a meter track, a rule for a condition); "" where there is one.
    owner, due_at, on_lapse: all absent in a final state, all present in a live one.
    times: how often this state was entered again without leaving it (reminders, retries).
    """

    track: Track
    subject: str
    state: State
    since: datetime
    owner: Role | None = None
    due_at: datetime | None = None
    on_lapse: CommandName | None = None
    times: int = 0

    @property
    def key(self) -> str:
        """The key of the track within its case or order."""
        return track_key(self.track, subject=self.subject)


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One track goes to a state, with the owner and the due date that the rule gave at that moment."""

    track: Track
    subject: str = ""
    to: State
    at: datetime
    owner: Role | None = None
    due_at: datetime | None = None
    on_lapse: CommandName | None = None


_NAMES: Mapping[Track, str] = MappingProxyType({each: each.value for each in Track})


def track_key(track: Track, *, subject: str = "") -> str:
    """The key of a track: its name, and its subject where there may be several."""
    name = _NAMES[track]
    return f"{name}/{subject}" if subject else name
