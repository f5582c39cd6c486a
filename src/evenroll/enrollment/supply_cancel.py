"""Taking a pending supply request back: with a withdrawal, and with whatever else ends a case meanwhile."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import life_events as life
from evenroll.enrollment import supply_events as s
from evenroll.enrollment.begin_tracks import begin_freed, stop_tracks
from evenroll.enrollment.case import Case
from evenroll.enrollment.case_events import PlaceReleased
from evenroll.enrollment.case_facts import CaseFacts
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.messages import Message
from evenroll.enrollment.rows import Row
from evenroll.enrollment.supply import SupplyCancelResult
from evenroll.enrollment.supply_messages import SupplyCancelAnswered, SupplyCancelAsked
from evenroll.enrollment.tracks import Move, State, track_key
from evenroll.programs.program import Track
from evenroll.quantities.identifiers import OrganizationKey

_PENDING = frozenset({State.ASKED, State.ACCEPTED})
_WORD_OF_REGISTRAR = (s.SupplyObjected, s.SupplyCancelHeard, s.SupplyCancelSent, life.SupplyLostHeard)


def registrar_of(case: Case) -> OrganizationKey:
    """Who takes requests for a switch: whoever keeps the registry; where there is no such agent, the utility."""
    answer = case.provider
    registrar = (answer.registrar or answer.utility) if answer else None
    if registrar is None:
        raise FactMissing("A request about supply needs the registrar or the utility that row 2a named.")
    return registrar


def is_pending(case: Case) -> bool:
    """Whether the registrar holds a request of this case that may still come into effect."""
    link = case.switch
    return link is not None and not link.closed and case.state_of(Track.SUPPLY) in _PENDING


def take_back(case: Case) -> tuple[tuple[Event, ...], tuple[Message, ...]]:
    """What asks the registrar to forget a pending request; nothing where there is none, or it was asked before."""
    link = case.switch
    if link is None or not is_pending(case) or link.cancel_asked:
        return (), ()
    sent = s.SupplyCancelSent(row=Row.ACTION, tracking=link.tracking)
    body = SupplyCancelAsked(tracking=link.tracking)
    return (sent,), (Message(to=link.registrar, conversation=case.number, body=body),)


def with_supply_taken_back(case: Case | None, decided: Decided) -> Decided:
    """The decision, and where it stops a pending supply track by our own doing, the word to the registrar."""
    if case is None or not is_pending(case) or any(isinstance(each, _WORD_OF_REGISTRAR) for each in decided.events):
        return decided
    if not any(_stops_supply(move) for event in decided.events for move in event.moves):
        return decided
    events, messages = take_back(case)
    return replace(decided, events=(*decided.events, *events), messages=(*decided.messages, *messages))


def _stops_supply(move: Move) -> bool:
    return move.track is Track.SUPPLY and move.to is State.CANCELLED


def withdrawn_after_all(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    """The end of a withdrawal that waited for the registrar's word."""
    subject = str(case.pod or "")
    meter = case.tracks.get(track_key(Track.METER, subject=subject))
    stopped = meter is not None and meter.state is State.BEFORE_METER
    moves = (
        facts.move(State.WITHDRAWN),
        *((facts.move(State.CANCELLED, track=Track.METER, subject=subject),) if stopped else ()),
        *stop_tracks(case, facts),
    )
    return (life.Withdrawn(row=Row.ACTION, moves=moves), PlaceReleased(row=Row.ACTION))


def hear_supply_cancel(case: Case, command: SupplyCancelAnswered, facts: CaseFacts) -> Decided | Refusal:
    """The registrar's word settles a withdrawal: nothing switched, or it came too late and supply is ours."""
    if case.switch is None or case.switch.tracking != command.tracking:
        parameters = {"case": case.number, "order": command.tracking}
        return Refusal(code=RefusalCode.ORDER_MISMATCH, parameters=parameters)
    heard = s.SupplyCancelHeard(row=Row.ACTION, result=command.result)
    if case.status is not State.WITHDRAWING:
        return Decided(events=(heard,))
    if command.result is SupplyCancelResult.CANCELLED:
        return Decided(events=(heard, *withdrawn_after_all(case, facts)))
    began_on = command.effective_on or facts.today
    # What waits for the supply begins now, where the news that it is ours came before this word.
    begun = case.state_of(Track.SUPPLY) is State.EFFECTIVE
    done = facts.move(State.EFFECTIVE, track=Track.SUPPLY)
    freed = begin_freed(case, facts.need_program(), done=done, facts=facts) if begun else ()
    late = life.WithdrawTooLate(row=Row.ACTION, switch_on=began_on, moves=(facts.move(State.ENROLLED), *freed))
    return Decided(events=(heard, late))
