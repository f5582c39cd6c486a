"""Deciding another program at the same premise, and how one enrollment takes the place of the one that it follows.

The old one stays as it is until the new one begins: on the day of its switch, or at once where it switches nothing.
Then, in one decision, the old ends and its unit goes to the new one. What the new one is to have in another family is
kept for it from its acceptance on.
"""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import moving_commands as c
from evenroll.enrollment import moving_events as mv
from evenroll.enrollment.case import LIVE, Case, EndReason, Offered, Opening, Place
from evenroll.enrollment.case_events import PlaceReleased, PlaceReserved
from evenroll.enrollment.case_evolve import evolve
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.dates import span_end
from evenroll.enrollment.decided import Decided, FactMissing, OfCase, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Channel, Form, missing_items
from evenroll.enrollment.leaving import ended_on, open_orders_stopped
from evenroll.enrollment.messages import CancelReason
from evenroll.enrollment.offers import present
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.units import has_begun, places_of, switches
from evenroll.enrollment.waiting_events import Admitted, PlaceCounted
from evenroll.programs.program import ProgramVersion, ServiceChange, Track
from evenroll.quantities.identifiers import CaseNumber

_MAY_CHANGE = frozenset({State.ENROLLED, State.ACTIVE})
_SETTLED = frozenset({None, State.NOT_NEEDED, State.BILLED, State.CANCELLED})
"""States of the service track with nothing on its way at the utility: a second order beside would be refused."""

_OVER = frozenset({State.REFUSED})
_WIRES = frozenset({ServiceChange.REPLACED_RATE, ServiceChange.NEW_SEPARATE_SERVICE})


def change_program(case: Case, command: c.ChangeProgram, facts: CaseFacts) -> Decided | Refusal:
    """Action: a new case for the other program, decided at once on the identity that was proved; terms signed anew."""
    refusal = _may_not_change(case, facts)
    if refusal is not None:
        return refusal
    offered = _offered(case, command, facts)
    if offered is None:
        return Refusal(code=RefusalCode.PROGRAM_NOT_OFFERED, parameters={"program": command.program})
    wanted = next(each for each in facts.programs if (each.key, each.version) == (offered.program, offered.version))
    if not _brings_as_much(wanted, facts.need_program()):
        return Refusal(code=RefusalCode.CHANGE_NEEDS_RETURN, parameters={"program": command.program})
    form = _form(case, command, facts)
    missing = missing_items(form, program=wanted, on=facts.today, known_as=case.proof.customer)
    if missing:
        parameters = {"case": case.number, "lacking": ", ".join(each.value for each in missing)}
        return Refusal(code=RefusalCode.FORM_INCOMPLETE, parameters=parameters)
    number = facts.new_number
    if number is None:
        raise FactMissing("A case for another program needs a number.")
    asked = mv.ProgramChangeAsked(row=Row.ACTION, to=number, program=wanted.key)
    begun = _begun(case, number=number, form=form, offered=offered, facts=facts)
    return Decided(events=(asked,), others=(OfCase(number=number, events=(begun,)),))


def _may_not_change(case: Case, facts: CaseFacts) -> Refusal | None:
    if case.status not in _MAY_CHANGE or case.form is None or case.proof.proved_at is None or case.moves_out_on:
        return not_in_state(case, CommandName.CHANGE_PROGRAM)
    pending = pending_follower(case, facts)
    if pending is not None:
        return Refusal(code=RefusalCode.CHANGE_PENDING, parameters={"case": case.number, "other": pending.number})
    meter = case.tracks.get(f"{Track.METER.value}/{case.pod}")
    if case.state_of(Track.SERVICE) not in _SETTLED or (meter is not None and meter.owner is not None):
        return Refusal(code=RefusalCode.CHANGE_AFTER_SWITCH, parameters={"case": case.number})
    return _held_by_terms(case, facts)


def _held_by_terms(case: Case, facts: CaseFacts) -> Refusal | None:
    """What the old program's own terms still bind the customer to, with the date on which that is over."""
    ends_on = case.agreement.minimum_stay_ends_on if case.agreement else None
    if ends_on is not None and facts.today < ends_on:
        parameters = {"case": case.number, "ends_on": ends_on.isoformat()}
        return Refusal(code=RefusalCode.MINIMUM_STAY, parameters=parameters)
    limit = facts.need_program().changes
    changed_on = facts.changed_on[-limit.changes_max :] if limit else ()
    if limit is None or not changed_on or len(changed_on) < limit.changes_max:
        return None
    again_on = span_end(changed_on[0], span=limit.span)
    if facts.today >= again_on:
        return None
    parameters = {"case": case.number, "ends_on": again_on.isoformat()}
    return Refusal(code=RefusalCode.CHANGES_USED_UP, parameters=parameters)


def pending_follower(case: Case, facts: CaseFacts) -> Case | None:
    """The case for another program that is still on its way; None where there is none, or it came to nothing."""
    found = facts.others.get(case.followed_by) if case.followed_by else None
    if found is None or found.is_ended or found.status in _OVER or found.opening.replaces != case.number:
        return None
    return found


def pending_move(case: Case, facts: CaseFacts) -> Case | None:
    """The case that goes on at another premise and is on its way still; None where there is none."""
    found = facts.others.get(case.followed_by) if case.followed_by else None
    if found is None or found.is_ended or found.status in _OVER or found.opening.continues != case.number:
        return None
    return found


def _offered(case: Case, command: c.ChangeProgram, facts: CaseFacts) -> Offered | None:
    if case.provider is None or case.chosen is None or command.program == case.chosen.program:
        return None
    shown, _ = present(facts.programs, answer=case.provider, on=facts.today)
    mine = [each for each in shown if each.organization == case.organization]
    return next((each for each in mine if each.program == command.program), None)


def _brings_as_much(wanted: ProgramVersion, before: ProgramVersion) -> bool:
    """Whether one order can turn what the old program brought into what the new one brings.

    A price that the new program does not replace has to be switched back to the standard one first: by leaving. So
    has a rider, which another would only be laid upon.
    """
    if not switches(before):
        return True
    if not switches(wanted):
        return False
    old, new = before.service_change, wanted.service_change
    return (old is new and old is not ServiceChange.RIDER) or (old in _WIRES and new in _WIRES)


def _form(case: Case, command: c.ChangeProgram, facts: CaseFacts) -> Form:
    if case.form is None:
        raise FactMissing("Another program is asked for by who had signed a form.")
    return replace(
        case.form,
        channel=Channel.PHONE if facts.by is Role.ENROLLMENT_DESK else Channel.WEB,
        received_at=facts.now,
        answers=command.answers,
        signed_on=command.signed_on,
        consents=command.consents,
        documents=case.form.documents | command.documents,
        selections=command.selections,
        program=command.program,
    )


def _begun(case: Case, *, number: CaseNumber, form: Form, offered: Offered, facts: CaseFacts) -> mv.CaseContinued:
    opening = Opening(
        opened_at=facts.now,
        channel=form.channel,
        language=case.opening.language,
        program=offered.program,
        pod=case.pod,
        postal_code=case.opening.postal_code,
        replaces=case.number,
    )
    return mv.CaseContinued(
        row=Row.ACTION,
        number=number,
        organization=case.organization,
        opening=opening,
        form=form,
        vehicles=case.vehicles,
        provider=case.provider,
        chosen=offered,
        proof=replace(case.proof, attempts=0),
        completed_at=facts.now,
        equipment=case.equipment,
        moves=(facts.move(State.DECIDING),),
    )


def taking_over(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision with what it means for the case that this one follows, or that follows it: in one transaction.

    Two enrollments never hold one unit: the later takes it when the earlier lets go, and never before.
    """
    if case is None or not decided.events or (case.follows is None and case.followed_by is None):
        return decided
    decided = passed_on(case, decided, facts)
    after = _folded(case, decided.events)
    if case.followed_by is not None:
        decided = _hand_on(case, after, decided, facts)
    return _take_over(case, after, decided, facts) if case.follows is not None else decided


def as_if_counted(case: Case | None, name: CommandName, facts: CaseFacts) -> Case | None:
    """The case as row 5 is to see it: a member who moves brings the program's place along, and needs no other."""
    before = _bringer(case, facts) if name is CommandName.DECIDE else None
    if case is None or before is None:
        return case
    return replace(case, counted=before.counted, counted_option=before.counted_option)


def _bringer(case: Case | None, facts: CaseFacts) -> Case | None:
    if case is None or case.opening.continues is None or case.counted is not None or case.chosen is None:
        return None
    before = facts.others.get(case.opening.continues)
    goes_along = before is not None and before.followed_by == case.number and not before.is_ended
    return before if goes_along and before is not None and before.counted == case.chosen.program else None


def passed_on(case: Case | None, decided: Decided, facts: CaseFacts) -> Decided:
    """The decision of a case that was seen `as_if_counted`: the place is passed on only if it is admitted."""
    before = _bringer(case, facts)
    if case is None or before is None or not any(isinstance(event, Admitted) for event in decided.events):
        return decided
    counted = [
        PlaceCounted(row=event.row, program=event.program, option=event.option)
        if isinstance(event, Admitted)
        else event
        for event in decided.events
    ]
    gone = mv.PlacePassedOn(row=Row.R5, to=case.number)
    others = (*decided.others, OfCase(number=before.number, events=(gone,)))
    return replace(decided, events=tuple(counted), others=others)


def _hand_on(case: Case, after: Case, decided: Decided, facts: CaseFacts) -> Decided:
    """The earlier one ends by itself: the unit goes to the later one, where that is enrolled."""
    follower = facts.others.get(case.followed_by) if case.followed_by else None
    if case.is_ended or not after.is_ended or follower is None or follower.status not in LIVE:
        return decided
    if follower.live_places or follower.follows != case.number or facts.followed is None:
        return decided
    taken = _reserved(follower, facts.followed)
    kept = [each for each in decided.others if each.number != follower.number]
    if len(kept) != len(decided.others):
        # The move ends the later one, too: what stands at the premise that is left goes with it.
        return decided
    return replace(decided, others=(*kept, OfCase(number=follower.number, events=taken)))


def _take_over(case: Case, after: Case, decided: Decided, facts: CaseFacts) -> Decided:
    """The later one moves on: it waits for the unit, takes it with the earlier one's end, or as it is free.

    While it waits, what the earlier one has not is kept for it: nobody else can take that, and nothing is two at once.
    """
    before = facts.others.get(case.follows) if case.follows else None
    if after.status not in LIVE or case.live_places:
        return decided
    program = facts.need_program()
    mine = _reserved(after, program)
    events = tuple(event for event in decided.events if not isinstance(event, PlaceReserved))
    if before is None or before.is_ended or before.followed_by != case.number:
        return replace(decided, events=(*events, *mine))
    if case.opening.replaces is None:
        # At another premise the unit is mostly another one; the same vehicle is freed when the old place is left.
        held = any(_same_unit(event.place, each) for event in mine for each in before.live_places)
        return replace(decided, events=events if held else (*events, *mine))
    if not has_begun(after, program):
        return replace(decided, events=(*events, *_kept(case, after, program, before)))
    began_on = after.price_since or facts.today
    stopped, messages = open_orders_stopped(before, CancelReason.CHANGED, facts)
    ended = ended_on(_folded(before, stopped), EndReason.PROGRAM_CHANGED, began_on, replace(facts, program=None))
    others = (*decided.others, OfCase(number=before.number, events=(*stopped, *ended)))
    return replace(decided, events=(*events, *mine), others=others, messages=(*decided.messages, *messages))


def _reserved(case: Case, program: ProgramVersion) -> tuple[PlaceReserved, ...]:
    return tuple(PlaceReserved(row=Row.ACTION, place=each) for each in places_of(case, program))


def _kept(case: Case, after: Case, program: ProgramVersion, before: Case) -> tuple[Event, ...]:
    """What brings the units that are kept for a case to those that it is to have and the one before it has not.

    They are asked for once, on acceptance or when they come to the case: later nothing of it fails by them.
    """
    wanted = places_of(after, program)
    left = [each for each in after.held if each not in wanted]
    gone = tuple(PlaceReleased(row=Row.ACTION, unit_key=each.unit_key) for each in left)
    asked = places_of(case, program) if case.status in LIVE else ()
    there = (*case.held, *asked, *before.live_places)
    return (*gone, *(PlaceReserved(row=Row.ACTION, place=each, held=True) for each in wanted if each not in there))


def _same_unit(one: Place, other: Place) -> bool:
    return (one.unit, one.unit_key) == (other.unit, other.unit_key)


def _folded(case: Case, events: tuple[Event, ...]) -> Case:
    for event in events:
        case = evolve(case, event)
    return case
