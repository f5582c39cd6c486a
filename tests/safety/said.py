"""What each command of the matrix carries: some payload that its step can read, for a record that need not exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from evenroll.enrollment import case_commands as c
from evenroll.enrollment import leaving_commands as lc
from evenroll.enrollment import messages as m
from evenroll.enrollment import money_commands as money
from evenroll.enrollment import moving_commands as mc
from evenroll.enrollment import order_commands as oc
from evenroll.enrollment import reversal_commands as rc
from evenroll.enrollment import supply_commands as sc
from evenroll.enrollment import supply_messages as sm
from evenroll.enrollment.case import Opening
from evenroll.enrollment.command_names import CommandName as C
from evenroll.enrollment.event_messages import EventCancelTold
from evenroll.enrollment.facts import ProviderAnswer, ProviderAnswerKind
from evenroll.enrollment.form import Channel, Language
from evenroll.enrollment.leaving_codes import CorrectableFact, LeaveReason, SuspensionCause
from evenroll.enrollment.ledger import ReverseReason
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.moving_events import OwnershipDocument, VehicleAnswer
from evenroll.enrollment.service_order import ChangeResult, VisitResult
from evenroll.enrollment.supply import (
    ChargerClass,
    PevBasis,
    SupplyCancelResult,
    SupplyNewsKind,
    SupplyTransaction,
)
from evenroll.enrollment.tracks import State
from evenroll.programs.bill import Bill, BillKind
from evenroll.programs.program import MeterNeedKind, NoticeWindow, ServiceChange, SwitchTiming, Track
from evenroll.programs.reject_codes import RejectCode
from evenroll.programs.rules import Drivetrain
from evenroll.quantities.identifiers import (
    AccountId,
    CaseNumber,
    MeterSerial,
    OrderNumber,
    OrganizationKey,
    Pevid,
    PodId,
    RateKey,
    TrackingNumber,
)
from tests.territory import NOW, Territory

DAY = date(2026, 11, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """The record that a command names, and where it would be. number: of the case or order."""

    territory: Territory
    number: str
    pod: PodId
    books: OrganizationKey

    @property
    def case(self) -> CaseNumber:
        return CaseNumber(self.number)

    @property
    def order(self) -> OrderNumber:
        return OrderNumber(self.number)


def said_with(name: C, about: About) -> object:
    """The payload of a command."""
    make = CARRIED_BY.get(name)
    return c.NoPayload() if make is None else make(about)


def _opening() -> Opening:
    return Opening(opened_at=NOW, channel=Channel.WEB, language=Language.EN, postal_code="60999")


def _open(about: About) -> object:
    return c.OpenCase(number=about.case, organization=about.books, opening=_opening())


def _receive(about: About) -> object:
    answer = ProviderAnswer(kind=ProviderAnswerKind.UTILITY, as_of=DAY, utility=about.books, pod=about.pod)
    forwarded = m.CaseForwarded(
        number=about.case, language=Language.EN, prompted_by="nobody", provider=answer, postal_code="60999"
    )
    return c.ReceiveCase(sender=about.territory.registry, organization=about.books, forwarded=forwarded)


def _request(about: About) -> object:
    request = m.MeterRequested(
        case=CaseNumber("EV-NOBODY"),
        order=about.order,
        pod=about.pod,
        program=about.territory.night.key,
        need=MeterNeedKind.EXCHANGE,
        service_change=ServiceChange.REPLACED_RATE,
        new_rate=RateKey("LE-EV"),
        timing=SwitchTiming.NEXT_SCHEDULED_READ,
        notice=NoticeWindow(),
        asked_on=DAY,
    )
    return oc.ReceiveRequest(request=request, requester=about.territory.esco)


_TRACKING = TrackingNumber("SW-NONE")


def _supply_request(about: About) -> object:
    request = sm.SupplyAsked(
        tracking=TrackingNumber(about.number),
        case=CaseNumber("EV-NOBODY"),
        pod=about.pod,
        postal_code="60999",
        transaction=SupplyTransaction.SWITCH,
    )
    return sc.ReceiveSupplyRequest(request=request, requester=about.territory.esco)


def _bill(about: About) -> object:
    bill = Bill(
        kind=BillKind.CLOSING, rate=RateKey("LE-R"), start_on=DAY, end_on=date(2026, 12, 1), lines=(), total=Decimal(0)
    )
    return m.BillTold(order=about.order, bill=bill)


def _on_case(_about: About) -> object:
    return c.OnTrack(track=Track.CASE)


CARRIED_BY: Mapping[C, Callable[[About], object]] = {
    C.OPEN_CASE: _open,
    C.RECEIVE_CASE: _receive,
    C.CHOOSE_USAGE_POINT: lambda about: c.ChooseUsagePoint(pod=about.pod),
    C.CHOOSE_PROGRAM: lambda about: c.ChooseProgram(program=about.territory.night.key),
    C.SUBMIT_FORM: lambda about: c.SubmitForm(form=about.territory.form()),
    C.COMPLETE_ANSWERS: lambda about: c.SubmitForm(form=about.territory.form()),
    C.GIVE_CURE: lambda about: c.SubmitForm(form=about.territory.form()),
    C.STAMP_MAIL: lambda about: c.StampMail(receipt="R-1", received_at=NOW),
    C.KEY_FORM: lambda about: c.KeyForm(by="", fingerprints={}, form=about.territory.form(channel=Channel.MAIL)),
    C.SETTLE_MATCH: lambda about: c.SettleMatch(),
    C.MEET_CONDITION: lambda about: c.MeetCondition(rule="vin", form=about.territory.form()),
    C.CHOOSE_EQUIPMENT: lambda about: c.ChooseEquipment(kind=next(iter(EquipmentKind)), outlet="store"),
    C.RECORD_PURCHASE: lambda about: c.RecordPurchase(outlet="store", bought_on=DAY, price=Decimal("399.00")),
    C.RECORD_INSTALLATION: lambda about: c.RecordInstallation(
        installer=next(iter(Installer)), installed_on=DAY, serial="EQ-1"
    ),
    C.RECORD_INSPECTION: lambda about: c.RecordInspection(passed=True, inspected_on=DAY),
    C.REGISTER_DEVICE: lambda about: c.RegisterDevice(device="D-1", kind="evse"),
    C.RECORD_DEVICE_TEST: lambda about: c.RecordDeviceTest(device="D-1"),
    C.SET_PARAMETERS: lambda about: c.SetParameters(program=about.territory.night.key),
    C.CONFIRM_PARAMETERS: lambda about: c.ConfirmParameters(),
    C.RECORD_USE: lambda about: c.RecordUse(kind=next(iter(UseKind)), on=DAY, reason="trip"),
    C.SETTLE_APPEAL: lambda about: c.SettleAppeal(reopened=True),
    C.CALL_EVENT: lambda about: money.CallEvent(starts_at=NOW + timedelta(days=2), hours=1),
    C.CANCEL_EVENT: lambda about: money.CancelEvent(),
    C.SETTLE_EVENT: lambda about: money.SettleEvent(),
    C.HEAR_EVENT: lambda about: EventCancelTold(case=about.case, event="E-1"),
    C.RECORD_CHARGING: lambda about: money.RecordCharging(month="2026-10", charged_kwh=Decimal(1)),
    C.APPROVE_CREDIT: lambda about: money.NameCredit(code="bonus", span="enrollment"),
    C.SEND_CREDIT: lambda about: money.NameCredit(code="bonus", span="enrollment"),
    C.RECORD_PAYMENT: lambda about: money.RecordPayment(code="bonus", span="enrollment", paid_on=NOW.date()),
    C.REVERSE_CREDIT: lambda about: money.ReverseCredit(code="bonus", span="enrollment", reason=ReverseReason.ERROR),
    C.SETTLE_PROTECTION: lambda about: money.SettleProtection(),
    C.ASK_SUPPLY: lambda about: sc.AskSupply(),
    C.RECORD_VERIFICATION: lambda about: sc.RecordVerification(reference="TPV-1"),
    C.CHANGE_SUPPLIER: lambda about: sc.ChangeSupplier(),
    C.REJECT_SUPPLY: lambda about: sc.RejectSupply(codes=(RejectCode.OTHER,)),
    C.HEAR_SUPPLY_ANSWER: lambda about: sm.SupplyAnswered(tracking=_TRACKING, accepted=True, effective_on=DAY),
    C.HEAR_SUPPLY_EFFECTIVE: lambda about: sm.SupplyEffective(
        tracking=_TRACKING, pod=about.pod, utility=about.territory.utility, effective_on=DAY
    ),
    C.HEAR_SUPPLY_CANCEL: lambda about: sm.SupplyCancelAnswered(
        tracking=_TRACKING, result=SupplyCancelResult.CANCELLED
    ),
    C.HEAR_SUPPLY_NEWS: lambda about: sm.SupplyNews(pod=about.pod, news=SupplyNewsKind.PENDING, on=DAY),
    C.RECEIVE_SUPPLY_REQUEST: _supply_request,
    C.CANCEL_SUPPLY: lambda about: sm.SupplyCancelAsked(tracking=_TRACKING),
    C.REVERSE_SUPPLY: lambda about: sm.SupplyDisputed(pod=about.pod, disputed_on=DAY),
    C.HEAR_PEV: lambda about: sm.PevTold(
        case=CaseNumber("EV-NOBODY"),
        pod=about.pod,
        drivetrain=Drivetrain.BEV,
        charger=ChargerClass.UNKNOWN,
        basis=PevBasis.CONSENT,
        told_on=DAY,
    ),
    C.CHANGE_PROGRAM: lambda about: mc.ChangeProgram(program=about.territory.night.key, signed_on=DAY),
    C.MOVE_OUT: lambda about: mc.MoveOut(moved_on=DAY),
    C.HEAR_MOVE: lambda about: m.MoveTold(pod=about.pod, moved_on=DAY),
    C.MOVE_IN: lambda about: mc.MoveIn(moved_on=DAY, account=AccountId(10**9)),
    C.MOVE_WITH_CAR: lambda about: mc.MoveWithCar(moved_on=DAY, signed_on=DAY, postal_code="60999"),
    C.ADD_VEHICLE: lambda about: mc.AddVehicle(drivetrain=Drivetrain.BEV),
    C.SWAP_VEHICLE: lambda about: mc.SwapVehicle(drivetrain=Drivetrain.BEV),
    C.REMOVE_VEHICLE: lambda about: mc.RemoveVehicle(pevid=Pevid("PEV-NONE")),
    C.SETTLE_VEHICLE: lambda about: mc.SettleVehicle(pevid=Pevid("PEV-NONE"), kept=True),
    C.ANSWER_VEHICLE: lambda about: mc.AnswerVehicle(answer=VehicleAnswer.SOLD),
    C.PROVE_VEHICLE: lambda about: mc.ProveVehicle(document=OwnershipDocument.TITLE),
    C.CORRECT_VIN: lambda about: mc.CorrectVin(),
    C.SWAP_EQUIPMENT: lambda about: mc.SwapEquipment(part=mc.EquipmentPart.CHARGER),
    C.REMOVE_EQUIPMENT: lambda about: mc.RemoveEquipment(part=mc.EquipmentPart.CHARGER),
    C.MERGE_CASE: lambda about: mc.MergeCase(into=CaseNumber("EV-NOBODY")),
    C.UNENROLL: lambda about: lc.Unenroll(reason=LeaveReason.OTHER),
    C.CLOSE_PROGRAM: lambda about: lc.CloseProgram(program=about.territory.night.key, closes_on=DAY),
    C.SUSPEND: lambda about: lc.Suspend(cause=SuspensionCause.ACCOUNT),
    C.RESUME: lambda about: lc.Resume(),
    C.LOSE_DEVICE: lambda about: lc.LoseDevice(cause="silent"),
    C.PROPOSE_CORRECTION: lambda about: lc.ProposeCorrection(fact=CorrectableFact.SIGNED_DATE, after="2026-11-01"),
    C.SETTLE_CORRECTION: lambda about: lc.SettleCorrection(agreed=True),
    C.REMIND: _on_case,
    C.ESCALATE: _on_case,
    C.END_CONDITION: _on_case,
    C.RECEIVE_REQUEST: _request,
    C.BOOK_VISIT: lambda about: oc.BookVisit(visit_on=DAY),
    C.REBOOK_VISIT: lambda about: oc.BookVisit(visit_on=DAY),
    C.RECORD_VISIT: lambda about: oc.RecordVisit(result=VisitResult.MISSED_BY_UTILITY, visited_on=DAY),
    C.RECORD_REMOTE_CHANGE: lambda about: oc.RecordRemoteChange(result=ChangeResult.FAILED, changed_on=DAY),
    C.SHOW_PERMIT: lambda about: oc.ShowPermit(seen_on=DAY),
    C.COMPLETE_BACK_OFFICE: lambda about: oc.CompleteBackOffice(done=frozenset()),
    C.QUESTION_READ: lambda about: rc.QuestionRead(serial=MeterSerial("M-NONE")),
    C.CORRECT_READ: lambda about: rc.CorrectRead(closing_wh={}, opening_wh={}),
    C.DATE_SWITCH: lambda about: oc.DateSwitch(),
    C.REVERSE_SWITCH: lambda about: rc.ReverseSwitch(reason=rc.ReversalReason.WRONG_RATE),
    C.CANCEL_ORDER: lambda about: m.CancelAsked(order=about.order, reason=m.CancelReason.WITHDRAWN),
    C.LOSE_SUPPLY: lambda about: m.SupplyLost(pod=about.pod, lost_on=DAY),
    C.HEAR_REQUEST_ANSWER: lambda about: m.RequestAnswered(order=about.order, answer=m.RequestAnswer.ACCEPTED),
    C.HEAR_VISIT: lambda about: m.VisitTold(order=about.order, visit_on=DAY, in_service_on=DAY),
    C.HEAR_METER: lambda about: m.MeterTold(order=about.order, state=State.DONE, on=DAY),
    C.HEAR_SWITCH: lambda about: m.SwitchTold(order=about.order, state=State.DATED, switch_on=DAY),
    C.HEAR_BILL: _bill,
    C.HEAR_CANCEL: lambda about: m.CancelAnswered(order=about.order, result=m.CancelResult.CANCELLED),
}
"""What is not here says nothing but its name."""
