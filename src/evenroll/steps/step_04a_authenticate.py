"""Row 4a: two factors against the provider's register prove the customer; the PEV gets our own identifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import GiveEvidence, MeetCondition
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_form import is_proved, with_sign_in
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.facts import PartnerAway, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, pevid
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.case_answers import (
    NO_ANSWERS,
    LockedAnswers,
    form_with_answers,
    give_locked,
    give_to_customer,
    keep_answers,
    read_answers,
)
from evenroll.records.gathered import case_facts
from evenroll.records.proof_facts import ProofFacts, facts_for_proof
from evenroll.records.prospects import keep_prospect
from evenroll.records.taking import Beside, PointMoved, take_case
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.records.vehicle_facts import dispute_facts, lock_vin, vehicle_seen, vehicles_elsewhere, vin_token

PEVID_BYTES = 16


def prove_identity(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What the register said of the evidence, as the door asked it; nothing in a form can say it."""
    return _prove(work, asked, name=CommandName.PROVE_IDENTITY)


def settle_match(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A person of the staff settles the match, or that there is none."""
    return _prove(work, asked, name=CommandName.SETTLE_MATCH)


def give_evidence(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Other evidence than before; it replaces what it contradicts."""

    def decide(case: Case | None) -> Decided | Refusal:
        given = asked.outside.answers
        before = case.form.answers if case and case.form else 0
        command = GiveEvidence(answers=keep_answers(given, before=before), fields=frozenset[FormField](given))
        return decide_case(case, CommandName.GIVE_EVIDENCE, command, case_facts(work, case))

    return take_case(work, asked, name=CommandName.GIVE_EVIDENCE, decide=decide)


def meet_condition(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What was due later is here, such as the VIN of a car that was on order."""

    number = CaseNumber(asked.number)
    vin = vin_token(asked.outside.answers.get(FormField.VIN, ""))

    def decide(case: Case | None) -> Decided | Refusal:
        command, known = asked.command, dict[str, Any]()
        if case is not None and isinstance(command, MeetCondition):
            lock_vin(work, vin)
            known = dispute_facts(work, vehicles_elsewhere(vin, but=number, customer=case.proof.customer))
            form = form_with_answers(command.form, asked.outside.answers, case=case)
            command = replace(command, form=form)
        return decide_case(case, CommandName.MEET_CONDITION, command, case_facts(work, case, **known))

    beside = tuple(each.case for each in vehicles_elsewhere(vin, but=number))
    return take_case(work, asked, name=CommandName.MEET_CONDITION, decide=decide, beside=Beside(cases=beside))


def _prove(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    number, locked = CaseNumber(asked.number), list[LockedAnswers]()
    seen = vehicle_seen(number)

    def decide(case: Case | None) -> Decided | Refusal:
        found = _in_our_books(work, case, _with_sign_in(case, asked.outside.register))
        proof, known = _facts_of_proved(work, case, found, vin=seen.vin), dict[str, Any]()
        if proof is not None:
            locked.extend(proof.answers)
            known = dispute_facts(work, proof.elsewhere)
        facts = case_facts(work, case, register=found, pevid=pevid(asked.outside.entropy[:PEVID_BYTES]), **known)
        return decide_case(case, name, asked.command, facts)

    answer = take_case(work, asked, name=name, decide=decide, beside=seen)
    if isinstance(answer, Taken):
        _answers_to_customer(work, number, locked)
    return answer


def _with_sign_in(case: Case | None, found: RegisterAnswer | PartnerAway | None) -> RegisterAnswer | PartnerAway | None:
    return with_sign_in(found, case=case) if case is not None and isinstance(found, RegisterAnswer) else found


def _facts_of_proved(
    work: UnitOfWork, case: Case | None, found: RegisterAnswer | PartnerAway | None, *, vin: str
) -> ProofFacts | None:
    """Which other customers' cases have the vehicle too. One that came from an earlier case was looked at there.

    Nothing is looked up for whoever is not proved: no stranger learns that a vehicle is known here.
    vin: the token as it was seen before the case was locked. Raises PointMoved where the answers have another one now.
    """
    if case is None or case.form is None or case.follows or not isinstance(found, RegisterAnswer):
        return None
    if found.customer is None or not is_proved(found, pod=case.pod):
        return None
    lock_vin(work, vin)
    proof = facts_for_proof(case.form.answers, but=case.number, customer=found.customer)
    if proof.vin != vin:
        raise PointMoved("The application came to another vehicle meanwhile; take the command again.")
    return proof


def _in_our_books(
    work: UnitOfWork, case: Case | None, found: RegisterAnswer | PartnerAway | None
) -> RegisterAnswer | PartnerAway | None:
    """Whom the utility's books prove to a supplier gets an account with that supplier now, and not before."""
    if not isinstance(found, RegisterAnswer) or found.known_at is None or case is None or case.pod is None:
        return found
    named = replace(found, customer=CustomerId(0), account=AccountId(0))
    if case.status is not State.PROVING or not is_proved(named, pod=case.pod):
        return found
    answers, language = read_answers(case.answers), case.opening.language.value
    return keep_prospect(found, pod=case.pod, answers=answers, on=work.business_on, language=language)


def _answers_to_customer(work: UnitOfWork, number: CaseNumber, locked: Sequence[LockedAnswers]) -> None:
    """locked: what the decision locked and read already."""
    case = work.case(number)
    if case is None or case.form is None or case.proof.customer is None:
        return
    customer = case.proof.customer
    known = {(each.ref, each.customer): each for each in locked}
    for ref in (case.form.answers, case.mail.salt if case.mail else NO_ANSWERS):
        at_hand = known.get((ref, customer))
        if at_hand is None:
            give_to_customer(ref, customer=customer)
        else:
            give_locked(work, at_hand)
