"""A wait never stands on somebody who can do nothing: whoever is named as its owner has a command that helps there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.commands import may
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.next_commands import DueCommand
from evenroll.enrollment.possible_commands import HELPS
from evenroll.enrollment.roles import ROLES_OF, OrganizationKind, Role
from evenroll.enrollment.tracks import State as S
from evenroll.enrollment.tracks import TrackState
from evenroll.enrollment.waits import WAITS
from evenroll.programs.program import Track as T
from tests.world.memory import payload_of
from tests.world.people import all_is_well
from tests.world.tour import Waiting, tour

IN_THE_HOUSE = ROLES_OF[OrganizationKind.UTILITY] | ROLES_OF[OrganizationKind.SUPPLIER] | {Role.CUSTOMER}
"""Of another organization, whose books these are not, an answer is awaited and no command."""

ELSEWHERE = {
    # The switch waits for the meter: what the office does about it, it does at the meter, of the same order.
    (T.SERVICE, S.WAITING, Role.METER_OFFICE): (T.METER, S.TO_SCHEDULE),
}
"""Where the command stands at another track of the same record."""

ANSWERED_BY_A_PARTNER = {(T.CASE, S.WITHDRAWING), (T.METER, S.CANCELLING)}
"""Only the utility's answer to a cancellation ends these; the supervisor can but ask it by telephone."""

LAPSES_MAX = 6
"""After so many lapses in a row every wait has come to whom it comes to."""

NAMED = sorted(WAITS)


def _can(track: T, state: S, role: Role) -> bool:
    at = ELSEWHERE.get((track, state, role), (track, state))
    return any(may(role, command=name) for name in HELPS.get(at, ()))


@pytest.mark.parametrize(("track", "state"), NAMED)
def test_who_is_named_as_the_owner_of_a_wait_has_a_command_there(track: T, state: S) -> None:
    owners = {rule.owner for rule in WAITS[track, state].values()} & IN_THE_HOUSE
    assert {role for role in owners if not _can(track, state, role)} == set()


@pytest.mark.parametrize(("track", "state"), NAMED)
def test_what_lapses_comes_to_somebody_who_has_a_command(track: T, state: S) -> None:
    """The supervisor too, to whom a missed visit comes: through real histories, lapse after lapse."""
    owners = {
        after.owner
        for waiting in tour().waiting.values()
        if (waiting.track.track, waiting.track.state) == (track, state)
        for after in _lapsed(waiting)
        if after.state is state and after.owner in IN_THE_HOUSE
    }
    helpless = {role for role in owners if role is not None and not _can(track, state, role)}
    assert helpless == ({Role.SUPERVISOR} if (track, state) in ANSWERED_BY_A_PARTNER else set())


def _lapsed(waiting: Waiting) -> Iterator[TrackState]:
    """The track after each lapse of its wait, until it moves or ends."""
    world, track = waiting.world.split(), waiting.track
    all_is_well(world)
    world.away = frozenset({"registry", "register", "books"})
    for _ in range(LAPSES_MAX):
        if track.due_at is None or track.on_lapse is None:
            return
        world.now = max(world.now, track.due_at)
        due = DueCommand(name=track.on_lapse, track=track.track, subject=track.subject, due_at=track.due_at)
        outcome = world.give(waiting.key, due.name, payload_of(due), role=Role.SYSTEM)
        stream = world.stream(waiting.key)
        if isinstance(outcome, Refusal) or stream is None:
            return
        track = stream.state.tracks[track.key]
        yield track


def test_a_missed_visit_comes_to_a_supervisor_who_can_book_it_anew() -> None:
    missed = [each for each in tour().waiting.values() if each.track.state is S.MISSED_BY_UTILITY]
    escalated = [after for each in missed for after in _lapsed(each) if after.owner is Role.SUPERVISOR]
    assert escalated
    for each in escalated:
        assert {name for name in HELPS[each.track, each.state] if may(Role.SUPERVISOR, command=name)} == {
            C.BOOK_VISIT,
            C.REBOOK_VISIT,
        }
