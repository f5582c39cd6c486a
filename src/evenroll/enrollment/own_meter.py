"""A meter of the customer's own that counts for a program: a submeter, or the one in the charger; there, and gone."""

from __future__ import annotations

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.eligibility_facts import EquipmentListing, Known, yes_if
from evenroll.enrollment.tracks import Move, State
from evenroll.programs.program import Track


def own_meter_there(case: Case, before: Case | None, *, listing: EquipmentListing) -> Known:
    """Whether the equipment of the case is listed, recorded by its serial, and reports already.

    before: the enrollment that this one follows, under which it reported; None where it follows none.
    """
    recorded = case.equipment is not None and bool(case.equipment.serial) and listing is EquipmentListing.LISTED
    reports = any(
        each.state_of(Track.DEVICE) is State.LIVE and each.equipment == case.equipment
        for each in (case, before)
        if each is not None
    )
    return yes_if(recorded and reports)


def own_meter_gone(case: Case, facts: CaseFacts) -> tuple[Move, ...]:
    """The moves of meter and device where the customer's own meter is taken away: the next one shows that it reports.

    () where the program counts by the meter of the home.
    """
    if not facts.need_program().own_metered:
        return ()
    subject = str(case.pod or "")
    moves: list[Move] = []
    if case.state_of(Track.DEVICE) is State.LIVE:
        moves.append(facts.move(State.OFFLINE, track=Track.DEVICE))
    if case.state_of(Track.METER, subject=subject) is State.ALREADY_THERE:
        moves.append(facts.move(State.BEFORE_METER, track=Track.METER, subject=subject))
    return tuple(moves)
