"""What stands around a case when it is shown: headings, columns, and the days to know."""

from __future__ import annotations

from enum import StrEnum


class CaseWord(StrEnum):
    """Headings and columns of a case and of its bills; their texts stand in the message catalog."""

    VERSION = "version"
    NO_PROGRAM = "no_program"
    POINT = "point"
    NO_POINT = "no_point"
    PRESENTED = "presented"
    NONE_PRESENTED = "none_presented"
    OFFERED_UNTIL = "offered_until"
    TIMELINE = "timeline"
    WHEN = "when"
    ROW = "row"
    BOOKS = "books"
    BY = "by"
    WHAT = "what"
    DAYS = "days"
    DAY = "day"
    WAITING = "waiting"
    TRACK = "track"
    STATE = "state"
    WAITS_ON = "waits_on"
    SINCE = "since"
    UNTIL = "until"
    THEN = "then"
    FINISHED = "finished"
    POSSIBLE = "possible"
    POSSIBLE_AS = "possible_as"
    WITH_VALUES = "with_values"
    MISSING = "missing"
    FINDINGS = "findings"
    BILL = "bill"
    LINE = "line"
    SEASON = "season"
    REGISTER = "register"
    QUANTITY = "quantity"
    DAYS_LONG = "days_long"
    PRICE = "price"
    AMOUNT = "amount"
    TOTAL = "total"
    ESTIMATED = "estimated"


class DayWord(StrEnum):
    """The days that come next in an enrollment."""

    STAY = "minimum_stay_is_over"
    SUSPENSION = "ends_if_it_is_not_cured"
    BACK = "service_goes_back"
    LEAVES = "leaves_not_before"
    PROGRAM_ENDS = "the_program_ends"
    AGAIN = "may_enroll_again"
