"""Deciding row 5: completeness was row 3, proof was row 4a; here every rule, the place, the terms and what follows."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import case_events as e
from evenroll.enrollment.begin_tracks import begin_tracks
from evenroll.enrollment.case import VIN_CONDITION, Case
from evenroll.enrollment.case_facts import CaseFacts, by_channel, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.dates import span_end
from evenroll.enrollment.decide_disputes import disputed
from evenroll.enrollment.decide_form import RETRIES_MAX
from evenroll.enrollment.decide_waiting import heed_cap, place_fact, place_taken, put_in_line
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.eligibility import (
    EligibilityFacts,
    Known,
    Verdict,
    check_all,
    facts_of_form,
    meter_need,
    open_findings,
    verdict,
)
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import SERVED, MeterFacts, PartnerAway
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import VinState
from evenroll.enrollment.meter_need import MeterNeed, MeterNeedWhy
from evenroll.enrollment.offers import status_for
from evenroll.enrollment.rescission import rescission_ends_on, unverified_window
from evenroll.enrollment.rows import Row
from evenroll.enrollment.rule_judges import JUDGES
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.units import place_of
from evenroll.enrollment.waits import Wait
from evenroll.programs.program import MeterCapability, MeterNeedKind, ProgramVersion, Track, stay_of
from evenroll.programs.rules import CureOwner, Outcome, RuleKind
from evenroll.quantities.changed import changed
from evenroll.quantities.identifiers import PodId


def decide(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 5: the decision with every finding; a fact that could not be had makes the case wait, never a "no".

    Raises FactMissing if the case was not authenticated: eligibility is out of reach before row 4a.
    """
    if case.status is not State.DECIDING or case.form is None:
        return not_in_state(case, CommandName.DECIDE)
    if case.proof.proved_at is None:
        raise FactMissing("Eligibility is decided only for an authenticated case (use-case row 4a).")
    known = facts.eligibility
    if known is None:
        raise FactMissing("Row 5 needs the facts of register, meter and form.")
    if isinstance(known, PartnerAway):
        wait = Wait.LATER if case.course.times >= RETRIES_MAX else Wait.RETRY
        move = facts.move(State.DECIDING, wait=wait)
        return Decided(events=(e.RegisterUnreachable(row=Row.R5, partner=known.partner, moves=(move,)),))
    known = changed(known, places=place_fact(case, facts))
    findings = check_all(facts.need_program(), known)
    return Decided(events=_by_verdict(case, known, findings, facts), place_events=heed_cap(facts))


def _by_verdict(
    case: Case, known: EligibilityFacts, findings: tuple[Finding, ...], facts: CaseFacts
) -> tuple[Event, ...]:
    found = verdict(findings)
    match found:
        case Verdict.COULD_NOT_CHECK:
            move = facts.move(State.DECIDING, wait=Wait.STAFF)
            return (_made(found, known, findings, facts, move),)
        case Verdict.REFUSED:
            return (_made(found, known, findings, facts, facts.move(State.REFUSED)),)
        case Verdict.NOT_YET:
            return (_made(found, known, findings, facts), _cure_asked(case, findings, facts))
        case Verdict.WAITLISTED:
            return (_made(found, known, findings, facts), put_in_line(case, facts))
        case Verdict.ELIGIBLE | Verdict.ELIGIBLE_IF:
            return (_made(found, known, findings, facts), *_accepted(case, findings, facts))


def _cure_asked(case: Case, findings: tuple[Finding, ...], facts: CaseFacts) -> e.CureAsked:
    """Asked of the customer; where only the provider itself can mend it, its desk looks and it is decided again."""
    curable = tuple(each for each in findings if each.outcome is Outcome.CURABLE)
    ours = all(each.cure is not None and each.cure.owner is not CureOwner.CUSTOMER for each in curable)
    move = (
        facts.move(State.DECIDING, wait=Wait.STAFF) if ours else facts.move(State.NEEDS_ANSWER, wait=by_channel(case))
    )
    return e.CureAsked(row=Row.R5, rules=tuple(str(each.rule) for each in curable), moves=(move,))


def _made(
    found: Verdict, known: EligibilityFacts, findings: tuple[Finding, ...], facts: CaseFacts, *moves: Move
) -> e.DecisionMade:
    program = facts.need_program()
    return e.DecisionMade(
        row=Row.R5,
        verdict=found,
        findings=findings,
        facts=known,
        meter=facts.meter,
        program=program.key,
        program_version=program.version,
        content_hash=program.content_hash,
        decided_at=facts.now,
        moves=moves,
    )


def _accepted(case: Case, findings: tuple[Finding, ...], facts: CaseFacts) -> tuple[Event, ...]:
    program = facts.need_program()
    terms = _terms(case, program, facts)
    need = need_of(program, facts.meter, own_meter_there=_own_meter_there(facts))
    events: list[Event] = [
        e.PlaceReserved(row=Row.R5, place=place_of(case, program)),
        *place_taken(case, program),
        e.MeterNeedFound(row=Row.R5, pod=_pod(case), need=need.kind, why=need.why.value),
        *(_condition(each, facts) for each in open_findings(findings)),
    ]
    if terms.rescission_ends_on > facts.today:
        ends_at = facts.calendar.start_of_day(terms.rescission_ends_on)
        return (*events, _with(terms, facts.move(State.IN_RESCISSION, wait=ends_at)))
    return (*events, terms, *_enrolled(case, program, need.kind, facts))


def _with(terms: e.TermsReceived, move: Move) -> e.TermsReceived:
    return e.TermsReceived(
        row=terms.row,
        terms_received_on=terms.terms_received_on,
        signed_on=terms.signed_on,
        rescission_ends_on=terms.rescission_ends_on,
        minimum_stay_ends_on=terms.minimum_stay_ends_on,
        unverified=terms.unverified,
        moves=(move,),
    )


def _terms(case: Case, program: ProgramVersion, facts: CaseFacts) -> e.TermsReceived:
    if case.form is None or case.form.signed_on is None:
        raise FactMissing("A case is decided only with a signed form.")
    ends_on = rescission_ends_on(case, program, facts)
    stay = stay_of(program, supply=status_for(program, answer=case.provider) if case.provider else None)
    return e.TermsReceived(
        row=Row.R5,
        terms_received_on=facts.today,
        signed_on=case.form.signed_on,
        rescission_ends_on=ends_on,
        unverified=unverified_window(case, program),
        minimum_stay_ends_on=span_end(facts.today, span=stay) if stay else None,
    )


def _condition(finding: Finding, facts: CaseFacts) -> e.ConditionDueSet:
    subject = VIN_CONDITION if finding.kind is RuleKind.VIN_PRESENT else str(finding.rule)
    move = facts.move(State.DUE, track=Track.CONDITION, subject=subject)
    return e.ConditionDueSet(row=Row.R5, rule=subject, moves=(move,))


def _own_meter_there(facts: CaseFacts) -> bool:
    known = facts.eligibility
    return isinstance(known, EligibilityFacts) and known.own_meter_there is Known.YES


def need_of(program: ProgramVersion, meter: MeterFacts | None, *, own_meter_there: bool = False) -> MeterNeed:
    """What has to happen to the meter in place."""
    if meter is None and not program.own_metered:
        return MeterNeed(kind=MeterNeedKind.NONE, why=MeterNeedWhy.NOTHING_METERED)
    return meter_need(
        program,
        meter_capability=meter.capability if meter else MeterCapability.TOTAL_REGISTER,
        remote_changeable=meter is not None and meter.remote_changeable,
        interval_opt_out=meter is not None and meter.interval_opt_out,
        own_meter_there=own_meter_there,
    )


def _pod(case: Case) -> PodId:
    if case.pod is None:
        raise FactMissing("A case is decided only for a usage point.")
    return case.pod


def _enrolled(case: Case, program: ProgramVersion, need: MeterNeedKind, facts: CaseFacts) -> tuple[Event, ...]:
    moves = (facts.move(State.ENROLLED), *begin_tracks(case, program, need=need, facts=facts))
    return (e.Enrolled(row=Row.R5, enrolled_on=facts.today, moves=moves),)


def end_rescission(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 5: the window closes unused; only now may a meter be asked for or a supplier product begin."""
    if case.status is not State.IN_RESCISSION or case.agreement is None:
        return not_in_state(case, CommandName.END_RESCISSION)
    if facts.today < case.agreement.rescission_ends_on:
        return not_in_state(case, CommandName.END_RESCISSION)
    program = facts.need_program()
    need = need_of(program, facts.meter).kind
    return Decided(events=(e.RescissionEnded(row=Row.R5), *_enrolled(case, program, need, facts)))


def record_review(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 5, by a person: what a rule leaves to people was looked at; the case is decided again with that fact."""
    if case.status is not State.DECIDING:
        return not_in_state(case, CommandName.RECORD_REVIEW)
    reviewed = e.ReviewRecorded(row=Row.R5, reviewed_at=facts.now, moves=(facts.move(State.DECIDING),))
    return Decided(events=(reviewed,))


def give_cure(case: Case, command: c.SubmitForm, facts: CaseFacts) -> Decided | Refusal:
    """Row 2a or 5: the customer mended it; the case goes on where it stood, ranked by its first receipt."""
    if case.status is not State.NEEDS_ANSWER:
        return not_in_state(case, CommandName.GIVE_CURE)
    form = command.form
    if case.form is not None:
        form = replace(form, received_at=case.form.received_at, channel=case.form.channel)
    served = case.provider is not None and case.provider.kind in SERVED
    to = State.DECIDING if case.proof.proved_at and served else State.FINDING_PROVIDER
    received = e.CureReceived(row=Row.R5, form=form, moves=(facts.move(to),))
    if to is State.DECIDING:
        return Decided(events=(received,))
    asked = e.ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=case.pod)
    return Decided(events=(received, asked))


def meet_condition(case: Case, command: c.MeetCondition, facts: CaseFacts) -> Decided | Refusal:
    """Row 4a: what was due later is here, such as the VIN of a car that was on order."""
    if case.state_of(Track.CONDITION, subject=command.rule) is not State.DUE:
        return not_in_state(case, CommandName.MEET_CONDITION)
    if not _is_met(command, facts):
        return Refusal(code=RefusalCode.CONDITION_OPEN, parameters={"case": case.number, "condition": command.rule})
    move = facts.move(State.MET, track=Track.CONDITION, subject=command.rule)
    new = command.form.papers - (case.form.papers if case.form else frozenset())
    met = e.ConditionMet(row=Row.R4A, rule=command.rule, papers=new, moves=(move,))
    if command.rule != VIN_CONDITION or case.vehicle is None:
        return Decided(events=(met,))
    asked, others = disputed(case, case.vehicle.pevid, facts)
    return Decided(events=(met, *asked), others=others)


def _is_met(command: c.MeetCondition, facts: CaseFacts) -> bool:
    """The condition's own rule, judged again on what the customer brings now; saying so is not enough."""
    form = command.form
    if command.rule == VIN_CONDITION:
        return form.vin_state is VinState.GIVEN
    program = facts.program
    # A condition that is no rule, such as a correction, may be open before any program was chosen.
    rule = next((each for each in program.rules if str(each.id) == command.rule), None) if program else None
    known = facts_of_form(form, applied_on=facts.today)
    return rule is not None and program is not None and JUDGES[rule.kind](rule, program, known).met is Known.YES
