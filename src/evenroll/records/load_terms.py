"""The words of loading: the kinds of data, what may be wrong with a row, and how a file differs from the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLES_MAX = 5
"""Of each standing so many rows are shown."""


class LoadKind(StrEnum):
    """What a file holds; also the word on the command line."""

    ACCOUNTS = "accounts"
    PREMISES = "premises"
    USAGE_POINTS = "usage_points"
    METERS = "meters"
    READS = "reads"
    INTERVAL_READS = "interval_reads"
    RATES = "rates"
    SUPPLIER_OF_RECORD = "supplier_of_record"
    APPROVED_EQUIPMENT = "approved_equipment"
    PRICE_SERIES = "price_series"
    ENROLLMENTS = "enrollments"


class Standing(StrEnum):
    """How a row of a file stands to the books. KEPT: they know better by Evenroll's own work and stay.

    MISSING: no row at all, but an hour that lacks between those that a file of intervals tells.
    """

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    ABSENT = "absent"
    MISSING = "missing"


class LoadFaultCode(StrEnum):
    """What is wrong with a row of a loaded file; pages/catalog/load.yaml says it in sentences, with the cure."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"
    CONTROL_CHARACTER = "control_character"
    NUL = "nul"
    NOT_A_NUMBER_GIVEN = "not_a_number_given"
    NOT_A_CODE = "not_a_code"
    NOT_A_NAME_OF_GOODS = "not_a_name_of_goods"
    NOT_A_CHOICE = "not_a_choice"
    NOT_YES_OR_NO = "not_yes_or_no"
    NOT_A_DATE = "not_a_date"
    DATE_AMBIGUOUS = "date_ambiguous"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_AN_ENERGY = "not_an_energy"
    NOT_REGISTER_VALUES = "not_register_values"
    NOT_WATT_HOURS = "not_watt_hours"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_PRICE = "not_a_price"
    NOT_AN_INSTANT = "not_an_instant"
    LOCAL_TIME_TWICE = "local_time_twice"
    LOCAL_TIME_NEVER = "local_time_never"
    POSTAL_CODE_WRONG = "postal_code_wrong"
    EMAIL_WRONG = "email_wrong"
    PHONE_WRONG = "phone_wrong"
    END_NOT_AFTER_START = "end_not_after_start"
    AFTER_AS_OF = "after_as_of"
    ONE_OF_MISSING = "one_of_missing"
    ONE_OF_TWICE = "one_of_twice"
    DUPLICATE = "duplicate"
    PREMISE_UNKNOWN = "premise_unknown"
    ACCOUNT_UNKNOWN = "account_unknown"
    AMBIGUOUS = "ambiguous"
    USAGE_POINT_UNKNOWN = "usage_point_unknown"
    METER_UNKNOWN = "meter_unknown"
    PROGRAM_UNKNOWN = "program_unknown"
    PERIODS_GAP = "periods_gap"
    PERIODS_OVERLAP = "periods_overlap"
    TWO_METERS_IN_PLACE = "two_meters_in_place"
    METER_ELSEWHERE = "meter_elsewhere"
    HOURS_OVERLAP = "hours_overlap"
    NOT_AN_INTERVAL = "not_an_interval"
    INTERVALS_OVERLAP = "intervals_overlap"
    PLACE_TAKEN = "place_taken"
    PROGRAM_FULL = "program_full"
    NOT_OF_ACCOUNT = "not_of_account"
    ENROLLMENT_UNIT = "enrollment_unit"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadFault:
    """One thing that is wrong with a row. column: "" for the row as a whole. choices: what the sentence names.

    The value itself is never kept: it may be personal.
    """

    row: int
    column: str
    code: LoadFaultCode
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadDifference:
    """How many rows stand how, with the first examples of each; examples name nothing personal.

    A standing that a kind does not count (what is absent from a file of reads says nothing) is not there.
    """

    counts: Mapping[Standing, int]
    examples: Mapping[Standing, tuple[str, ...]] = field(default_factory=dict[Standing, tuple[str, ...]])
