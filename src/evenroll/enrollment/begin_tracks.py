"""Which side tracks begin when: at once, or after the track that the program names as their prerequisite."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.offers import wins
from evenroll.enrollment.tracks import Move, State, track_key
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import MeterNeedKind, Prerequisite, ProgramVersion, ServiceChange, Track

_FULFILLED = frozenset(
    {
        State.NOT_NEEDED,
        State.EFFECTIVE,
        State.ALREADY_THERE,
        State.DONE,
        State.SWITCHED,
        State.CLOSING_BILLED,
        State.BILLED,
        State.READY,
        State.LIVE,
        State.CONFIRMED,
        State.MET,
    }
)
"""States of a track on which another may build."""

_OWN_METER = (
    Prerequisite(track=Track.DEVICE, needs_track=Track.EQUIPMENT),
    Prerequisite(track=Track.METER, needs_track=Track.EQUIPMENT),
    Prerequisite(track=Track.METER, needs_track=Track.DEVICE),
)

_ORDER = (Track.SUPPLY, Track.EQUIPMENT, Track.DEVICE, Track.METER, Track.SERVICE, Track.SETUP)


def begin_tracks(case: Case, program: ProgramVersion, *, need: MeterNeedKind, facts: CaseFacts) -> tuple[Move, ...]:
    """The first moves of every side track that may begin on enrollment.

    A track whose prerequisite is not fulfilled does not begin, but for the meter, which is shown as waiting for it.
    """
    states: dict[str, State] = {key: each.state for key, each in case.tracks.items()}
    prerequisites = _prerequisites(program)
    moves: list[Move] = []
    for track in _ORDER:
        there = track is Track.METER and program.own_metered and need is MeterNeedKind.ALREADY_THERE
        blocked = not there and _is_blocked(track, prerequisites, states)
        if blocked and track is not Track.METER:
            continue
        first = State.BEFORE_METER if blocked else _first_state(track, program, need, case)
        wait = Wait.LATER if blocked and switches_supply(case, program) else Wait.FIRST
        begun = facts.move(first, track=track, subject=_subject(track, case), wait=wait)
        states[track_key(track, subject=begun.subject)] = first
        moves.append(begun)
    return tuple(moves)


def begin_freed(case: Case, program: ProgramVersion, *, done: Move, facts: CaseFacts) -> tuple[Move, ...]:
    """The first moves of tracks that waited for the one that is done by this move."""
    states: dict[str, State] = {key: each.state for key, each in case.tracks.items()}
    states[track_key(done.track, subject=done.subject)] = done.to
    need = case.order.need if case.order else MeterNeedKind.EXCHANGE
    prerequisites = _prerequisites(program)
    moves: list[Move] = []
    for prerequisite in prerequisites:
        track = prerequisite.track
        if prerequisite.needs_track is not done.track or _is_blocked(track, prerequisites, states):
            continue
        before = states.get(track_key(track, subject=_subject(track, case)))
        if before in (None, State.BEFORE_METER):
            first = _freed_meter(program) if before is State.BEFORE_METER else _first_state(track, program, need, case)
            moves.append(facts.move(first, track=track, subject=_subject(track, case)))
    return tuple(moves)


def _freed_meter(program: ProgramVersion) -> State:
    """A meter of the customer's own is there as soon as it is built in and reports: nobody is asked for it."""
    return State.ALREADY_THERE if program.own_metered else State.ASKED


def stop_tracks(case: Case, facts: CaseFacts) -> tuple[Move, ...]:
    """The moves that end every side track still open, when the case ends; a meter order is told to stop apart.

    A live device is let go as well: nobody controls it once the enrollment is over.
    """
    return tuple(
        facts.move(State.CANCELLED, track=each.track, subject=each.subject)
        for each in case.tracks.values()
        if each.track is not Track.CASE
        and (each.owner is not None or each.state is State.LIVE)
        and each.track is not Track.METER
        and each.state not in (State.SWITCHED, State.CLOSING_BILLED, State.REVERSED)
    )


def _is_blocked(track: Track, prerequisites: tuple[Prerequisite, ...], states: dict[str, State]) -> bool:
    needed = [each.needs_track for each in prerequisites if each.track is track]
    return any(not _is_fulfilled(each, states) for each in needed)


def switches_supply(case: Case, program: ProgramVersion) -> bool:
    """Whether this enrollment takes the customer over from another supplier."""
    mine = program.organization == case.organization
    return mine and case.provider is not None and wins(program, answer=case.provider)


def _prerequisites(program: ProgramVersion) -> tuple[Prerequisite, ...]:
    """The program's own; and those that follow from who meters, and from whom the utility takes a meter request.

    A meter of the customer's own is built in, then shows that it reports. A meter request is the supplier of record's.
    """
    implied = _OWN_METER if program.own_metered else ()
    if program.switch_from:
        implied = (*implied, Prerequisite(track=Track.METER, needs_track=Track.SUPPLY))
    return tuple(dict.fromkeys((*program.prerequisites, *implied)))


def _is_fulfilled(track: Track, states: dict[str, State]) -> bool:
    mine = [state for key, state in states.items() if key.split("/")[0] == track.value]
    return bool(mine) and all(state in _FULFILLED for state in mine)


def _subject(track: Track, case: Case) -> str:
    return str(case.pod or "") if track is Track.METER else ""


def _first_supply(case: Case, program: ProgramVersion) -> State:
    if case.provider is not None and case.provider.supplier == case.organization:
        return State.EFFECTIVE
    return State.ASKED if switches_supply(case, program) else State.NOT_NEEDED


def _first_state(track: Track, program: ProgramVersion, need: MeterNeedKind, case: Case) -> State:
    no_order = program.service_change is ServiceChange.CREDIT_ONLY and (
        need is MeterNeedKind.NONE or program.own_metered
    )
    match track:
        case Track.SUPPLY:
            return _first_supply(case, program)
        case Track.METER:
            asked = State.NOT_NEEDED if no_order else State.ASKED
            return State.ALREADY_THERE if program.own_metered else asked
        case Track.SERVICE:
            return State.NOT_NEEDED if no_order else State.WAITING
        case Track.EQUIPMENT:
            carried = case.opening.replaces and case.equipment and case.equipment.serial
            needed = State.READY if carried else State.CHOOSING_EQUIPMENT
            return needed if program.equipment_needed else State.NOT_NEEDED
        case Track.DEVICE:
            return State.REGISTERING if program.device_needed else State.NOT_NEEDED
        case Track.SETUP:
            return State.NOT_TOLD
        case _:
            raise ValueError(f"Track {track} does not begin with an enrollment.")
