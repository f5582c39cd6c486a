"""Scenes in which a supplier wins a customer through the registrar, and what may stand in the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from evenroll.enrollment import case_commands as c
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.form import Channel
from evenroll.enrollment.roles import Role
from evenroll.enrollment.supply import SupplyTransaction
from evenroll.enrollment.supply_commands import AskSupply, ChangeSupplier, RecordVerification, RejectSupply
from evenroll.enrollment.supply_messages import SupplyAnswered
from evenroll.enrollment.tracks import State
from evenroll.programs.program import Track
from evenroll.programs.reject_codes import RejectCode
from evenroll.quantities.identifiers import PodId, ProgramKey
from tests.world.memory import Key, World
from tests.world.payloads import a_form
from tests.world.people import days, open_case
from tests.world.programs import BRIGHTWATER, NORTHFORK
from tests.world.registry import open_request, request_key
from tests.world.scenes import apply, case_of, say

Scene = Callable[[World], None]
WINS, RIVAL = "BW-WINS", "NF-WINS"
POD = "POD-2"


def sold(world: World, *, program: str = WINS, pod: str = POD) -> Key:
    """A sale whose window is over, right after the registrar accepted the switch."""
    key = apply(world, program=program, pod=pod)
    while case_of(world, key).status is State.IN_RESCISSION:
        days(world, 1)
    assert case_of(world, key).status is State.ENROLLED, case_of(world, key).status
    return key


def supply_of(world: World, key: Key) -> State | None:
    """Where the supply of a case stands."""
    return case_of(world, key).state_of(Track.SUPPLY)


def whole_switch(world: World) -> None:
    """Accepted, in effect, then the meter and the product; at last the customer goes back to default service."""
    key = sold(world)
    assert supply_of(world, key) is State.ACCEPTED
    days(world, 35)
    assert supply_of(world, key) is State.EFFECTIVE
    days(world, 70)
    assert case_of(world, key).status is State.ACTIVE
    say(world, key, C.CHANGE_SUPPLIER, ChangeSupplier())
    days(world, 50)
    assert case_of(world, key).status is State.ENDED and supply_of(world, key) is State.LOST


def second_in_line(world: World) -> None:
    """The second supplier is told who was first; its customer does not answer, and the case ends."""
    sold(world)
    other = sold(world, program=RIVAL)
    assert supply_of(world, other) is State.OBJECTED
    days(world, 40)
    assert case_of(world, other).status is State.ENDED


def objected(world: World, *, code: RejectCode) -> None:
    """The operator rejects; the desk asks again, or the customer withdraws."""
    key = sold(world)
    rejected(world, code)
    assert supply_of(world, key) in (State.OBJECTED, State.CANCELLED)
    if case_of(world, key).is_ended:
        return
    say(world, key, C.ASK_SUPPLY, AskSupply(), role=Role.ENROLLMENT_DESK)
    world.settle()
    assert supply_of(world, key) is State.ACCEPTED
    rejected(world, code)
    say(world, key, C.WITHDRAW)
    world.settle()
    assert case_of(world, key).status is State.WITHDRAWN


def rejected(world: World, code: RejectCode) -> None:
    """The operator rejects the open request."""
    request = open_request(world, PodId(POD))
    assert request is not None
    said = RejectSupply(codes=(code,))
    say(world, request_key(request.number), C.REJECT_SUPPLY, said, role=Role.REGISTRY_OPERATOR)
    world.settle()


def held_for_its_day(world: World) -> None:
    """A day that is too far ahead is held, and asked for again by itself."""
    key = sold(world)
    rejected(world, RejectCode.OTHER)
    wish = world.calendar.add_calendar_days(world.calendar.business_date(world.now), 110)
    say(world, key, C.ASK_SUPPLY, AskSupply(requested_on=wish), role=Role.ENROLLMENT_DESK)
    world.settle()
    assert supply_of(world, key) is State.OBJECTED
    days(world, 30)
    assert supply_of(world, key) is State.ACCEPTED


def withdrawn(world: World, *, late: int) -> None:
    """Withdrawn while the switch is pending; the word to the registrar may come late."""
    key = sold(world)
    world.late_hours = late
    say(world, key, C.WITHDRAW)
    assert case_of(world, key).status is State.WITHDRAWING
    days(world, 40)
    assert case_of(world, key).status in (State.WITHDRAWN, State.ENROLLED, State.ACTIVE)


def withdrawn_too_late(world: World) -> None:
    """Withdrawn in the moment in which supply changes hands: the registrar says so, and the case goes on."""
    key = sold(world)
    request = open_request(world, PodId(POD))
    assert request is not None and request.effective_on is not None
    world.now = max(world.now, world.calendar.start_of_day(request.effective_on))
    say(world, key, C.WITHDRAW)
    say(world, request_key(request.number), C.MAKE_SUPPLY_EFFECTIVE, role=Role.SYSTEM)
    world.settle()
    assert case_of(world, key).status is State.ENROLLED and supply_of(world, key) is State.EFFECTIVE
    days(world, 60)


def unanswered(world: World) -> None:
    """The utility's reads cannot be had, for a day and longer; the registrar's people have it, then it is judged."""
    key = apply(world, program=WINS, pod=POD)
    agreement = case_of(world, key).agreement
    assert agreement is not None
    world.now = world.calendar.start_of_day(agreement.rescission_ends_on)
    world.settle(until=lambda: bool(world.requests))
    world.away = frozenset({"books"})
    days(world, 6)
    assert supply_of(world, key) is State.ASKED
    world.away = frozenset()
    days(world, 6)
    assert supply_of(world, key) in (State.ACCEPTED, State.EFFECTIVE)


def asked_twice(world: World) -> None:
    """The registrar has the same request already and answers that the first stands; then a special read is refused."""
    key = sold(world)
    rejected(world, RejectCode.OTHER)
    world.away = frozenset({"books"})
    say(world, key, C.ASK_SUPPLY, AskSupply(off_cycle=True), role=Role.ENROLLMENT_DESK)
    link = case_of(world, key).switch
    assert link is not None
    repeated = SupplyAnswered(
        tracking=link.tracking, accepted=False, codes=(RejectCode.DUPLICATE,), first_tracking=link.tracking
    )
    say(world, key, C.HEAR_SUPPLY_ANSWER, repeated, role=Role.PEER)
    assert supply_of(world, key) is State.ASKED
    world.away = frozenset()
    days(world, 1)
    assert supply_of(world, key) is State.ACCEPTED


def held_back(world: World) -> None:
    """A sale by phone that no verifier heard: nothing is asked until one did; or the customer gives up."""
    for verified in (True, False):
        key = open_case(world, pod=POD if verified else "POD-1", at=BRIGHTWATER, program=WINS, channel=Channel.PHONE)
        form = a_form(world, program=ProgramKey(WINS), channel=Channel.PHONE)
        say(world, key, C.SUBMIT_FORM, c.SubmitForm(form=form))
        days(world, 12)
        assert supply_of(world, key) is State.ASKED and case_of(world, key).switch is None
        if verified:
            reference = RecordVerification(reference="TPV-1")
            say(world, key, C.RECORD_VERIFICATION, reference, role=Role.ENROLLMENT_DESK)
            world.settle()
            assert supply_of(world, key) is State.ACCEPTED
        else:
            say(world, key, C.WITHDRAW)
            world.settle()
            assert case_of(world, key).status is State.WITHDRAWN


def contested(world: World, *, after_days: int) -> None:
    """The customer says the switch was not theirs: pending or in effect, it is undone."""
    key = sold(world)
    days(world, after_days)
    before = supply_of(world, key)
    say(world, key, C.DISPUTE_SUPPLY)
    days(world, 3)
    assert before is (State.EFFECTIVE if after_days else State.ACCEPTED)
    assert supply_of(world, key) is State.LOST and case_of(world, key).status is State.ENDED


def from_one_to_another(world: World) -> None:
    """From one supplier to another: one timeline, the terms signed anew."""
    key = sold(world)
    days(world, 40)
    say(world, key, C.CHANGE_SUPPLIER, ChangeSupplier(to=NORTHFORK))
    world.settle()
    there = (key[0], NORTHFORK, key[2])
    say(world, there, C.CHOOSE_PROGRAM, c.ChooseProgram(program=ProgramKey(RIVAL)))
    world.settle()
    signed = c.SubmitForm(form=a_form(world, program=ProgramKey(RIVAL)))
    say(world, there, C.COMPLETE_ANSWERS, signed)
    days(world, 60)
    assert case_of(world, key).status is State.ENDED and supply_of(world, there) is State.EFFECTIVE
    drop = ChangeSupplier(transaction=SupplyTransaction.DROP_BY_SUPPLIER)
    say(world, there, C.CHANGE_SUPPLIER, drop, role=Role.ENROLLMENT_DESK)
    days(world, 60)
    assert case_of(world, there).status is State.ENDED


SWITCHING: tuple[Scene, ...] = (
    whole_switch,
    second_in_line,
    *(
        partial(objected, code=code)
        for code in (RejectCode.OTHER, RejectCode.ACCOUNT_NOT_FOUND, RejectCode.NOT_ELIGIBLE)
    ),
    held_for_its_day,
    *(partial(withdrawn, late=late) for late in (0, 90)),
    withdrawn_too_late,
    unanswered,
    asked_twice,
    held_back,
    *(partial(contested, after_days=number) for number in (0, 40)),
    from_one_to_another,
)
