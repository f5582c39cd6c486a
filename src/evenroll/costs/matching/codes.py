"""The codes of matching past bills, which people meet as sentences of the message catalog."""

from __future__ import annotations

from enum import StrEnum


class LineKind(StrEnum):
    """What a line of a past bill charges for; the first ones as `LineCode` has them."""

    ENERGY = "energy"
    DEMAND = "demand"
    DEMAND_OF_HOURS = "demand_of_hours"
    FIXED_MONTHLY = "fixed_monthly"
    FIXED_DAILY = "fixed_daily"
    MINIMUM = "minimum"
    HOURLY_PRICES = "hourly_prices"
    EVENT = "event"
    CREDIT = "credit"
    TAX = "tax"
    """A tax or a fee that the rate does not state."""
    OTHER = "other"
    """A line of which the file says something else."""


class PastFaultCode(StrEnum):
    """What is wrong with a row of past bills beside what may be wrong with any row."""

    BILL_SAYS_OTHERWISE = "bill_says_otherwise"
    NO_BILL = "no_bill"
    NO_DAYS = "no_days"
    NO_RATE = "no_rate"
    NOTHING_BILLED = "nothing_billed"
    LOAD_REFUSED = "load_refused"
    NOT_A_MAPPING = "not_a_mapping"
    NOT_A_QUANTITY = "not_a_quantity"


class CannotMake(StrEnum):
    """Why a bill cannot be made here; the sentences stand in the message catalog."""

    RATE_UNKNOWN = "rate_unknown"
    VERSION_UNKNOWN = "version_unknown"
    NOT_IN_FORCE = "not_in_force"
    UNPRICED = "unpriced"
    NOT_SUPPORTED = "not_supported"
    PROGRAM_UNKNOWN = "program_unknown"
    EVENTS_MISSING = "events_missing"
    NOTHING_COUNTED = "nothing_counted"
    REGISTERS_UNFIT = "registers_unfit"
    DEMAND_MISSING = "demand_missing"
    HOURS_MISSING = "hours_missing"
    LOAD_UNFIT = "load_unfit"
    PRICES_MISSING = "prices_missing"
    TOO_LONG = "too_long"
    NOT_READ = "not_read"


class Differing(StrEnum):
    """What of a line, or of a bill, is not as it is here."""

    QUANTITY = "quantity"
    PRICE = "price"
    AMOUNT = "amount"
    NOT_MADE = "not_made"
    """The bill has a line that no line made here answers."""
    NOT_BILLED = "not_billed"
    """A line that is made here, and the bill has none."""
    TOTAL = "total"
    SUM = "sum"
    """The total of the bill is not the sum of its lines."""


class Reason(StrEnum):
    """Why a line differs; the sentences stand in the message catalog."""

    END_COUNTED = "end_counted"
    """The last day, on which the meter was read, is billed too."""
    DAY_LESS = "day_less"
    DAY_EARLIER = "day_earlier"
    DAY_LATER = "day_later"
    MONTH_OF_30_DAYS = "month_of_30_days"
    YEAR_OF_365_DAYS = "year_of_365_days"
    WHOLE_MONTH = "whole_month"
    LIMITS_WHOLE = "limits_whole"
    LIMITS_OF_30_DAYS = "limits_of_30_days"
    LIMITS_BY_MONTH = "limits_by_month"
    OTHER_VERSION = "other_version"
    EVENT_LEFT_OUT = "event_left_out"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEHIND = "clock_behind"
    STANDARD_TIME = "standard_time"
    HOLIDAYS_AS_WEEKDAYS = "holidays_as_weekdays"
    OTHER_HOLIDAYS = "other_holidays"
    REGISTERS_SWAPPED = "registers_swapped"
    WHOLE_KWH = "whole_kwh"
    OTHER_ROUNDING = "other_rounding"
    NO_MINIMUM = "no_minimum"
    MINIMUM_WHOLE = "minimum_whole"
    OTHER_RATE = "other_rate"
    CUT_TO_CENTS = "cut_to_cents"
    RAISED_TO_CENTS = "raised_to_cents"
    TAX_LINE = "tax_line"
    UNKNOWN_LINE = "unknown_line"
    LINE_LEFT_OUT = "line_left_out"
    TOTAL_NOT_SUM = "total_not_sum"
    NOT_EXPLAINED = "not_explained"


class MatchResult(StrEnum):
    """What became of a past bill."""

    MATCHED = "matched"
    DIFFERS = "differs"
    CANNOT_BE_MADE = "cannot_be_made"
