"""Codes of what stands in tables: seasons and registers of bills, the report, how an appeal was decided."""

from __future__ import annotations

from enum import StrEnum


class SeasonName(StrEnum):
    """The seasons of the rates that ship."""

    ALL_YEAR = "all_year"
    SUMMER = "summer"
    WINTER = "winter"


class RegisterName(StrEnum):
    """The registers of the rates that ship."""

    TOTAL = "total"
    PEAK = "peak"
    ON_PEAK = "on_peak"
    MID_PEAK = "mid_peak"
    PART_PEAK = "part_peak"
    SUPER_PEAK = "super_peak"
    OFF_PEAK = "off_peak"
    SUPER_OFF_PEAK = "super_off_peak"
    SHOULDER = "shoulder"
    DAY = "day"
    NIGHT = "night"
    OVERNIGHT = "overnight"


class AppealOutcome(StrEnum):
    """How an appeal was decided."""

    UPHELD = "upheld"
    REOPENED = "reopened"


class ReportWord(StrEnum):
    """Headings and columns of the report of an organization."""

    STAGE = "stage"
    CASES = "cases"
    OF_ALL = "of_all"
    STOPPED_HERE = "stopped_here"
    TIME_IN_STATE = "time_in_state"
    STATE = "state"
    TIMES_LEFT = "times_left"
    MEDIAN = "median"
    NINE_OF_TEN = "nine_of_ten"
    STANDING_NOW = "standing_now"
    WHY = "why"
    REASON = "reason"
    MONEY = "money"
    WHAT = "what"
    COUNT = "count"
    AMOUNT = "amount"
    ACTUAL = "actual"
    ESTIMATED = "estimated"
    CREDIT = "credit"
    LEGEND_REACHED = "legend_reached"
    LEGEND_STOPPED = "legend_stopped"
    LEGEND_MEDIAN = "legend_median"
    LEGEND_NINTH = "legend_ninth"
