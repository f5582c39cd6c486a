"""The sixteen rows of the consolidated use case, as the requirement numbers them, and the actions beside them."""

from __future__ import annotations

from enum import StrEnum


class Row(StrEnum):
    """A row of the requirement's table; ACTION for what may happen at any row, such as a withdrawal."""

    R1 = "1"
    R2 = "2"
    R2A = "2a"
    R2B = "2b"
    R3 = "3"
    R4A = "4a"
    R5 = "5"
    R5A = "5a"
    R5B = "5b"
    R5C = "5c"
    R5D = "5d"
    R6 = "6"
    R7 = "7"
    R8 = "8"
    R9 = "9"
    R10 = "10"
    ACTION = "action"
