"""An enrollment that existed before this system: how a case begins in the middle, with nothing left to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from evenroll.enrollment.case import Agreement, Case, Offered, Opening, Place, Proof
from evenroll.enrollment.case_events import PlaceReserved
from evenroll.enrollment.event import Event
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.life_events import Activated, ControlStarted, PriceStarted
from evenroll.enrollment.rows import Row
from evenroll.enrollment.track_fold import apply_moves, move
from evenroll.enrollment.tracks import Move, State
from evenroll.enrollment.waiting_events import PlaceCounted
from evenroll.programs.program import Activation, ProgramVersion, Track, Unit
from evenroll.quantities.calendars import ServiceCalendar
from evenroll.quantities.identifiers import AccountId, CaseNumber, CustomerId, OrganizationKey, PodId

_NOTHING_TO_DO = (Track.SUPPLY, Track.METER, Track.SERVICE, Track.EQUIPMENT, Track.DEVICE)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrollmentLoaded(Event):
    """The enrollment as the provider's own books had it. Proof and decision were theirs, and stand in no entry here."""

    number: CaseNumber
    organization: OrganizationKey
    opening: Opening
    chosen: Offered
    proof: Proof
    agreement: Agreement


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedEnrollment:
    """What a file tells of an enrollment, with whom and what the books have for it."""

    number: CaseNumber
    organization: OrganizationKey
    customer: CustomerId
    account: AccountId
    pod: PodId
    language: Language
    enrolled_on: date
    active_on: date
    minimum_stay_ends_on: date | None = None


def loaded_case(event: EnrollmentLoaded) -> Case:
    """The case that begins with this event."""
    return Case(
        number=event.number,
        organization=event.organization,
        opening=event.opening,
        tracks=apply_moves({}, event.moves),
        pod=event.opening.pod,
        chosen=event.chosen,
        proof=event.proof,
        agreement=event.agreement,
    )


def place_of_loaded(told: LoadedEnrollment, program: ProgramVersion) -> Place | None:
    """The unit that the enrollment holds; None where the program's unit is a vehicle or device, which no file names."""
    if program.unit not in (Unit.USAGE_POINT, Unit.CUSTOMER):
        return None
    key = str(told.pod) if program.unit is Unit.USAGE_POINT else str(told.customer)
    return Place(family=program.family, unit=program.unit, unit_key=key)


def loaded_enrollment(
    told: LoadedEnrollment, program: ProgramVersion, *, place: Place, now: datetime, calendar: ServiceCalendar
) -> tuple[Event, ...]:
    """The events of an active enrollment that takes its place, under the program version in force.

    Its ledger does not begin: what was earned before was paid before, and nobody is paid twice.
    """
    begun = EnrollmentLoaded(
        row=Row.ACTION,
        moves=_moves(told, now=now, calendar=calendar),
        number=told.number,
        organization=told.organization,
        opening=Opening(opened_at=now, channel=Channel.BULK, language=told.language, program=program.key, pod=told.pod),
        chosen=Offered(
            program=program.key,
            version=program.version,
            content_hash=program.content_hash,
            organization=told.organization,
            valid_until=told.enrolled_on,
        ),
        proof=Proof(customer=told.customer, account=told.account, by_staff=True),
        agreement=Agreement(
            terms_received_on=told.enrolled_on,
            signed_on=told.enrolled_on,
            rescission_ends_on=told.enrolled_on,
            minimum_stay_ends_on=told.minimum_stay_ends_on,
        ),
    )
    counted = (PlaceCounted(row=Row.ACTION, program=program.key),) if program.cap is not None else ()
    active = Activated(
        row=Row.ACTION,
        active_on=told.active_on,
        moves=(move(Track.CASE, State.ACTIVE, now=now, calendar=calendar),),
    )
    return (begun, PlaceReserved(row=Row.ACTION, place=place), *counted, *_started(told, program), active)


def _moves(told: LoadedEnrollment, *, now: datetime, calendar: ServiceCalendar) -> tuple[Move, ...]:
    course = (move(Track.CASE, state, now=now, calendar=calendar) for state in (State.DECIDING, State.ENROLLED))
    beside = (
        move(
            track,
            State.NOT_NEEDED,
            subject=str(told.pod) if track is Track.METER else "",
            now=now,
            calendar=calendar,
        )
        for track in _NOTHING_TO_DO
    )
    return (*course, *beside)


def _started(told: LoadedEnrollment, program: ProgramVersion) -> tuple[Event, ...]:
    price = PriceStarted(row=Row.ACTION, since_on=told.active_on)
    control = ControlStarted(row=Row.ACTION, since_on=told.active_on)
    return {
        Activation.PRICE: (price,),
        Activation.CONTROL: (control,),
        Activation.BOTH: (price, control),
    }[program.activation]
