"""The subjects of the message catalog: which enum of codes has its texts under which name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from evenroll.costs.compare import AssumptionCode, ScenarioCode
from evenroll.enrollment.case import EndReason, Prompter
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.commands import Record
from evenroll.enrollment.dates import DateReason, DateRefusalCode, SwitchTiming
from evenroll.enrollment.decided import RefusalCode
from evenroll.enrollment.eligibility import Verdict
from evenroll.enrollment.facts import Factor, ProviderAnswerKind
from evenroll.enrollment.form import Channel, Dwelling, FormField, Holder, Language, MissingItem, VinState
from evenroll.enrollment.life_events import EquipmentKind, Installer, UseKind
from evenroll.enrollment.messages import CancelReason, CancelResult, RequestAnswer, RequestRefusal
from evenroll.enrollment.meter_need import MeterNeedWhy
from evenroll.enrollment.offers import HiddenReason
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
from evenroll.enrollment.tracks import State
from evenroll.enrollment.use_case import Lane, ServicePath, SourceUseCase
from evenroll.pages.offer_codes import OfferWord
from evenroll.pages.process_edges import Guard
from evenroll.programs.bill import BillKind, LineCode
from evenroll.programs.program import (
    Activation,
    ConsentKind,
    Coverage,
    DisclosureCode,
    DocumentKind,
    MeterCapability,
    MeterNeedKind,
    ProgramKind,
    ServiceChange,
    SupplyStatus,
    Track,
    Unit,
)
from evenroll.programs.rules import CureCode, CureOwner, CustomerClass, Drivetrain, Outcome, RuleKind

SUBJECTS: Mapping[type[StrEnum], str] = MappingProxyType(
    {
        Activation: "activation",
        AssumptionCode: "assumption",
        BackOfficeItem: "back_office",
        BillKind: "bill",
        CancelReason: "cancel_reason",
        CancelResult: "cancel_result",
        ChangeResult: "change_result",
        Channel: "channel",
        CommandName: "command",
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
        EquipmentKind: "equipment",
        Factor: "factor",
        FormField: "field",
        Guard: "guard",
        HeldReason: "held",
        HiddenReason: "hidden",
        Holder: "holder",
        Installer: "installer",
        Lane: "lane",
        Language: "language",
        LineCode: "line",
        MeterCapability: "meter_capability",
        MeterNeedKind: "meter_need",
        MeterNeedWhy: "meter_need_why",
        MissingItem: "missing",
        OrganizationKind: "organization_kind",
        OfferWord: "offer",
        Outcome: "outcome",
        ProgramKind: "program_kind",
        Prompter: "prompter",
        ProviderAnswerKind: "provider_answer",
        Record: "record",
        RefusalCode: "refusal",
        RequestAnswer: "request_answer",
        RequestRefusal: "request_refusal",
        Role: "role",
        Row: "row",
        RuleKind: "rule",
        ScenarioCode: "scenario",
        ServiceChange: "service_change",
        ServicePath: "path",
        SourceUseCase: "use_case",
        State: "state",
        SupplyStatus: "supply_status",
        SwitchTiming: "timing",
        Track: "track",
        Unit: "unit",
        UseKind: "use",
        Verdict: "verdict",
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
        "command": "command",
        "track": "track",
        "role": "role",
        "need": "meter_need",
        "why": "meter_need_why",
        "open": "back_office",
        "bill": "held",
        "held_for": "held",
        "needed_meter": "meter_capability",
        "coverage": "coverage",
    }
)
"""The parameters whose value is a code, or several with commas between, and the subject that gives them words."""
