"""What steps would look up for another program, premise, vehicle or device, simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.commands import Record
from evenroll.enrollment.decide_moving import PREMISE_FIELDS
from evenroll.enrollment.eligibility import EquipmentListing
from evenroll.enrollment.usage_point import VACANT
from evenroll.quantities.identifiers import CaseNumber
from tests.world import disputes_known as disputes
from tests.world.programs import UTILITY, program_of

if TYPE_CHECKING:
    from tests.world.memory import Key, World

NOT_LISTED = "Unlisted"
"""The model that stands on no list of the world."""


def known(world: World, case: Case | None, *, key: Key, number: CaseNumber) -> dict[str, Any]:
    """The facts, by the names of `CaseFacts`."""
    if case is None:
        return {}
    others = _others(world, case, key=key)
    follower = others.get(case.followed_by) if case.followed_by else None
    chosen = follower.chosen if follower else None
    model = case.equipment.model if case.equipment else ""
    linked = disputes.linked(world, case, key=key)
    return {
        **disputes.named_too(world, case, key=key),
        "new_number": number,
        "others": {**others, **linked},
        "other_programs": disputes.programs(linked),
        "followed": program_of(chosen.program, version=chosen.version) if chosen else None,
        "point": world.point(case.pod) if key[1] == UTILITY else None,
        "listing": EquipmentListing.NOT_LISTED if NOT_LISTED in (model, world.named) else EquipmentListing.LISTED,
        "changed_on": _changed_on(world, case),
        "given": PREMISE_FIELDS,
    }


def _others(world: World, case: Case, *, key: Key) -> dict[CaseNumber, Case]:
    """Linked cases, those of the customer at the premise, and whichever the command names."""
    mine = [each.state for each_key, each in world.cases.items() if each_key[:2] == (Record.CASE, key[1])]
    linked = {case.follows, case.followed_by}
    same = [
        each
        for each in mine
        if each.number in linked or (each.pod == case.pod and each.number != case.number and not each.is_ended)
    ]
    return {each.number: each for each in same}


def _changed_on(world: World, case: Case) -> tuple[Any, ...]:
    point = world.point(case.pod)
    served = [each for each in point.agreements if each.rate != VACANT] if point else []
    return tuple(each.start_on for each in served[1:])


def released(world: World, case: Case, *, key: Key) -> Key | None:
    """The key of the case that lets go of its unit when this one takes it."""
    if case.follows is None:
        return None
    before = (Record.CASE, key[1], str(case.follows))
    stream = world.cases.get(before)
    lets_go = stream is not None and not stream.state.is_ended and stream.state.followed_by == case.number
    return before if lets_go else None
