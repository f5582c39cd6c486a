"""Deciding rows 2, 2a and 2b: opening, who provides the commodity, what is offered, and the hand-over."""

from __future__ import annotations

from dataclasses import replace

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import case_events as e
from evenroll.enrollment.case import LIVE, Case, Draft, Hidden, Offered, Opening, Prompter
from evenroll.enrollment.case_facts import CaseFacts, not_in_state
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.decided import Decided, FactMissing, Refusal, RefusalCode
from evenroll.enrollment.event import Event
from evenroll.enrollment.facts import SERVED, PartnerAway, ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Channel, Form
from evenroll.enrollment.life_events import RefusedByProvider
from evenroll.enrollment.messages import CaseForwarded, Message
from evenroll.enrollment.offers import HiddenReason, present, provider_to_ask, serving
from evenroll.enrollment.roles import Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.tracks import CASE_ENDS, State
from evenroll.enrollment.waits import Wait
from evenroll.quantities.identifiers import OrganizationKey, ProgramKey

NONE_FITS = "none_fits"
"""The code of a refusal at row 2b: none of the programs is for this customer, and nobody else can be asked."""

_FOR_OTHERS = frozenset({HiddenReason.SUPPLY_NOT_ADMITTED.value, HiddenReason.NOT_YOUR_PROVIDER.value})


def open_case(case: Case | None, command: c.OpenCase, facts: CaseFacts) -> Decided | Refusal:
    """Row 2: a case begins as a draft that the customer owns."""
    if case is not None:
        return Refusal(code=RefusalCode.CASE_EXISTS, parameters={"case": case.number})
    opened = e.CaseOpened(
        row=Row.R2,
        number=command.number,
        organization=command.organization,
        opening=_without_plus_four(command.opening),
        answers=command.answers,
        fields=command.fields,
        moves=(facts.move(State.DRAFT),),
    )
    return Decided(events=(opened,))


_ZIP_DIGITS = 5


def _without_plus_four(opening: Opening) -> Opening:
    """Five digits of a postal code name a district; four more may name a household, and stay in the vault."""
    return replace(opening, postal_code=opening.postal_code[:_ZIP_DIGITS])


def save_answers(case: Case, command: c.SaveAnswers, facts: CaseFacts) -> Decided | Refusal:
    """Row 2: a draft is kept; every saving renews the customer's time, and takes nobody else's turn away."""
    if case.status is not State.DRAFT:
        return not_in_state(case, CommandName.SAVE_ANSWERS)
    moves = (facts.move(State.DRAFT),) if case.course.owner is Role.CUSTOMER else ()
    saved = e.AnswersSaved(row=Row.R2, answers=command.answers, fields=command.fields, moves=moves)
    return Decided(events=(saved,))


def ask_provider(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 2a: the question is put; the answer comes with `find_provider`."""
    if case.status is not State.DRAFT:
        return not_in_state(case, CommandName.ASK_PROVIDER)
    asked = e.ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=case.pod, moves=(facts.move(State.FINDING_PROVIDER),))
    return Decided(events=(asked,))


def find_provider(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 2a: the clearinghouse's answer decides who goes on; when it is away the case waits, never guesses."""
    if case.status is not State.FINDING_PROVIDER:
        return not_in_state(case, CommandName.FIND_PROVIDER)
    match facts.provider:
        case None:
            raise FactMissing("Row 2a needs the clearinghouse's answer.")
        case PartnerAway() as away:
            return Decided(events=(_unreachable(case, away, facts),))
        case ProviderAnswer() as answer:
            return Decided(events=_answered(answer, facts))


def _unreachable(case: Case, away: PartnerAway, facts: CaseFacts) -> e.ProviderUnreachable:
    asked_on = facts.calendar.business_date(case.asked_provider_at or facts.now)
    overdue = facts.today >= facts.calendar.add_business_days(asked_on, 1)
    wait = Wait.STAFF if overdue else Wait.RETRY
    return e.ProviderUnreachable(
        row=Row.R2A,
        partner=away.partner,
        attempt=case.course.times + 1,
        moves=(facts.move(State.FINDING_PROVIDER, wait=wait),),
    )


def _answered(answer: ProviderAnswer, facts: CaseFacts) -> tuple[Event, ...]:
    if answer.kind in SERVED:
        return (_heard(answer, facts, State.CHOOSING, Wait.FIRST),)
    match answer.kind:
        case ProviderAnswerKind.PENDING_TO:
            return (_heard(answer, facts, State.FINDING_PROVIDER, Wait.LATER),)
        case ProviderAnswerKind.SEVERAL_POINTS | ProviderAnswerKind.NOT_FOUND:
            return (_heard(answer, facts, State.NEEDS_ANSWER, Wait.FIRST),)
        case _:
            refused = RefusedByProvider(row=Row.R2A, code=answer.kind.value, moves=(facts.move(State.REFUSED),))
            return (e.ProviderAnswered(row=Row.R2A, answer=answer), refused)


def _heard(answer: ProviderAnswer, facts: CaseFacts, to: State, wait: Wait) -> e.ProviderAnswered:
    return e.ProviderAnswered(row=Row.R2A, answer=answer, moves=(facts.move(to, wait=wait),))


def choose_usage_point(case: Case, command: c.ChooseUsagePoint, facts: CaseFacts) -> Decided | Refusal:
    """Row 2a: of several usage points the customer names one, and the clearinghouse is asked again."""
    if case.status is not State.NEEDS_ANSWER or case.provider is None:
        return not_in_state(case, CommandName.CHOOSE_USAGE_POINT)
    if command.pod not in case.provider.points:
        return Refusal(code=RefusalCode.POINT_NOT_OFFERED, parameters={"pod": command.pod})
    chosen = e.UsagePointChosen(row=Row.R2A, pod=command.pod)
    asked = e.ProviderAsked(
        row=Row.R2A, asked_at=facts.now, pod=command.pod, moves=(facts.move(State.FINDING_PROVIDER),)
    )
    return Decided(events=(chosen, asked))


def present_offers(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 2b: what this customer may choose. A program asked for already, and shown, is thereby chosen.

    Where none is for them, and no other provider can take the case, it is refused with every reason, and not kept
    waiting until it lapses.
    """
    if case.status is not State.CHOOSING or case.provider is None:
        return not_in_state(case, CommandName.PRESENT_OFFERS)
    shown, hidden = present(facts.programs, answer=case.provider, on=facts.today, at=case.organization)
    wanted = next((offered for offered in shown if offered.program == _asked(case)), None)
    if wanted is not None:
        presented = e.OffersPresented(row=Row.R2B, shown=shown, hidden=hidden)
        return Decided(events=(presented, _chosen(case, wanted, facts)))
    if not shown and _is_final(hidden) and not _only_others(case, shown):
        presented = e.OffersPresented(row=Row.R2B, shown=shown, hidden=hidden)
        refused = RefusedByProvider(row=Row.R2B, code=NONE_FITS, moves=(facts.move(State.REFUSED),))
        return Decided(events=(presented, refused))
    wait = _hand_over_wait(case) if _only_others(case, shown) else Wait.CUSTOMER
    moves = (facts.move(State.CHOOSING, wait=wait),)
    return Decided(events=(e.OffersPresented(row=Row.R2B, shown=shown, hidden=hidden, moves=moves),))


def _is_final(hidden: tuple[Hidden, ...]) -> bool:
    """Whether waiting helps nobody: no program is hidden for a reason that passes by itself."""
    return all(each.reason in _FOR_OTHERS for each in hidden)


def _asked(case: Case) -> ProgramKey | None:
    """The program that the customer named last: on the form, by an earlier choice, or on opening."""
    if case.form and case.form.program:
        return case.form.program
    return case.chosen.program if case.chosen else case.opening.program


def _only_others(case: Case, shown: tuple[Offered, ...]) -> bool:
    """None of our own programs fits, and another provider serves this customer.

    One that would first take the customer over does not count: who did not name it goes to whoever serves them.
    """
    serves = case.provider is not None and case.organization in serving(case.provider)
    ours = serves and any(offered.organization == case.organization for offered in shown)
    to = provider_to_ask(case.provider) if case.provider else None
    return not ours and to is not None and to != case.organization


def _hand_over_wait(case: Case) -> Wait:
    agreed = case.form is not None and case.form.consents_hand_over
    return Wait.SYSTEM if agreed else Wait.CONSENT


def _chosen(case: Case, offered: Offered, facts: CaseFacts) -> e.ProgramChosen:
    """The choice: ours goes on to the form, another provider's waits for the hand-over."""
    if offered.organization == case.organization:
        move = facts.move(State.COMPLETING, wait=Wait.SYSTEM if case.form is not None else Wait.FIRST)
    else:
        move = facts.move(State.CHOOSING, wait=_hand_over_wait(case))
    return e.ProgramChosen(row=Row.R2B, offered=offered, moves=(move,))


def choose_program(case: Case, command: c.ChooseProgram, facts: CaseFacts) -> Decided | Refusal:
    """Row 2b: the customer's choice among what was shown; another provider's program means a hand-over.

    An offer that has run out is no offer: it is looked up anew who serves the customer and what they offer now.
    """
    if case.status is not State.CHOOSING:
        return not_in_state(case, CommandName.CHOOSE_PROGRAM)
    offered = next((each for each in case.shown if each.program == command.program), None)
    if offered is None:
        return Refusal(code=RefusalCode.PROGRAM_NOT_OFFERED, parameters={"program": command.program})
    if facts.today > offered.valid_until:
        return Decided(events=(asked_anew(case, facts),))
    return Decided(events=(_chosen(case, offered, facts),))


def asked_anew(case: Case, facts: CaseFacts) -> e.ProviderAsked:
    """What was offered holds no more: all that an offer rests on is looked up again, and the customer chooses."""
    moves = (facts.move(State.FINDING_PROVIDER),)
    return e.ProviderAsked(row=Row.R2A, asked_at=facts.now, pod=case.pod, moves=moves)


def agree_hand_over(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 2b: with consent the case may go to the provider who serves the customer, where that is another one."""
    if case.status is not State.CHOOSING or _receiver(case) is None:
        return not_in_state(case, CommandName.AGREE_HAND_OVER)
    agreed = e.HandOverAgreed(row=Row.R2B, moves=(facts.move(State.CHOOSING, wait=Wait.SYSTEM),))
    return Decided(events=(agreed,))


def hand_over(case: Case, _command: c.NoPayload, facts: CaseFacts) -> Decided | Refusal:
    """Row 2b: the case goes on at the right door: same number, same received date, nothing typed again."""
    to = _receiver(case)
    if case.status is not State.CHOOSING or case.provider is None or to is None:
        return not_in_state(case, CommandName.HAND_OVER)
    program = case.chosen.program if case.chosen else (case.form.program if case.form else case.opening.program)
    forwarded = CaseForwarded(
        number=case.number,
        language=case.opening.language,
        prompted_by=case.opening.prompted_by.value,
        provider=case.provider,
        postal_code=case.opening.postal_code,
        program=program,
        # Papers stay with whom they were sent to, and so does what names them.
        form=replace(case.form, papers=frozenset()) if case.form else None,
        fields=case.draft.fields if case.draft else frozenset(),
    )
    sealed = case.answers or None
    message = Message(to=to, conversation=case.number, body=forwarded, sealed=sealed)
    handed = e.CaseHandedOver(row=Row.R2B, to=to, moves=(facts.move(State.HANDED_OVER),))
    return Decided(events=(handed,), messages=(message,))


def _receiver(case: Case) -> OrganizationKey | None:
    """The other provider to whom the case goes; None where there is none, or the customer may choose here."""
    chosen = next((each for each in case.shown if case.chosen and each.program == case.chosen.program), None)
    if chosen is not None:
        to = chosen.organization
    else:
        # Nothing chosen, or what was chosen is no longer for this customer.
        to = provider_to_ask(case.provider) if case.provider and _only_others(case, case.shown) else None
    return None if to == case.organization else to


def needs_own_number(status: State | None) -> bool:
    """Whether a case that is forwarded to us gets a number of its own: that number has an enrollment here, or had one.

    Only one that we handed over ourselves comes back to its own story. status: of the case that has the number here.
    """
    return status is not None and status is not State.HANDED_OVER and (status in LIVE or status in CASE_ENDS)


def receive_case(case: Case | None, command: c.ReceiveCase, facts: CaseFacts) -> Decided | Refusal:
    """Row 2b at the right door: the case begins here with what the customer had said already.

    One that we had handed over ourselves may come back: meanwhile the customer's provider changed again. Where the
    number has a story here already, the case gets one of its own (`command.number`) and names the number it came under.
    """
    forwarded = command.forwarded.number
    if case is not None and case.status is not State.HANDED_OVER:
        return Refusal(code=RefusalCode.CASE_EXISTS, parameters={"case": case.number})
    received = e.CaseReceived(
        row=Row.R2B,
        number=command.number or forwarded,
        organization=command.organization,
        opening=_opening_from(command, facts),
        provider=command.forwarded.provider,
        form=_form_stored_here(command),
        draft=_draft_stored_here(command),
        moves=(facts.move(State.CHOOSING),),
    )
    return Decided(events=(received,))


def _form_stored_here(command: c.ReceiveCase) -> Form | None:
    """The sender's form with the reference to the answers as we stored them; theirs means nothing here."""
    form = command.forwarded.form
    return replace(form, answers=command.answers) if form else None


def _draft_stored_here(command: c.ReceiveCase) -> Draft | None:
    if command.forwarded.form is not None or not command.answers:
        return None
    return Draft(answers=command.answers, fields=command.forwarded.fields)


def _opening_from(command: c.ReceiveCase, facts: CaseFacts) -> Opening:
    forwarded = command.forwarded
    return Opening(
        opened_at=facts.now,
        channel=forwarded.form.channel if forwarded.form else Channel.PARTNER,
        language=forwarded.language,
        prompted_by=Prompter(forwarded.prompted_by),
        program=forwarded.program,
        pod=forwarded.provider.pod,
        postal_code=forwarded.postal_code,
        received_from=command.sender,
        received_as=forwarded.number if command.number not in (None, forwarded.number) else None,
    )
