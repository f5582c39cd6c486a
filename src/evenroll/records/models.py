"""Every table, gathered from the files of its subject, where Django looks for it."""

from evenroll.records.model_cases import CaseRecord, Place, PointRecord, ServiceOrderRecord, TrackRecord
from evenroll.records.model_desk import DeskBatch, DeskClaim, DeskExport
from evenroll.records.model_drafts import ProgramDraft
from evenroll.records.model_erasure import CaseKept, ErasureRecord
from evenroll.records.model_intake import BusinessClock, IntakeFile, IntakeRow, MailForm
from evenroll.records.model_intervals import IntervalRead
from evenroll.records.model_journal import (
    CommandAnswer,
    InboxMessage,
    JournalEntry,
    OutboxMessage,
    StreamHead,
)
from evenroll.records.model_lines import ProgramLine, ProgramPlaceRecord
from evenroll.records.model_loads import ApprovedEquipment, LoadRun, PriceOfHour, PriceStamp
from evenroll.records.model_money import IncentiveEntry, ProgramEventRecord
from evenroll.records.model_notices import ChannelChoice, Notice
from evenroll.records.model_offers import OfferShown, ProgramVersionRow
from evenroll.records.model_operation import WorkerSeen
from evenroll.records.model_papers import DraftPaper, Paper, PersonalLook
from evenroll.records.model_people import Customer, CustomerAccount, MemberChange, Membership, Organization, User
from evenroll.records.model_places import Meter, MeterRead, ServiceLocation, SupplyRegistry, UsagePoint
from evenroll.records.model_reports import ReportCell, ReportProgress, ReportRow
from evenroll.records.model_seal import SealCheckpoint, SealLeaf, SealProgress, SealTile, SealTree
from evenroll.records.model_service import Bill, ChargingEquipment, ControlDevice, ServiceAgreement, Vehicle
from evenroll.records.model_supply import PevAtPointRecord, SupplierExit, SupplyRequestRecord
from evenroll.records.model_vault import CustomerKey, MasterKeyMark, PersonalRecord, SearchToken
from evenroll.records.model_web import (
    DraftCount,
    EnrollmentDraft,
    StaffSignInRecord,
    WebCacheEntry,
    WebCount,
    WebPasskey,
    WebSession,
    WebSignInSubject,
)
from evenroll.records.model_web_letters import DraftLetter, WebLetter

__all__ = [
    "ApprovedEquipment",
    "Bill",
    "BusinessClock",
    "CaseKept",
    "CaseRecord",
    "ChannelChoice",
    "ChargingEquipment",
    "CommandAnswer",
    "ControlDevice",
    "Customer",
    "CustomerAccount",
    "CustomerKey",
    "DeskBatch",
    "DeskClaim",
    "DeskExport",
    "DraftCount",
    "DraftLetter",
    "DraftPaper",
    "EnrollmentDraft",
    "ErasureRecord",
    "InboxMessage",
    "IncentiveEntry",
    "IntakeFile",
    "IntakeRow",
    "IntervalRead",
    "JournalEntry",
    "LoadRun",
    "MailForm",
    "MasterKeyMark",
    "MemberChange",
    "Membership",
    "Meter",
    "MeterRead",
    "Notice",
    "OfferShown",
    "Organization",
    "OutboxMessage",
    "Paper",
    "PersonalLook",
    "PersonalRecord",
    "PevAtPointRecord",
    "Place",
    "PointRecord",
    "PriceOfHour",
    "PriceStamp",
    "ProgramDraft",
    "ProgramEventRecord",
    "ProgramLine",
    "ProgramPlaceRecord",
    "ProgramVersionRow",
    "ReportCell",
    "ReportProgress",
    "ReportRow",
    "SealCheckpoint",
    "SealLeaf",
    "SealProgress",
    "SealTile",
    "SealTree",
    "SearchToken",
    "ServiceAgreement",
    "ServiceLocation",
    "ServiceOrderRecord",
    "StaffSignInRecord",
    "StreamHead",
    "SupplierExit",
    "SupplyRegistry",
    "SupplyRequestRecord",
    "TrackRecord",
    "UsagePoint",
    "User",
    "Vehicle",
    "WebCacheEntry",
    "WebCount",
    "WebLetter",
    "WebPasskey",
    "WebSession",
    "WebSignInSubject",
    "WorkerSeen",
]
