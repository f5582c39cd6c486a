"""One application into its case: opened, its form submitted, or its paper stamped and keyed by two persons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from evenroll.enrollment.case import Opening
from evenroll.enrollment.case_commands import KeyForm, OpenCase, StampMail, SubmitForm
from evenroll.enrollment.decided import Refusal
from evenroll.enrollment.form import Channel, Form, FormField
from evenroll.enrollment.roles import Actor, Role
from evenroll.intake.application import Application, Keying
from evenroll.ports.outside import Outside
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import ActorKey, CaseNumber, CustomerId, case_number
from evenroll.records import vault
from evenroll.records.asked import Answer, Asked, Command
from evenroll.records.entering import Entering
from evenroll.records.organizations import current
from evenroll.records.unit_of_work import unit_of_work
from evenroll.steps.step_02_initiate import open_case
from evenroll.steps.step_03_submit import key_form, stamp_mail, submit_form

_OF_CUSTOMERS = frozenset({Channel.WEB})


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenIn:
    """What became of an application at the door. refusal: the first command that was refused, if one was."""

    number: CaseNumber
    refusal: Refusal | None = None


def number_of(application: Application, *, source: str) -> CaseNumber:
    """The number of an application's case, by which it is one and the same whenever it comes again.

    It stands for the sender's own name for the application, in whatever file and row; without one for the row of the
    file. source: the hash of the file's content. The organization must be open.
    """
    named = f"application/{application.organization}/{application.reference}"
    key = named if application.reference else f"{source}/{application.row}"
    return case_number(bytes.fromhex(vault.digest(key, purpose="intake/case")))


def take_in(
    application: Application,
    *,
    source: str,
    now: datetime,
    actor: Actor | None = None,
    papers: frozenset[str] = frozenset(),
    signed_in: CustomerId | None = None,
) -> TakenIn:
    """Open the case of an application and give it its form; the organization must be open, the caller commits.

    source: the hash of the file's content; see `number_of`. Its case has one number, so it cannot be opened twice.
    now: the business clock. actor: who brings it, where it is not the file. papers: digests of those that come with it.
    signed_in: as whom it is sent, from a door that checked the session; no file says it.
    """
    enters = entering_of(application, source=source, now=now)
    number, actor = enters.number, actor or enters.actor
    refusal = _refusal(_ask(actor, open_case, enters.opening, now=now))
    if refusal is None and application.channel is Channel.MAIL:
        refusal = _take_mail(application, number, desk=actor, now=now)
    elif refusal is None:
        refusal = _refusal(_ask(actor, submit_form, _with(enters.form, papers, signed_in), now=now))
    return TakenIn(number=number, refusal=refusal)


def _with(form: Asked, papers: frozenset[str], signed_in: CustomerId | None) -> Asked:
    command = form.command
    assert isinstance(command, SubmitForm)
    outside = replace(form.outside, signed_in=signed_in)
    return replace(form, command=SubmitForm(form=replace(command.form, papers=papers)), outside=outside)


def entering_of(application: Application, *, source: str, now: datetime) -> Entering:
    """The commands of an application that is no mail: its case is opened, its form submitted; see `take_in`."""
    number = number_of(application, source=source)
    form = SubmitForm(form=_form(application, now=now))
    return Entering(
        number=number,
        actor=_actor(application, f"{source[:12]}/{application.row}"),
        opening=Asked(number=number, command=_opening(application, number, now)),
        form=Asked(number=number, command=form, outside=Outside(answers=application.answers)),
    )


def _take_mail(application: Application, number: CaseNumber, *, desk: Actor, now: datetime) -> Refusal | None:
    received_at = _received_at(application.received_on, now=now, calendar=current().calendar)
    stamp = Asked(number=number, command=StampMail(receipt=application.receipt, received_at=received_at))
    refusal = _refusal(_ask(desk, stamp_mail, stamp, now=now))
    for keying in application.keyings if refusal is None else ():
        refusal = refusal or key_in(application, number, keying=keying, now=now)
    return refusal


def key_in(application: Application, number: CaseNumber, *, keying: Keying, now: datetime) -> Refusal | None:
    """One person keys a stamped form. Who keys is the actor of the journal; the same one twice is refused."""
    clerk = Actor(key=ActorKey(keying.by[:60]), role=Role.ENROLLMENT_DESK, organization=application.organization)
    form = _form(application, now=now)
    asked = Asked(
        number=number,
        command=KeyForm(by=keying.by, fingerprints={}, form=form),
        outside=Outside(answers=keying.answers),
    )
    return _refusal(_ask(clerk, key_form, asked, now=now))


def _actor(application: Application, name: str) -> Actor:
    own = application.channel in _OF_CUSTOMERS
    role = Role.CUSTOMER if own else Role.ENROLLMENT_DESK
    return Actor(key=ActorKey(f"file/{name}"), role=role, organization=application.organization)


def _ask(actor: Actor, step: Command, asked: Asked, *, now: datetime) -> Answer:
    with unit_of_work(actor.organization, actor=actor, now=now) as work:
        return step(work, asked=asked)


def _refusal(answer: Answer) -> Refusal | None:
    return answer if isinstance(answer, Refusal) else None


def _opening(application: Application, number: CaseNumber, now: datetime) -> OpenCase:
    opening = Opening(
        opened_at=now,
        channel=application.channel,
        language=application.language,
        prompted_by=application.prompted_by,
        program=application.program,
        offer=application.offer,
        pod=application.pod,
        postal_code=application.answers.get(FormField.POSTAL_CODE, ""),
    )
    return OpenCase(number=number, organization=application.organization, opening=opening)


def _form(application: Application, *, now: datetime) -> Form:
    return Form(
        channel=application.channel,
        received_at=_received_at(application.received_on, now=now, calendar=current().calendar),
        answers=0,
        signed_on=application.signed_on,
        consents=application.consents,
        documents=application.documents,
        program=application.program,
        selections=application.selections,
        drivetrain=application.drivetrain,
        model=application.model,
        vin_state=application.vin_state,
        holder=application.holder,
        dwelling=application.dwelling,
        consents_hand_over=application.consents_hand_over,
        home=application.home,
        statements=application.statements,
        equipment_bought_on=application.equipment_bought_on,
    )


def _received_at(received_on: date | None, *, now: datetime, calendar: ServiceCalendar) -> datetime:
    """Noon of the day of receipt, or now where it is today or was not said."""
    if received_on is None or received_on >= calendar.business_date(now):
        return now
    return calendar.start_of_day(received_on) + timedelta(hours=12)
