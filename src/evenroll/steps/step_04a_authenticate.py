"""Row 4a: two factors against the provider's register prove the customer; the PEV gets our own identifier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import GiveEvidence, MeetCondition
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decide_form import is_proved
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.enrollment.facts import PartnerAway, RegisterAnswer
from evenroll.enrollment.form import FormField
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, pevid
from evenroll.records.asked import Answer, Asked, Taken
from evenroll.records.case_answers import form_with_answers, give_to_customer, keep_answers, read_answers
from evenroll.records.gathered import case_facts
from evenroll.records.prospects import keep_prospect
from evenroll.records.taking import take_case
from evenroll.records.unit_of_work import UnitOfWork
from evenroll.records.vehicle_facts import (
    cases_with_vehicle_of,
    dispute_facts,
    kept_vin_token,
    lock_vin,
    vehicles_elsewhere,
    vin_token,
)

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
    return take_case(work, asked, name=CommandName.MEET_CONDITION, decide=decide, beside=beside)


def _prove(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    number = CaseNumber(asked.number)
    beside = cases_with_vehicle_of(number)

    def decide(case: Case | None) -> Decided | Refusal:
        found = _in_our_books(work, case, asked.outside.register)
        known = _named_elsewhere(work, case, found)
        facts = case_facts(work, case, register=found, pevid=pevid(asked.outside.entropy[:PEVID_BYTES]), **known)
        return decide_case(case, name, asked.command, facts)

    answer = take_case(work, asked, name=name, decide=decide, beside=beside)
    if isinstance(answer, Taken):
        _answers_to_customer(work, asked.number)
    return answer


def _named_elsewhere(work: UnitOfWork, case: Case | None, found: RegisterAnswer | PartnerAway | None) -> dict[str, Any]:
    """Whether another customer's case has the vehicle too. One that came from an earlier case was looked at there.

    Nothing is looked up for whoever is not proved: no stranger learns that a vehicle is known here.
    """
    if case is None or case.form is None or case.follows or not isinstance(found, RegisterAnswer):
        return {}
    if not is_proved(found, pod=case.pod):
        return {}
    vin = kept_vin_token(case.form.answers)
    lock_vin(work, vin)
    return dispute_facts(work, vehicles_elsewhere(vin, but=case.number, customer=found.customer))


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


def _answers_to_customer(work: UnitOfWork, number: str) -> None:
    case = work.case(CaseNumber(number))
    if case is not None and case.form is not None and case.proof.customer is not None:
        give_to_customer(case.form.answers, customer=case.proof.customer)
        give_to_customer(case.mail.salt if case.mail else 0, customer=case.proof.customer)
