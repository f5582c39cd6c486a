"""What may follow what: the table of moves of each track. The diagram is drawn from it, `evolve` obeys it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track

S = State

_OPEN_ENDS = frozenset({S.WITHDRAWN, S.EXPIRED})

CASE: Mapping[State | None, frozenset[State]] = {
    # A case that goes on from another one (another program, another premise) begins where nothing is asked again.
    None: frozenset({S.DRAFT, S.FINDING_PROVIDER, S.CHOOSING, S.DECIDING}),
    S.DRAFT: frozenset({S.FINDING_PROVIDER}) | _OPEN_ENDS,
    # It never expires: the customer is not the one who is waited on.
    S.FINDING_PROVIDER: frozenset({S.CHOOSING, S.NEEDS_ANSWER, S.REFUSED, S.WITHDRAWN, S.ENDED}),
    S.CHOOSING: frozenset({S.COMPLETING, S.FINDING_PROVIDER, S.HANDED_OVER, S.REFUSED}) | _OPEN_ENDS,
    S.COMPLETING: frozenset({S.PROVING, S.FINDING_PROVIDER, S.ENDED}) | _OPEN_ENDS,
    S.PROVING: frozenset({S.DECIDING, S.VEHICLE_DISPUTED, S.REFUSED, S.FINDING_PROVIDER, S.ENDED}) | _OPEN_ENDS,
    # Proved whose the account is; whose the vehicle is, is asked about. It is no reason to refuse.
    S.VEHICLE_DISPUTED: frozenset({S.DECIDING, S.FINDING_PROVIDER, S.ENDED}) | _OPEN_ENDS,
    S.DECIDING: frozenset(
        {
            S.IN_RESCISSION,
            S.ENROLLED,
            S.NEEDS_ANSWER,
            S.REFUSED,
            S.FINDING_PROVIDER,
            S.WAITLISTED,
            S.WITHDRAWN,
            S.MERGED,
            S.ENDED,
        }
    ),
    # Only who was proved to be the same customer is told of an earlier application: one of these states is past that.
    S.WAITLISTED: frozenset({S.DECIDING, S.FINDING_PROVIDER, S.ENDED, S.MERGED}) | _OPEN_ENDS,
    # Never refused from here: what the customer mended is decided again first.
    S.NEEDS_ANSWER: frozenset({S.FINDING_PROVIDER, S.DECIDING, S.ENDED, S.MERGED}) | _OPEN_ENDS,
    S.IN_RESCISSION: frozenset({S.ENROLLED, S.RESCINDED, S.ENDED}),
    S.ENROLLED: frozenset({S.ACTIVE, S.WITHDRAWING, S.WITHDRAWN, S.LEAVING, S.ENDED}),
    S.WITHDRAWING: frozenset({S.WITHDRAWN, S.ENROLLED, S.ENDED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.LEAVING, S.ENDED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.LEAVING, S.ENDED}),
    # Back to where it stood where the customer stays after all.
    S.LEAVING: frozenset({S.ENROLLED, S.ACTIVE, S.ENDED}),
    # Withdrawn where its vehicle turns out to be another customer's before the time to appeal is over.
    S.REFUSED: frozenset({S.CLOSED, S.DECIDING, S.VEHICLE_DISPUTED, S.WITHDRAWN}),
}

SUPPLY: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.NOT_NEEDED, S.ASKED, S.EFFECTIVE}),
    S.ASKED: frozenset({S.ACCEPTED, S.OBJECTED, S.CANCELLED}),
    S.OBJECTED: frozenset({S.ASKED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.EFFECTIVE, S.OBJECTED, S.LOST, S.CANCELLED}),
    S.EFFECTIVE: frozenset({S.LOST}),
}

_STOP = frozenset({S.CANCELLING, S.CANCELLED})

METER: Mapping[State | None, frozenset[State]] = {
    None: frozenset(
        {S.NOT_NEEDED, S.ALREADY_THERE, S.BEFORE_METER, S.ASKED, S.TO_SCHEDULE, S.REMOTE_CHANGE, S.CANCELLED}
    ),
    S.BEFORE_METER: frozenset({S.ASKED, S.ALREADY_THERE, S.CANCELLED}),
    S.ASKED: frozenset({S.METER_REFUSED, S.TO_SCHEDULE, S.REMOTE_CHANGE, S.ALREADY_THERE, S.NOT_NEEDED}) | _STOP,
    S.METER_REFUSED: frozenset({S.ASKED, S.CANCELLING}),
    S.NOT_NEEDED: _STOP,
    S.ALREADY_THERE: frozenset({S.BEFORE_METER}) | _STOP,
    S.REMOTE_CHANGE: frozenset({S.TO_SCHEDULE, S.BACK_OFFICE, S.DONE}) | _STOP,
    S.TO_SCHEDULE: frozenset({S.SCHEDULED, S.DONE}) | _STOP,
    S.SCHEDULED: frozenset({S.MISSED_BY_UTILITY, S.MISSED_BY_CUSTOMER, S.CANNOT_DO, S.PERMIT_NEEDED, S.BACK_OFFICE})
    | _STOP,
    S.MISSED_BY_UTILITY: frozenset({S.SCHEDULED}) | _STOP,
    S.MISSED_BY_CUSTOMER: frozenset({S.SCHEDULED}) | _STOP,
    S.CANNOT_DO: frozenset({S.SCHEDULED}) | _STOP,
    S.PERMIT_NEEDED: frozenset({S.TO_SCHEDULE}) | _STOP,
    S.BACK_OFFICE: frozenset({S.DONE, S.CANCELLING}),
    S.CANCELLING: frozenset({S.CANCELLED, S.DONE}),
    S.DONE: frozenset({S.CANCELLING}),
    # A crew that had not heard of the cancellation: the meter is in, whatever was decided.
    S.CANCELLED: frozenset({S.BACK_OFFICE}),
}

SERVICE: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.NOT_NEEDED, S.WAITING, S.CANCELLED}),
    S.WAITING: frozenset({S.DATED, S.SWITCHED, S.CANCELLED}),
    S.DATED: frozenset({S.SWITCHED, S.CANCELLED}),
    # Straight to billed where no old service had anything to close.
    S.SWITCHED: frozenset({S.CLOSING_BILLED, S.BILLED, S.REVERSED}),
    S.CLOSING_BILLED: frozenset({S.BILLED, S.REVERSED}),
    # A switch that should not have been made; a bill that is out for it is corrected.
    S.BILLED: frozenset({S.REVERSED}),
    S.REVERSED: frozenset({S.CANCELLED}),
}

EQUIPMENT: Mapping[State | None, frozenset[State]] = {
    # Ready from the start where another program takes over at the same premise.
    None: frozenset({S.NOT_NEEDED, S.CHOOSING_EQUIPMENT, S.READY}),
    S.NOT_NEEDED: frozenset({S.INSTALLING}),
    S.CHOOSING_EQUIPMENT: frozenset({S.INSTALLING, S.UNFIT, S.CANCELLED}),
    S.INSTALLING: frozenset({S.INSPECTING, S.READY, S.UNFIT, S.CHOOSING_EQUIPMENT, S.NOT_NEEDED, S.CANCELLED}),
    S.INSPECTING: frozenset({S.READY, S.UNFIT, S.INSTALLING, S.CHOOSING_EQUIPMENT, S.NOT_NEEDED, S.CANCELLED}),
    S.UNFIT: frozenset({S.INSTALLING, S.CHOOSING_EQUIPMENT, S.CANCELLED}),
    S.READY: frozenset({S.INSTALLING, S.CHOOSING_EQUIPMENT, S.NOT_NEEDED}),
}

DEVICE: Mapping[State | None, frozenset[State]] = {
    # One more device beside a live one, and one that comes back, begin with their test.
    None: frozenset({S.NOT_NEEDED, S.REGISTERING, S.TESTING}),
    S.CANCELLED: frozenset({S.TESTING}),
    S.NOT_NEEDED: frozenset({S.TESTING}),
    S.REGISTERING: frozenset({S.TESTING, S.CANCELLED}),
    S.TESTING: frozenset({S.LIVE, S.TEST_FAILED, S.CONSENT_ENDED, S.CANCELLED}),
    S.TEST_FAILED: frozenset({S.TESTING, S.CONSENT_ENDED, S.CANCELLED}),
    S.LIVE: frozenset({S.TESTING, S.OFFLINE, S.CONSENT_ENDED, S.CANCELLED}),
    S.OFFLINE: frozenset({S.LIVE, S.TESTING, S.CONSENT_ENDED, S.CANCELLED}),
    S.CONSENT_ENDED: frozenset({S.LIVE, S.TESTING, S.CANCELLED}),
}

SETUP: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.NOT_TOLD}),
    S.NOT_TOLD: frozenset({S.TOLD, S.CONFIRMED, S.CANCELLED}),
    S.TOLD: frozenset({S.CONFIRMED, S.CANCELLED}),
    S.CONFIRMED: frozenset({S.TOLD}),
}

CONDITION: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.DUE}),
    S.DUE: frozenset({S.MET, S.CANCELLED}),
    # The same vehicle may be asked about once more.
    S.MET: frozenset({S.DUE}),
}

ADMITTING: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.NOTHING_TO_OFFER}),
    S.NOTHING_TO_OFFER: frozenset({S.PLACE_FREE}),
    S.PLACE_FREE: frozenset({S.NOTHING_TO_OFFER}),
}

LEDGER: Mapping[State | None, frozenset[State]] = {
    None: frozenset({S.COUNTING, S.PROTECTED}),
    S.COUNTING: frozenset({S.QUIET, S.CANCELLED}),
    S.QUIET: frozenset({S.COUNTING}),
    S.PROTECTED: frozenset({S.USAGE_MISSING, S.SETTLED, S.CANCELLED}),
    S.USAGE_MISSING: frozenset({S.SETTLED, S.CANCELLED}),
}

MOVES: Mapping[Track, Mapping[State | None, frozenset[State]]] = MappingProxyType(
    {
        Track.CASE: CASE,
        Track.SUPPLY: SUPPLY,
        Track.METER: METER,
        Track.SERVICE: SERVICE,
        Track.EQUIPMENT: EQUIPMENT,
        Track.DEVICE: DEVICE,
        Track.SETUP: SETUP,
        Track.CONDITION: CONDITION,
        Track.LEDGER: LEDGER,
        Track.ADMITTING: ADMITTING,
    }
)


class MoveRefused(Exception):
    """A move that the table does not have: a defect of the code that decided it, never an answer to a person."""


def check_move(track: Track, *, from_: State | None, to: State) -> None:
    """Pass a move that the table has, or one that enters the same state again (a reminder, a retry).

    Raises MoveRefused.
    """
    if from_ is to:
        return
    allowed = MOVES[track].get(from_, frozenset[State]())
    if to not in allowed:
        came = from_.value if from_ else "nothing"
        names = ", ".join(sorted(state.value for state in allowed)) or "nothing: it is final"
        raise MoveRefused(f"Track {track} is {came}; from there it can become {names}, not {to}.")


def is_final(track: Track, *, state: State) -> bool:
    """Whether nothing follows on its own: no one is waited on in such a state."""
    if track is Track.CASE:
        return not MOVES[track].get(state)
    return state in _RESTING


_RESTING = frozenset(
    {
        S.NOT_NEEDED,
        S.EFFECTIVE,
        S.LOST,
        S.ALREADY_THERE,
        S.DONE,
        S.CANCELLED,
        S.BILLED,
        S.READY,
        S.LIVE,
        S.CONFIRMED,
        S.MET,
        S.QUIET,
        S.SETTLED,
        S.NOTHING_TO_OFFER,
    }
)
"""States of side tracks in which nobody owes anything, even where a later command may still move them."""
