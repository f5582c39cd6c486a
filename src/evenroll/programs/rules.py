"""Eligibility rules as data: what a program asks, what follows when it is not so, and what would cure it.

How a rule is judged stands in `enrollment.eligibility`; here is only what a program may say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

RuleId = NewType("RuleId", str)


class Outcome(StrEnum):
    """What one rule found. "Not checked" is never a "no": the case waits until the fact is known."""

    MET = "met"
    CURABLE = "curable"
    DUE_LATER = "due_later"
    FINAL = "final"
    NOT_CHECKED = "not_checked"


class RuleKind(StrEnum):
    """The questions that a program may ask of a customer, a place, a meter or a vehicle."""

    ACCOUNT_ACTIVE = "account_active"
    CUSTOMER_CLASS_IN = "customer_class_in"
    GOOD_STANDING = "good_standing"
    ACCOUNT_HOLDER = "account_holder"
    SUPPLY_STATUS_IN = "supply_status_in"
    CURRENT_RATE_IN = "current_rate_in"
    CURRENT_RATE_NOT_IN = "current_rate_not_in"
    NO_EXCLUDED_PROGRAM = "no_excluded_program"
    NET_METERING_NONE = "net_metering_none"
    METER_REACHABLE = "meter_reachable"
    DWELLING_PERMISSION = "dwelling_permission"
    DRIVETRAIN_IN = "drivetrain_in"
    VEHICLE_MODEL_IN = "vehicle_model_in"
    VIN_PRESENT = "vin_present"
    REGISTERED_AT_SERVICE_LOCATION = "registered_at_service_location"
    DOCUMENT_PRESENT = "document_present"
    COUNT_LIMIT = "count_limit"
    LOCKOUT_OVER = "lockout_over"
    PROGRAM_OPEN = "program_open"
    ASSISTANCE_NONE = "assistance_none"
    LIFE_SUPPORT_REVIEWED = "life_support_reviewed"
    EQUIPMENT_APPROVED = "equipment_approved"
    IN_TERRITORY = "in_territory"
    PLACE_FREE = "place_free"
    """Asked of every program with a cap, whether or not its rules name it."""
    ALL_METERS_CAPABLE = "all_meters_capable"
    CHANGE_COUNT_LIMIT = "change_count_limit"
    HOME_TYPE_IN = "home_type_in"
    ATTESTATION_GIVEN = "attestation_given"
    TELEMATICS_CONNECTED = "telematics_connected"
    NO_OPEN_RECALL = "no_open_recall"
    PURCHASED_WITHIN = "purchased_within"
    ONCE_PER_DEVICE = "once_per_device"


class CustomerClass(StrEnum):
    """The class under which a utility serves an account."""

    RESIDENTIAL = "residential"
    SMALL_BUSINESS = "small_business"
    COMMERCIAL = "commercial"


class Drivetrain(StrEnum):
    """What drives a vehicle: battery only, battery and fuel, or nothing one can plug in."""

    BEV = "bev"
    PHEV = "phev"
    NOT_PLUG_IN = "not_plug_in"


class HomeType(StrEnum):
    """What kind of building a home is in."""

    SINGLE_FAMILY = "single_family"
    MULTI_FAMILY = "multi_family"
    OTHER = "other"


class CureCode(StrEnum):
    """What would turn an unmet rule into a met one."""

    OPEN_ACCOUNT = "open_account"
    PAY_BALANCE = "pay_balance"
    ACCOUNT_HOLDER_APPLIES = "account_holder_applies"
    CHANGE_SUPPLIER = "change_supplier"
    CHANGE_RATE = "change_rate"
    LEAVE_OTHER_PROGRAM = "leave_other_program"
    ACCEPT_INTERVAL_METER = "accept_interval_meter"
    GET_PERMISSION = "get_permission"
    CORRECT_VEHICLE = "correct_vehicle"
    GIVE_VIN = "give_vin"
    CORRECT_REGISTRATION = "correct_registration"
    SEND_DOCUMENT = "send_document"
    REMOVE_OTHER_UNIT = "remove_other_unit"
    APPLY_AFTER_DATE = "apply_after_date"
    STAFF_REVIEW = "staff_review"
    CHOOSE_LISTED_EQUIPMENT = "choose_listed_equipment"
    WAIT_FOR_PLACE = "wait_for_place"
    CONNECT_VEHICLE = "connect_vehicle"
    GIVE_ATTESTATION = "give_attestation"
    MEND_RECALL = "mend_recall"
    SHOW_PURCHASE = "show_purchase"
    USE_OTHER_DEVICE = "use_other_device"
    CHOOSE_OTHER_OPTION = "choose_other_option"
    ANSWER_QUESTION = "answer_question"


class CureOwner(StrEnum):
    """Who can bring the cure about."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    UTILITY = "utility"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleParams:
    """What a rule is asked with.

    values: the admitted (or, for a "not in" rule, excluded) codes, or the documents asked for.
    limit: a count, for rules that count, or days, for rules that ask how long ago something was.
    or_attested: whether the customer's word stands in for the documents. exempt_rates: who comes from one of these
    rates is asked neither for documents nor for their word.
    """

    values: tuple[str, ...] = ()
    limit: int = 0
    or_attested: bool = False
    exempt_rates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One eligibility rule of a program version.

    unmet: the outcome when the answer is known and is not the one asked for: CURABLE, DUE_LATER or FINAL.
    cure, cure_owner, cure_days: what would change it, by whom, in how many calendar days; a FINAL rule has
    none.
    """

    id: RuleId
    kind: RuleKind
    params: RuleParams = field(default_factory=RuleParams)
    unmet: Outcome
    cure: CureCode | None = None
    cure_owner: CureOwner = CureOwner.CUSTOMER
    cure_days: int = 0
