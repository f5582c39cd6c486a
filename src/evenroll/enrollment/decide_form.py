"""Deciding rows 3 and 4a: the form in every channel, what it lacks, and the proof of who the customer is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import case_events as e
from evenroll.enrollment.case import Case, MailRoom
from evenroll.enrollment.case_facts import CaseFacts, by_channel, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decide_disputes import disputed
from evenroll.enrollment.decide_opening import asked_anew
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import Factor, PartnerAway, RegisterAnswer
from evenroll.enrollment.form import Channel, Form, VinState, missing_items
from evenroll.enrollment.life_events import RefusedAtProof
from evenroll.enrollment.roles import is_same_actor
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import State
from evenroll.enrollment.waits import Wait
from evenroll.quantities.identifiers import PodId

PROOF_ATTEMPTS_MAX = 3
"""After so many failed attempts a person looks (use-case row 4a; limits of guessing)."""

RETRIES_MAX = 4
"""After so many vain questions in a row a partner is asked once a business day, and the desk knows."""

RECEIVED_DAYS_BACK_MAX = 366
"""A letter that was received longer ago than a year was stamped with a slip of the pen."""

AT_HAND = frozenset({Factor.METER_SERIAL, Factor.LAST_BILL_AMOUNT, Factor.CODE_TO_CONTACT, Factor.SIGN_IN})
"""What only the account holder has; any of them is the second factor."""

_TAKES_FORM = frozenset({State.DRAFT, State.FINDING_PROVIDER, State.CHOOSING, State.COMPLETING})
_TAKES_MAIL = frozenset({State.DRAFT, State.COMPLETING})


def submit_form(case: Case, command: c.SubmitForm, facts: CaseFacts) -> Decided | Refusal:
    """Row 3: a completed form is received in any state before it is checked; no answer is ever turned away."""
    if case.status not in _TAKES_FORM:
        return not_in_state(case, CommandName.SUBMIT_FORM)
    if command.form.channel is Channel.MAIL:
        return Refusal(code=RefusalCode.NOT_ALLOWED, parameters={"command": CommandName.SUBMIT_FORM.value})
    if command.form.received_at > facts.now:
        return _not_received(command.form.received_at, facts)
    return Decided(events=(replace(_received(case, command.form, facts), signed_in=facts.signed_in),))


def complete_answers(case: Case, command: c.SubmitForm, facts: CaseFacts) -> Decided | Refusal:
    """Row 3: what was missing is here. The received date stays that of the first receipt."""
    if case.status is not State.COMPLETING or case.form is None:
        return not_in_state(case, CommandName.COMPLETE_ANSWERS)
    form = replace(command.form, received_at=case.form.received_at, channel=case.form.channel)
    return Decided(events=(replace(_received(case, form, facts), signed_in=case.proof.signed_in),))


def _received(case: Case, form: Form, facts: CaseFacts) -> e.FormReceived:
    if case.status in (State.DRAFT, State.COMPLETING):
        return e.FormReceived(row=Row.R3, form=form, moves=(facts.move(case.status, wait=Wait.SYSTEM),))
    # A form may name a program or consent to the hand-over: what it asks for is looked up at once.
    moves = (facts.move(State.CHOOSING),) if case.status is State.CHOOSING else ()
    return e.FormReceived(row=Row.R3, form=form, moves=moves)


def stamp_mail(case: Case, command: c.StampMail, facts: CaseFacts) -> Decided | Refusal:
    """Row 3, mail: the receipt stamp, by which places are ranked; two people then key the paper."""
    if case.status is not State.DRAFT or case.mail is not None:
        return not_in_state(case, CommandName.STAMP_MAIL)
    earliest_on = facts.today - timedelta(days=RECEIVED_DAYS_BACK_MAX)
    if command.received_at > facts.now:
        return _not_received(command.received_at, facts)
    if facts.calendar.business_date(command.received_at) < earliest_on:
        return _not_received(command.received_at, facts, earliest_on=earliest_on)
    stamped = e.MailStamped(
        row=Row.R3,
        receipt=command.receipt,
        received_at=command.received_at,
        moves=(facts.move(State.DRAFT, wait=Wait.KEYING),),
    )
    return Decided(events=(stamped,))


def _not_received(at: datetime, facts: CaseFacts, *, earliest_on: date | None = None) -> Refusal:
    """Nobody has in hand what is still to come: lock-outs, opening days and the waiting list go by the receipt."""
    parameters = {"date": facts.calendar.business_date(at).isoformat()}
    if earliest_on is not None:
        parameters["earliest_on"] = earliest_on.isoformat()
    return Refusal(code=RefusalCode.DATE_WRONG, parameters=parameters)


def key_form(case: Case, command: c.KeyForm, facts: CaseFacts) -> Decided | Refusal:
    """Row 3, mail: two keyings by two people; where they differ a third person settles, field by field."""
    mail = case.mail
    if case.status not in _TAKES_MAIL or mail is None or mail.received_at is None:
        return not_in_state(case, CommandName.KEY_FORM)
    if any(is_same_actor(command.by, before) for before in (mail.first_by, mail.second_by)):
        return Refusal(code=RefusalCode.SAME_PERSON_KEYED, parameters={"case": case.number})
    form = replace(command.form, received_at=mail.received_at, channel=Channel.MAIL)
    if not mail.first_by:
        return Decided(events=(_keyed(case, command, 1, facts),))
    keyed = _keyed(case, command, 3 if mail.second_by else 2, facts)
    differs = _differing(mail, command.fingerprints)
    if differs:
        differ = e.KeyingsDiffer(row=Row.R3, fields=differs, moves=(facts.move(case.status, wait=Wait.KEYING),))
        return Decided(events=(keyed, differ))
    return Decided(events=(keyed, _received(case, form, facts)))


def _keyed(case: Case, command: c.KeyForm, keying: int, facts: CaseFacts) -> e.FormKeyed:
    return e.FormKeyed(
        row=Row.R3,
        by=command.by,
        keying=keying,
        fingerprints=command.fingerprints,
        salt=command.salt,
        moves=(facts.move(case.status, wait=Wait.KEYING),),
    )


def _differing(mail: MailRoom, keyed: Mapping[str, str]) -> tuple[str, ...]:
    """The fields in which no two of the keyings so far agree with this one."""
    keyings = (mail.first, mail.second) if mail.second_by else (mail.first,)
    names = {name for keying in (*keyings, keyed) for name in keying}
    return tuple(sorted(name for name in names if all(keying.get(name) != keyed.get(name) for keying in keyings)))


def check_form(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 3: complete, or returned with everything that is missing at once.

    A form that came while the offer held is decided by it, however long the rest takes; one that came later is not.
    """
    if case.status is not State.COMPLETING or case.form is None:
        return not_in_state(case, CommandName.CHECK_FORM)
    received_on = facts.calendar.business_date(case.form.received_at)
    if case.chosen is not None and received_on > case.chosen.valid_until:
        return Decided(events=(asked_anew(case, facts),))
    missing = missing_items(case.form, program=facts.need_program(), on=facts.today, known_as=case.proof.signed_in)
    if missing:
        move = facts.move(State.COMPLETING, wait=by_channel(case))
        return Decided(events=(e.FormReturned(row=Row.R3, missing=missing, moves=(move,)),))
    completed = e.ApplicationCompleted(row=Row.R3, completed_at=facts.now, moves=(facts.move(State.PROVING),))
    return Decided(events=(completed,))


def with_sign_in(answer: RegisterAnswer, *, case: Case) -> RegisterAnswer:
    """What the register says, and the sign-in with which the form was sent where it is that of the customer it found.

    A sign-in of somebody else proves nothing of this account, and is told to nobody.
    """
    if case.proof.signed_in is None or answer.customer != case.proof.signed_in:
        return answer
    return replace(answer, matched=answer.matched | {Factor.SIGN_IN})


def is_proved(answer: RegisterAnswer, *, pod: PodId | None) -> bool:
    """Whether two independent factors agree on one account that is billed for this usage point.

    One factor is who the customer is (name with account number or service address), the other something that only the
    account holder has at hand (meter, last bill, a code sent to the contact on file, a sign-in by it). Source: use-case
    row 4a.
    """
    has = answer.matched
    knows = Factor.NAME in has and bool(has & {Factor.ACCOUNT_NUMBER, Factor.SERVICE_ADDRESS})
    holds = bool(has & AT_HAND)
    named = answer.account is not None and answer.customer is not None
    return knows and holds and named and pod is not None and pod in answer.pods


def prove_identity(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 4a: proved, or not proved in words that never say whether the account exists."""
    if case.status is not State.PROVING or case.form is None:
        return not_in_state(case, CommandName.PROVE_IDENTITY)
    match facts.register:
        case None:
            raise FactMissing("Row 4a needs the register's answer.")
        case PartnerAway() as away:
            move = facts.move(State.PROVING, wait=Wait.LATER if case.course.times >= RETRIES_MAX else Wait.RETRY)
            return Decided(events=(e.RegisterUnreachable(row=Row.R4A, partner=away.partner, moves=(move,)),))
        case RegisterAnswer() as answer if is_proved(answer, pod=case.pod):
            return _proved(case, case.form, answer, facts)
        case RegisterAnswer():
            return Decided(events=_not_proved(case, facts))


def _proved(case: Case, form: Form, answer: RegisterAnswer, facts: CaseFacts, *, by_staff: bool = False) -> Decided:
    pod = case.pod
    if answer.customer is None or answer.account is None or pod is None or facts.pevid is None:
        raise FactMissing("A proved identity needs customer, account, usage point and a PEVID.")
    if form.drivetrain is None:
        raise FactMissing("A complete form names the vehicle's drivetrain.")
    recorded = e.VehicleRecorded(
        row=Row.R4A, pevid=facts.pevid, drivetrain=form.drivetrain, vin_known=form.vin_state is VinState.GIVEN
    )
    proved = e.IdentityProved(
        row=Row.R4A,
        proved_at=facts.now,
        customer=answer.customer,
        account=answer.account,
        pod=pod,
        factors=answer.matched,
        by_staff=by_staff,
    )
    asked, others = disputed(case, facts.pevid, facts)
    if asked:
        # Whose the account is, is proved; whose the vehicle is, comes first before anything is decided.
        return Decided(events=(recorded, proved, *asked), others=others)
    return Decided(events=(recorded, replace(proved, moves=(facts.move(State.DECIDING),))))


def _not_proved(case: Case, facts: CaseFacts) -> tuple[Event, ...]:
    attempt = case.proof.attempts + 1
    if attempt < PROOF_ATTEMPTS_MAX:
        wait = Wait.MAIL if case.opening.channel is Channel.MAIL else Wait.CUSTOMER
        return (e.ProofFailed(row=Row.R4A, attempt=attempt, moves=(facts.move(State.PROVING, wait=wait),)),)
    review = e.MatchReviewOpened(row=Row.R4A, moves=(facts.move(State.PROVING, wait=Wait.STAFF),))
    return (e.ProofFailed(row=Row.R4A, attempt=attempt), review)


def give_evidence(case: Case, command: c.GiveEvidence, facts: CaseFacts) -> Decided | Refusal:
    """Row 4a: other evidence, to be looked up again."""
    if case.status is not State.PROVING:
        return not_in_state(case, CommandName.GIVE_EVIDENCE)
    in_review = case.proof.attempts >= PROOF_ATTEMPTS_MAX
    moves = () if in_review else (facts.move(State.PROVING),)
    given = e.EvidenceGiven(row=Row.R4A, answers=command.answers, fields=command.fields, moves=moves)
    return Decided(events=(given,))


def settle_match(case: Case, command: c.SettleMatch, facts: CaseFacts) -> Decided | Refusal:
    """Row 4a, by a person: the account is settled, or the case is refused.

    Who was never proved has no appeal, for the case was never decided, and may apply anew with better evidence.
    """
    if case.status is not State.PROVING or case.form is None or case.proof.attempts < PROOF_ATTEMPTS_MAX:
        return not_in_state(case, CommandName.SETTLE_MATCH)
    if command.account is None:
        return Decided(events=(RefusedAtProof(row=Row.R4A, moves=(facts.move(State.REFUSED),)),))
    answer = facts.register
    if not isinstance(answer, RegisterAnswer) or answer.account != command.account or case.pod not in answer.pods:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": case.pod or ""})
    return _proved(case, case.form, answer, facts, by_staff=True)
