"""How each event changes a case. It reads no catalog, calendar, zone or clock: everything needed is in the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from evenroll.enrollment import case_events as e
from evenroll.enrollment import life_events as life
from evenroll.enrollment.case import VIN_CONDITION, Agreement, Case, Draft, MailRoom, OrderLink, Proof, VehicleOfCase
from evenroll.enrollment.ending_events import ENDING_EVENTS
from evenroll.enrollment.ending_fold import ENDING_CHANGES
from evenroll.enrollment.event import Event, event_kind, kinds
from evenroll.enrollment.evolve_leaving import LEAVING_CHANGES, LEAVING_EVENTS
from evenroll.enrollment.form import FormField
from evenroll.enrollment.loaded_events import EnrollmentLoaded, loaded_case
from evenroll.enrollment.money_evolve import LEDGER_FOLDS, MONEY_EVENTS, evolve_ledger
from evenroll.enrollment.moving_events import MOVING_EVENTS, CaseContinued
from evenroll.enrollment.moving_fold import MOVING_CHANGES, continued, released, with_first_vehicle
from evenroll.enrollment.supply_events import SUPPLY_EVENTS
from evenroll.enrollment.supply_fold import SUPPLY_CHANGES
from evenroll.enrollment.track_fold import apply_moves
from evenroll.enrollment.tracks import State
from evenroll.enrollment.waiting_events import WAITING_CHANGES, WAITING_EVENTS, let_go
from evenroll.quantities.changed import changed

Changes = dict[str, Any]


class HistoryBroken(Exception):
    """Events that cannot follow each other: the journal of a case does not begin with its opening."""


def evolve(case: Case | None, event: Event) -> Case:
    """The case after the event. Raises HistoryBroken or moves.MoveRefused for a history that cannot be."""
    kind = type(event)
    if case is None or kind in _BEGINNINGS:
        return _begun(case, event)
    if kind not in _KNOWN:
        raise HistoryBroken(f"{event_kind(event)} is no event of case {case.number}.")
    fold = _CHANGES.get(kind)
    changes = fold(case, event) if fold is not None else {}
    if kind in LEDGER_FOLDS:
        changes["ledger"] = evolve_ledger(case.ledger, event)
    if event.moves:
        changes["tracks"] = apply_moves(case.tracks, event.moves)
    return let_go(changed(case, **changes)) if changes else case


def _begun(case: Case | None, event: Event) -> Case:
    begin = _BEGINNINGS.get(type(event))
    if begin is None:
        raise HistoryBroken(
            f"A case cannot begin with {type(event).__name__}; it begins when it is opened or received."
        )
    return begin(case, event)


def _opened(case: Case | None, event: e.CaseOpened | e.CaseReceived) -> Case:
    # A case that was handed over may come back with its number: it begins anew with what was said meanwhile.
    if case is not None and not (isinstance(event, e.CaseReceived) and case.status is State.HANDED_OVER):
        raise HistoryBroken(f"Case {case.number} is opened a second time.")
    opened = Case(
        number=event.number,
        organization=event.organization,
        opening=event.opening,
        tracks=apply_moves({}, event.moves),
        pod=event.opening.pod,
    )
    if isinstance(event, e.CaseReceived):
        pod = event.provider.pod or event.opening.pod
        return changed(opened, provider=event.provider, pod=pod, form=event.form, draft=event.draft)
    return changed(opened, draft=Draft(answers=event.answers, fields=event.fields)) if event.answers else opened


def _continued(case: Case | None, event: CaseContinued) -> Case:
    if case is not None:
        raise HistoryBroken(f"Case {case.number} is begun a second time.")
    return continued(event)


def _loaded(case: Case | None, event: EnrollmentLoaded) -> Case:
    if case is not None:
        raise HistoryBroken(f"Case {case.number} is begun a second time.")
    return loaded_case(event)


def _answers_saved(case: Case, event: e.AnswersSaved) -> Changes:
    before = case.draft.fields if case.draft else frozenset[FormField]()
    return {"draft": Draft(answers=event.answers, fields=before | event.fields)}


def _provider_asked(case: Case, event: e.ProviderAsked) -> Changes:
    return {"asked_provider_at": case.asked_provider_at or event.asked_at, "pod": event.pod or case.pod}


def _provider_answered(case: Case, event: e.ProviderAnswered) -> Changes:
    return {"provider": event.answer, "pod": event.answer.pod or case.pod, "asked_provider_at": None}


def _usage_point_chosen(case: Case, event: e.UsagePointChosen) -> Changes:
    return {"pod": event.pod}


def _offers_presented(case: Case, event: e.OffersPresented) -> Changes:
    return {"shown": event.shown, "hidden": event.hidden}


def _program_chosen(case: Case, event: e.ProgramChosen) -> Changes:
    return {"chosen": event.offered}


def _hand_over_agreed(case: Case, event: e.HandOverAgreed) -> Changes:
    return {"form": changed(case.form, consents_hand_over=True)} if case.form else {}


def _form_received(case: Case, event: e.FormReceived) -> Changes:
    return {"form": event.form, "proof": changed(case.proof, signed_in=event.signed_in)}


def _cure_received(case: Case, event: e.CureReceived) -> Changes:
    return {"form": event.form}


def _mail_stamped(case: Case, event: e.MailStamped) -> Changes:
    return {"mail": MailRoom(receipt=event.receipt, received_at=event.received_at)}


def _form_keyed(case: Case, event: e.FormKeyed) -> Changes:
    mail = case.mail or MailRoom()
    mail = changed(mail, salt=event.salt) if event.salt else mail
    if event.keying == 1:
        return {"mail": changed(mail, first_by=event.by, first=event.fingerprints)}
    return {"mail": changed(mail, second_by=event.by, second=event.fingerprints)}


def _keyings_differ(case: Case, event: e.KeyingsDiffer) -> Changes:
    return {"mail": changed(case.mail or MailRoom(), differs=event.fields)}


def _application_completed(case: Case, event: e.ApplicationCompleted) -> Changes:
    return {"completed_at": event.completed_at}


def _evidence_given(case: Case, event: e.EvidenceGiven) -> Changes:
    if case.form is None:
        return {}
    return {"form": changed(case.form, answers=event.answers, fields=case.form.fields | event.fields)}


def _proof_failed(case: Case, event: e.ProofFailed) -> Changes:
    return {"proof": changed(case.proof, attempts=event.attempt)}


def _identity_proved(case: Case, event: e.IdentityProved) -> Changes:
    proof = Proof(
        attempts=case.proof.attempts,
        proved_at=event.proved_at,
        factors=event.factors,
        customer=event.customer,
        account=event.account,
        by_staff=event.by_staff,
    )
    return {"proof": proof, "pod": event.pod}


def _vehicle_recorded(case: Case, event: e.VehicleRecorded) -> Changes:
    vehicle = VehicleOfCase(pevid=event.pevid, drivetrain=event.drivetrain, vin_known=event.vin_known)
    return with_first_vehicle(case, vehicle)


def _place_released(case: Case, event: e.PlaceReleased) -> Changes:
    # One unit of several, such as a vehicle that was sold, frees no place of the program.
    freed: Changes = {"counted": None} if case.counted and not event.unit_key else {}
    return {**freed, **released(case, unit_key=event.unit_key)}


def _condition_met(case: Case, event: e.ConditionMet) -> Changes:
    if case.vehicle is None or event.rule != VIN_CONDITION:
        return {}
    return {"vehicles": (changed(case.vehicle, vin_known=True), *case.vehicles[1:])}


def _terms_received(case: Case, event: e.TermsReceived) -> Changes:
    agreement = Agreement(
        terms_received_on=event.terms_received_on,
        signed_on=event.signed_on,
        rescission_ends_on=event.rescission_ends_on,
        minimum_stay_ends_on=event.minimum_stay_ends_on,
    )
    return {"agreement": agreement}


def _decision_made(case: Case, event: e.DecisionMade) -> Changes:
    return {"decided_at": event.decided_at}


def _review_recorded(case: Case, event: e.ReviewRecorded) -> Changes:
    return {"reviewed_at": event.reviewed_at}


def _meter_asked(case: Case, event: life.MeterAsked) -> Changes:
    return {"order": OrderLink(number=event.order, utility=event.utility, need=event.need)}


def _visit_heard(case: Case, event: life.VisitHeard) -> Changes:
    return {"order": changed(case.order, in_service_on=event.in_service_on)} if case.order else {}


def _switch_heard(case: Case, event: life.SwitchHeard) -> Changes:
    return {"order": changed(case.order, switch_on=event.switch_on)} if case.order else {}


def _bill_heard(case: Case, event: life.BillHeard) -> Changes:
    return {"order": changed(case.order, bills=(*case.order.bills, event.bill))} if case.order else {}


def _price_started(case: Case, event: life.PriceStarted) -> Changes:
    return {"price_since": event.since_on}


def _control_started(case: Case, event: life.ControlStarted) -> Changes:
    return {"control_since": event.since_on}


Fold = Callable[[Case, Any], Changes]


def _together(*tables: Mapping[type[Event], Fold]) -> Mapping[type[Event], Fold]:
    """The tables of several subjects as one: an event that two of them note changes what each of them says."""
    merged: dict[type[Event], Fold] = {}
    for table in tables:
        for kind, fold in table.items():
            merged[kind] = _both(merged[kind], fold) if kind in merged else fold
    return MappingProxyType(merged)


def _both(first: Fold, second: Fold) -> Fold:
    return lambda case, event: {**first(case, event), **second(case, event)}


_CHANGES: Mapping[type[Event], Fold] = _together(
    {
        e.AnswersSaved: _answers_saved,
        e.ProviderAsked: _provider_asked,
        e.ProviderAnswered: _provider_answered,
        e.UsagePointChosen: _usage_point_chosen,
        e.OffersPresented: _offers_presented,
        e.ProgramChosen: _program_chosen,
        e.HandOverAgreed: _hand_over_agreed,
        e.FormReceived: _form_received,
        e.CureReceived: _cure_received,
        e.MailStamped: _mail_stamped,
        e.FormKeyed: _form_keyed,
        e.KeyingsDiffer: _keyings_differ,
        e.ApplicationCompleted: _application_completed,
        e.EvidenceGiven: _evidence_given,
        e.ProofFailed: _proof_failed,
        e.IdentityProved: _identity_proved,
        e.VehicleRecorded: _vehicle_recorded,
        e.DecisionMade: _decision_made,
        e.ReviewRecorded: _review_recorded,
        e.PlaceReleased: _place_released,
        e.ConditionMet: _condition_met,
        e.TermsReceived: _terms_received,
        life.MeterAsked: _meter_asked,
        life.VisitHeard: _visit_heard,
        life.SwitchHeard: _switch_heard,
        life.BillHeard: _bill_heard,
        life.PriceStarted: _price_started,
        life.ControlStarted: _control_started,
        e.FormReturned: lambda _case, _event: {"returned": True},
    },
    LEAVING_CHANGES,
    WAITING_CHANGES,
    MOVING_CHANGES,
    SUPPLY_CHANGES,
    ENDING_CHANGES,
)
"""The events that change more than tracks."""

_BEGINNINGS: Mapping[type[Event], Callable[[Case | None, Any], Case]] = MappingProxyType(
    {
        e.CaseOpened: _opened,
        e.CaseReceived: _opened,
        CaseContinued: _continued,
        EnrollmentLoaded: _loaded,
    }
)
"""The events with which a case begins."""

CASE_EVENTS = kinds(
    e.CaseOpened,
    EnrollmentLoaded,
    e.AnswersSaved,
    e.ProviderAsked,
    e.ProviderUnreachable,
    e.ProviderAnswered,
    e.UsagePointChosen,
    e.OffersPresented,
    e.ProgramChosen,
    e.HandOverAgreed,
    e.CaseHandedOver,
    e.CaseReceived,
    e.FormReceived,
    e.MailStamped,
    e.FormKeyed,
    e.KeyingsDiffer,
    e.FormReturned,
    e.ApplicationCompleted,
    e.EvidenceGiven,
    e.RegisterUnreachable,
    e.ProofFailed,
    e.MatchReviewOpened,
    e.IdentityProved,
    e.VehicleRecorded,
    e.DecisionMade,
    e.PlaceReserved,
    e.PlaceReleased,
    e.MeterNeedFound,
    e.ReviewRecorded,
    e.CureAsked,
    e.CureReceived,
    e.ConditionDueSet,
    e.ConditionMet,
    e.TermsReceived,
    e.RescissionEnded,
    e.Enrolled,
    life.MeterAsked,
    life.MeterRequestAnswered,
    life.VisitHeard,
    life.MeterHeard,
    life.SwitchHeard,
    life.BillHeard,
    life.PriceStarted,
    life.ControlStarted,
    life.Activated,
    life.EquipmentChosen,
    life.EquipmentBought,
    life.InstallationRecorded,
    life.InspectionRecorded,
    life.DeviceRegistered,
    life.DeviceTested,
    life.ParametersSet,
    life.ParametersConfirmed,
    life.UseRecorded,
    life.StatementIssued,
    life.WithdrawAsked,
    life.Withdrawn,
    life.WithdrawTooLate,
    life.Rescinded,
    life.Expired,
    life.Reminded,
    life.Escalated,
    life.CancelSent,
    life.CancelHeard,
    life.SupplyLostHeard,
    life.Ended,
    life.RefusedAtProof,
    life.RefusedByProvider,
    life.AppealOpened,
    life.AppealDecided,
    life.RefusalClosed,
    *LEAVING_EVENTS,
    *WAITING_EVENTS,
    *MOVING_EVENTS,
    *ENDING_EVENTS,
    *MONEY_EVENTS,
    *SUPPLY_EVENTS.values(),
)
"""Every event that a case's stream may hold, by kind."""

_KNOWN = frozenset(CASE_EVENTS.values())
