"""The subjects of the message catalog: which enum of codes has its texts under which name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from evenroll.costs.compare import AssumptionCode, ScenarioCode
from evenroll.costs.customers.row_faults import RowFaultCode
from evenroll.costs.matching.codes import CannotMake, Differing, LineKind, MatchResult, PastFaultCode, Reason
from evenroll.costs.payback import PaybackCode
from evenroll.enrollment.case import EndReason, Prompter
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import Record
from evenroll.enrollment.credit_duties import CreditDuty
from evenroll.enrollment.dates import DateReason, DateRefusalCode, SwitchTiming
from evenroll.enrollment.decide_merging import MergeFault
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.eligibility import Verdict
from evenroll.enrollment.erasure import ErasureCause, ErasureRefusalCode, HoldCause
from evenroll.enrollment.event_terms import CountedPer
from evenroll.enrollment.facts import Factor, ProviderAnswerKind
from evenroll.enrollment.form import Channel, Dwelling, FormField, Holder, Language, MissingItem, Statement, VinState
from evenroll.enrollment.leaving_codes import CorrectableFact, LeaveReason, SuspensionCause
from evenroll.enrollment.ledger import CreditState, EventResult, MissReason, ReverseReason
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.messages import CancelReason, CancelResult, RequestAnswer, RequestRefusal
from evenroll.enrollment.meter_need import MeterNeedWhy
from evenroll.enrollment.money_events import PaidSource, UsageMissing
from evenroll.enrollment.moving_commands import EquipmentPart
from evenroll.enrollment.moving_events import OwnershipDocument, UnfitReason, VehicleAnswer
from evenroll.enrollment.notices import MessageChannel, NoticeState, WithheldReason
from evenroll.enrollment.offers import HiddenReason
from evenroll.enrollment.papers import LookReason, PaperKind
from evenroll.enrollment.program_event import EventState
from evenroll.enrollment.reversal_commands import ReversalFault, ReversalReason
from evenroll.enrollment.roles import OrganizationKind, Role
from evenroll.enrollment.rows import Row
from evenroll.enrollment.service_order import (
    BackOfficeItem,
    ChangeResult,
    HeldReason,
    VisitObstacle,
    VisitResult,
    VisitWindow,
)
from evenroll.enrollment.statement import StatementMove
from evenroll.enrollment.supply import (
    BillingOption,
    ChargerClass,
    LostReason,
    PevBasis,
    PevGone,
    SupplyCancelResult,
    SupplyNewsKind,
    SupplyTransaction,
    VerificationKind,
)
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import Lane, ServicePath, SourceUseCase
from evenroll.enrollment.way_back import NoWayBack
from evenroll.pages.case_words import CaseWord, DayWord
from evenroll.pages.compare_codes import CompareWord
from evenroll.pages.offer_codes import OfferWord
from evenroll.pages.own_load_codes import OwnNote, OwnRefusal, OwnWord
from evenroll.pages.process_edges import Guard
from evenroll.pages.table_codes import AppealOutcome, RegisterName, ReportWord, SeasonName
from evenroll.pages.waiting_words import WaitingWord
from evenroll.ports.delivery import DropReason
from evenroll.programs.bill import BillKind, LineCode
from evenroll.programs.drafted import DraftFault
from evenroll.programs.program import (
    Activation,
    ConsentKind,
    Coverage,
    DisclosureCode,
    DocumentKind,
    MeterCapability,
    Metering,
    MeterNeedKind,
    ProgramKind,
    ServiceChange,
    SupplyStatus,
    Track,
    Unit,
)
from evenroll.programs.program_terms import (
    EquipmentDay,
    Grid,
    IncentiveIf,
    IncentivePer,
    MissingPrice,
    NotKnown,
    ProtectionKind,
)
from evenroll.programs.reject_codes import RejectAct, RejectCode, RejectKind, RejectOwner, SupplyCure
from evenroll.programs.retention import RetentionClass
from evenroll.programs.rules import CureCode, CureOwner, CustomerClass, Drivetrain, HomeType, Outcome, RuleKind
from evenroll.programs.supply_terms import FinalBillBy
from evenroll.records.load_terms import LoadFaultCode, Standing

SUBJECTS: Mapping[type[StrEnum], str] = MappingProxyType(
    {
        Activation: "activation",
        AssumptionCode: "assumption",
        BackOfficeItem: "back_office",
        BillKind: "bill",
        BillingOption: "billing_option",
        CancelReason: "cancel_reason",
        CancelResult: "cancel_result",
        ChangeResult: "change_result",
        Channel: "channel",
        ChargerClass: "charger",
        CommandName: "command",
        MessageChannel: "message_channel",
        NoticeState: "notice_state",
        WithheldReason: "withheld",
        CreditState: "credit",
        CreditDuty: "credit_duty",
        StatementMove: "statement_move",
        EventResult: "event_result",
        EventState: "program_event",
        CountedPer: "grid",
        MissReason: "miss",
        PaidSource: "paid_source",
        ReverseReason: "reverse_reason",
        UsageMissing: "usage_missing",
        ConsentKind: "consent",
        Coverage: "coverage",
        CureCode: "cure",
        CureOwner: "cure_owner",
        CustomerClass: "customer_class",
        DateReason: "date_reason",
        DateRefusalCode: "date_refusal",
        DisclosureCode: "disclosure",
        DocumentKind: "document",
        Drivetrain: "drivetrain",
        Dwelling: "dwelling",
        EndReason: "end_reason",
        ErasureCause: "erasure_cause",
        ErasureRefusalCode: "erasure_refused",
        HoldCause: "hold",
        RetentionClass: "kept_as",
        EquipmentDay: "equipment_day",
        EquipmentKind: "equipment",
        Factor: "factor",
        FormField: "field",
        Guard: "guard",
        Grid: "events_per",
        HeldReason: "held",
        HiddenReason: "hidden",
        Holder: "holder",
        HomeType: "home",
        IncentiveIf: "incentive_if",
        IncentivePer: "incentive_per",
        Installer: "installer",
        LoadFaultCode: "load_fault",
        RowFaultCode: "row_fault",
        Standing: "load_standing",
        LeaveReason: "leave_reason",
        SuspensionCause: "suspension_cause",
        CorrectableFact: "correctable",
        Lane: "lane",
        Language: "language",
        LineCode: "line",
        LineKind: "past_line",
        MatchResult: "match_result",
        CannotMake: "cannot_make",
        PastFaultCode: "past_fault",
        Differing: "differing",
        Reason: "match_reason",
        LostReason: "lost_reason",
        MeterCapability: "meter_capability",
        MeterNeedKind: "meter_need",
        MeterNeedWhy: "meter_need_why",
        Metering: "metering",
        EquipmentPart: "equipment_part",
        MergeFault: "merge",
        LookReason: "look_reason",
        NoWayBack: "no_way_back",
        PaperKind: "paper",
        UnfitReason: "unfit",
        VehicleAnswer: "vehicle_answer",
        OwnershipDocument: "ownership",
        MissingItem: "missing",
        MissingPrice: "missing_price",
        OrganizationKind: "organization_kind",
        NotKnown: "not_known",
        CompareWord: "compare",
        OwnRefusal: "own_refusal",
        OwnNote: "own_note",
        OwnWord: "own_word",
        OfferWord: "offer",
        PaybackCode: "payback",
        Outcome: "outcome",
        PevBasis: "pev_basis",
        PevGone: "pev_gone",
        FinalBillBy: "final_bill_by",
        DraftFault: "draft_fault",
        DropReason: "drop_reason",
        ProgramKind: "program_kind",
        ProtectionKind: "protection",
        Prompter: "prompter",
        ProviderAnswerKind: "provider_answer",
        Record: "record",
        RefusalCode: "refusal",
        RejectAct: "reject_act",
        RejectCode: "reject",
        RejectKind: "reject_kind",
        RejectOwner: "reject_owner",
        RequestAnswer: "request_answer",
        RequestRefusal: "request_refusal",
        ReversalFault: "reversal",
        ReversalReason: "reversal_reason",
        Role: "role",
        Row: "row",
        RuleKind: "rule",
        ScenarioCode: "scenario",
        ServiceChange: "service_change",
        ServicePath: "path",
        SourceUseCase: "use_case",
        State: "state",
        Statement: "statement",
        SupplyCancelResult: "supply_cancel",
        SupplyCure: "supply_cure",
        SupplyNewsKind: "supply_news",
        SupplyStatus: "supply_status",
        SupplyTransaction: "supply_transaction",
        SwitchTiming: "timing",
        Track: "track",
        Unit: "unit",
        UseKind: "use",
        Verdict: "verdict",
        VerificationKind: "verification",
        WaitingWord: "waiting",
        CaseWord: "case_word",
        SeasonName: "season",
        RegisterName: "register",
        ReportWord: "report_word",
        AppealOutcome: "appeal",
        DayWord: "day_word",
        VinState: "vin",
        VisitObstacle: "obstacle",
        VisitResult: "visit_result",
        VisitWindow: "visit_window",
    }
)
"""Every enum whose members a reader may meet. `EvidenceCode` has variants by what was seen: see `finding_texts`."""

CODED_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "state": "state",
        "merge": "merge",
        "lacking": "missing",
        "command": "command",
        "track": "track",
        "role": "role",
        "need": "meter_need",
        "why": "meter_need_why",
        "open": "back_office",
        "bill": "held",
        "held_for": "held",
        "reversal": "reversal",
        "needed_meter": "meter_capability",
        "coverage": "coverage",
        "credit_state": "credit",
        "per": "grid",
        "fact": "correctable",
        "leave_reason": "leave_reason",
        "vehicle_answer": "vehicle_answer",
        "ownership": "ownership",
        "hold": "hold",
        "kept_as": "kept_as",
    }
)
"""The parameters whose value is a code, or several with commas between, and the subject that gives them words."""
