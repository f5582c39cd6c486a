"""The codes of what `compare` says beside its figures; their texts stand in the message catalog."""

from __future__ import annotations

from enum import StrEnum


class CompareWord(StrEnum):
    """Headings, columns and the words of the drawing of a comparison."""

    TITLE = "title"
    HOUSEHOLD = "household"
    HOUSEHOLD_WITH = "household_with"
    PART = "part"
    SHARE = "share"
    SHARE_UNKNOWN = "share_unknown"
    PROGRAM = "program"
    VEHICLE = "vehicle"
    SAVING = "saving"
    BESIDE = "beside"
    EQUIPMENT = "equipment"
    ASSUMED_OF_ALL = "assumed_of_all"
    ASSUMED_OF_ONE = "assumed_of_one"
    WITHOUT_FIGURES = "without_figures"
    OF_FILE = "of_file"
    NO_PROGRAM = "no_program"
    PLOT_HOUSEHOLD = "plot_household"
    PLOT_VEHICLE = "plot_vehicle"
    PLOT_RANGE = "plot_range"
    PLOT_TODAY = "plot_today"
    PLOT_NOTE = "plot_note"
