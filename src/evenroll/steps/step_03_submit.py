"""Row 3: the completed form, in every channel one record; what is missing is told all at once."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment.case import Case
from evenroll.enrollment.case_commands import KeyForm, SubmitForm
from evenroll.enrollment.case_events import FormReceived
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide import decide_case
from evenroll.enrollment.decided import Decided, Refusal
from evenroll.records.asked import Answer, Asked
from evenroll.records.case_answers import describe, fingerprints, form_with_answers, keep_salt
from evenroll.records.gathered import case_facts
from evenroll.records.taking import plain_case, take_case
from evenroll.records.unit_of_work import UnitOfWork


def submit_form(work: UnitOfWork, *, asked: Asked) -> Answer:
    """A form comes in; its answers are kept apart, encrypted. Who was signed in is what the door says, of this form."""
    return _take_form(work, asked, name=CommandName.SUBMIT_FORM)


def complete_answers(work: UnitOfWork, *, asked: Asked) -> Answer:
    """What was missing is here; it is added to the answers given before."""
    return _take_form(work, asked, name=CommandName.COMPLETE_ANSWERS)


def stamp_mail(work: UnitOfWork, *, asked: Asked) -> Answer:
    """An envelope is stamped on receipt."""
    return plain_case(work, asked, name=CommandName.STAMP_MAIL)


def key_form(work: UnitOfWork, *, asked: Asked) -> Answer:
    """One person keys the paper. Who keyed is who is signed in, and what agrees is told by keyed hashes."""

    def decide(case: Case | None) -> Decided | Refusal:
        command, answers = asked.command, asked.outside.answers
        if case is None or not isinstance(command, KeyForm):
            return decide_case(case, CommandName.KEY_FORM, command, case_facts(work, case))
        salt = _salt_of(case)
        marks = fingerprints(answers, salt=salt)
        form = describe(command.form, answers, before=None)
        keyed = KeyForm(by=work.actor.key, fingerprints=marks, form=form, salt=salt)
        decided = decide_case(case, CommandName.KEY_FORM, keyed, case_facts(work, case))
        if isinstance(decided, Refusal) or not any(isinstance(each, FormReceived) for each in decided.events):
            return decided
        # Only the keying that two agree on is kept; the paper keeps the others.
        kept = replace(keyed, form=form_with_answers(command.form, answers, case=case))
        return decide_case(case, CommandName.KEY_FORM, kept, case_facts(work, case))

    return take_case(work, asked, name=CommandName.KEY_FORM, decide=decide)


def _salt_of(case: Case) -> int:
    """The key of a form's hashes: made for its first keying."""
    known = case.mail
    return known.salt if known is not None and known.first_by else keep_salt()


def check_form(work: UnitOfWork, *, asked: Asked) -> Answer:
    """Complete, or returned with everything that is missing."""
    return plain_case(work, asked, name=CommandName.CHECK_FORM)


def _take_form(work: UnitOfWork, asked: Asked, *, name: CommandName) -> Answer:
    def decide(case: Case | None) -> Decided | Refusal:
        command = asked.command
        if case is not None and isinstance(command, SubmitForm):
            command = SubmitForm(form=form_with_answers(command.form, asked.outside.answers, case=case))
        return decide_case(case, name, command, case_facts(work, case, signed_in=asked.outside.signed_in))

    return take_case(work, asked, name=name, decide=decide)
