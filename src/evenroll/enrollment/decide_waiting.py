"""Deciding about the places of a program with a cap: who takes one, who waits in which order, offers and their end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import waiting_events as w
from evenroll.enrollment.case import LIVE, Case
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.eligibility_facts import PlaceFact
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Channel
from evenroll.enrollment.life_events import Expired
from evenroll.enrollment.program_places import (
    CapSet,
    ProgramPlaces,
    ProgramPlaceTaken,
    cap_of_version,
    evolve_places,
    option_of,
    told_of_case,
)
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.waits import WAITS, Wait
from evenroll.programs.program import ProgramVersion, Track

PLACES_MAX = 10_000_000
OFFER_DAYS_MAX = 366
"""More places than customers of any utility, or an offer that stands for longer than a year, are slips of the pen."""

LAPSES_MAX = 2
"""An offer left unanswered sends the application to the end of the line; so many of them end it."""


_WAITING = frozenset(w.WAITING_EVENTS)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetCap:
    """Action. What is absent stays; with nothing given, the cap is that of the program's latest published version."""

    places: int | None = None
    waiting_list: bool | None = None
    offer_days: int | None = None


def place_fact(case: Case, facts: CaseFacts) -> PlaceFact:
    """Row 5: whether there is a place for this case. A free one goes to nobody past those who wait in line.

    Raises FactMissing where the program has a cap and its places were not looked up under their lock.
    """
    program = facts.need_program()
    if program.cap is None:
        return PlaceFact.NOT_LIMITED
    places, option = _heeded(program, facts), _option(case, program)
    mine = case.counted == program.key
    roomy = places.has_room(option) or (mine and case.counted_option == option)
    if mine or (places.free and not places.waiting):
        return (PlaceFact.HELD if mine else PlaceFact.FREE) if roomy else PlaceFact.OPTION_FULL
    return PlaceFact.WAIT if places.waiting_list else PlaceFact.FULL


def _option(case: Case, program: ProgramVersion) -> str:
    return option_of(program, case.form.selections if case.form else {})


def heed_cap(facts: CaseFacts) -> tuple[Event, ...]:
    """Row 5: the cap of the version that decides, where nobody told the program's places of it yet."""
    program = facts.need_program()
    return () if program.cap is None else cap_of_version(program, places=_places(facts), row=Row.R5)


def _places(facts: CaseFacts) -> ProgramPlaces:
    if facts.places is None:
        raise FactMissing("A program with a cap is decided only with its places at hand.")
    return facts.places


def _heeded(program: ProgramVersion, facts: CaseFacts) -> ProgramPlaces:
    places = _places(facts)
    for event in cap_of_version(program, places=places, row=Row.R5):
        places = evolve_places(places, event)
    return places


def place_taken(case: Case, program: ProgramVersion) -> tuple[Event, ...]:
    """Row 5: the enrollment is one of the program's places; () where the program has no cap."""
    if program.cap is None:
        return ()
    if case.counted == program.key:
        return (w.Admitted(row=Row.R5, program=program.key, option=_option(case, program)),)
    return (w.PlaceCounted(row=Row.R5, program=program.key, option=_option(case, program)),)


def put_in_line(case: Case, facts: CaseFacts) -> Event:
    """Row 5: eligible, and no place is free or others were there before."""
    program = facts.need_program()
    move = facts.move(State.WAITLISTED)
    return w.Waitlisted(row=Row.R5, program=program.key, ranked_at=rank_of(case), moves=(move,))


def rank_of(case: Case) -> datetime:
    """The instant at which the application was complete and the customer authenticated.

    A form on paper that lacked nothing, and proved who the customer is by itself, counts from its receipt: how long
    it lay before it was keyed is nobody's fault who sent it. Source: rules of the trade, waiting list.
    """
    if case.form is None or case.completed_at is None or case.proof.proved_at is None:
        raise FactMissing("Only a complete and authenticated application is ranked.")
    if case.form.channel is Channel.MAIL and not case.returned and not case.proof.attempts:
        return case.form.received_at
    return max(case.completed_at, case.proof.proved_at)


def admit_next(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Action: a free place is offered to the one whose turn it is, and held until the offer's last day."""
    line, places = case.line, _places(facts)
    if case.status is not State.WAITLISTED or line is None or line.offered_until_on is not None or not places.free:
        return not_in_state(case, CommandName.ADMIT_NEXT)
    rule = replace(WAITS[Track.CASE, State.WAITLISTED][Wait.CUSTOMER], count=places.offer_days)
    until = facts.today + timedelta(days=places.offer_days)
    moves = (facts.move(State.WAITLISTED, wait=rule),)
    return Decided(events=(w.PlaceOffered(row=Row.ACTION, program=line.program, until=until, moves=moves),))


def accept_place(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Action: the customer takes the place that was offered, up to and with its last day; row 5 judges anew."""
    if case.status is not State.WAITLISTED or case.line is None:
        return not_in_state(case, CommandName.ACCEPT_PLACE)
    if case.line.offered_until_on is None or facts.today > case.line.offered_until_on:
        return Refusal(code=RefusalCode.PLACE_NOT_OFFERED, parameters={"case": case.number})
    return Decided(events=(w.PlaceAccepted(row=Row.ACTION, moves=(facts.move(State.DECIDING),)),))


def lapse_place(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Action: nobody answered. The place passes on; the case goes to the end of the line, or after two lapses ends."""
    due_at = case.course.due_at
    lapsed = case.course.on_lapse is CommandName.LAPSE_PLACE and due_at is not None and due_at <= facts.now
    if not lapsed or case.line is None:
        return not_in_state(case, CommandName.LAPSE_PLACE)
    if case.line.lapses + 1 >= LAPSES_MAX:
        return Decided(events=(Expired(row=Row.ACTION, moves=(facts.move(State.EXPIRED),)),))
    moves = (facts.move(State.WAITLISTED),)
    return Decided(events=(w.PlaceLapsed(row=Row.ACTION, ranked_at=facts.now, moves=moves),))


def confirm_interest(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Action: the customer still wants a place; asked again a year from now, with the rank of before."""
    if case.status is not State.WAITLISTED or case.line is None or case.line.offered_until_on is not None:
        return not_in_state(case, CommandName.CONFIRM_INTEREST)
    return Decided(events=(w.InterestConfirmed(row=Row.ACTION, moves=(facts.move(State.WAITLISTED),)),))


def set_cap(places: ProgramPlaces | None, command: SetCap, *, latest: ProgramVersion | None) -> Decided | Refusal:
    """Action: the program manager admits more, or fewer; nobody who holds a place loses it.

    latest: the program's latest published version; None where this organization has no such program.
    """
    if latest is None:
        return Refusal(code=RefusalCode.PROGRAM_UNKNOWN)
    if latest.cap is None:
        return Refusal(code=RefusalCode.NO_CAP, parameters={"program": latest.key})
    before = places or ProgramPlaces(program=latest.key)
    own = command == SetCap() or latest.version > before.program_version
    start = (latest.cap.places, latest.cap.waiting_list, latest.cap.offer_days)
    count, waiting_list, offer_days = start if own else (before.cap, before.waiting_list, before.offer_days)
    cap = CapSet(
        row=Row.ACTION,
        program=latest.key,
        program_version=max(latest.version, before.program_version),
        places=count if command.places is None else command.places,
        waiting_list=waiting_list if command.waiting_list is None else command.waiting_list,
        offer_days=offer_days if command.offer_days is None else command.offer_days,
        options={each.key: each.places for each in latest.cap.options} if own else before.options,
    )
    if not (1 <= cap.places <= PLACES_MAX and 1 <= cap.offer_days <= OFFER_DAYS_MAX):
        return Refusal(code=RefusalCode.CAP_WRONG, parameters={"program": latest.key})
    same = (cap.places, cap.waiting_list, cap.offer_days, cap.program_version)
    if same == (before.cap, before.waiting_list, before.offer_days, before.program_version):
        return Decided()
    return Decided(place_events=(cap,))


def count_already(case: Case, program: ProgramVersion) -> Decided:
    """Action: an enrollment that lived before its program had a cap takes one of its places; nothing if it has one."""
    if case.counted is not None or case.status not in LIVE:
        return Decided()
    option = _option(case, program)
    counted = w.PlaceCounted(row=Row.ACTION, program=program.key, option=option)
    taken = ProgramPlaceTaken(row=Row.ACTION, program=program.key, case=case.number, already=True, option=option)
    return Decided(events=(counted,), place_events=(taken,))


def with_places(case: Case | None, decided: Decided) -> Decided:
    """The decision with what it means for the places of the program, so that no decider can forget to free one."""
    concerned = case is not None and (case.counted is not None or case.line is not None)
    if not concerned and _WAITING.isdisjoint(map(type, decided.events)):
        return decided
    after = case
    for event in decided.events:
        after = evolve(after, event)
    if after is None:
        return decided
    told = told_of_case(case, after, row=decided.events[-1].row if decided.events else Row.ACTION)
    return replace(decided, place_events=(*decided.place_events, *told))
