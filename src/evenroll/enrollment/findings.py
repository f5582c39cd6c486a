"""What a rule found: outcome, evidence and cure as codes; the sentences are made at the doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evenroll.programs.rules import CureCode, CureOwner, Outcome, RuleId, RuleKind


class EvidenceCode(StrEnum):
    """What was seen. Together with the rule's kind it selects a sentence of the message catalog."""

    AS_REQUIRED = "as_required"
    NOT_AS_REQUIRED = "not_as_required"
    NOT_KNOWN = "not_known"
    UNSAID = "unsaid"
    VEHICLE_ON_ORDER = "vehicle_on_order"
    VIN_WRONG = "vin_wrong"
    DOCUMENTS_MISSING = "documents_missing"
    EXCLUDED_PROGRAM_LIVE = "excluded_program_live"
    METER_WORK_POSSIBLE = "meter_work_possible"
    METER_WORK_IMPOSSIBLE = "meter_work_impossible"
    NO_WORK_AT_PREMISE = "no_work_at_premise"
    SHARED_GARAGE = "shared_garage"
    LIMIT_REACHED = "limit_reached"
    BARRED_UNTIL = "barred_until"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    REVIEW_NEEDED = "review_needed"
    REVIEWED = "reviewed"
    NOT_CHOSEN_YET = "not_chosen_yet"
    PLACE_THERE = "place_there"
    WAITING_LIST = "waiting_list"
    ALL_PLACES_TAKEN = "all_places_taken"
    OPTION_TAKEN = "option_taken"
    BOUGHT_TOO_EARLY = "bought_too_early"
    CHANGES_USED_UP = "changes_used_up"
    DEVICE_ENROLLED_BEFORE = "device_enrolled_before"
    EXEMPT_BY_RATE = "exempt_by_rate"
    ATTESTED_INSTEAD = "attested_instead"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was seen: a code, and parameters as text (codes, days as YYYY-MM-DD, counts); nothing personal."""

    code: EvidenceCode
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, slots=True)
class Cure:
    """What would meet the rule, who can bring it, and in how many calendar days from the decision."""

    code: CureCode
    owner: CureOwner
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The answer of one rule. cure: present exactly when the outcome is CURABLE or DUE_LATER."""

    rule: RuleId
    kind: RuleKind
    outcome: Outcome
    evidence: Evidence
    cure: Cure | None = None
