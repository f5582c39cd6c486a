"""The words of what goes back to the utility's own systems: its kinds, their columns, how an enrollment stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

Row: TypeAlias = Mapping[str, object]
"""A row by column, in the order of the columns."""


class ExportKind(StrEnum):
    """What is exported; also the word on the command line."""

    RATE_CHANGES = "rate_changes"
    METER_ORDERS = "meter_orders"
    CREDITS = "credits"
    NOTICES = "notices"
    AGREEMENTS = "agreements"


class EnrollmentStatus(StrEnum):
    """How a customer agreement stands to a program, in the words of the ESPI customer schema."""

    UNENROLLED = "unenrolled"
    ENROLLED = "enrolled"
    ENROLLED_PENDING = "enrolledPending"


COLUMNS: Final[Mapping[ExportKind, tuple[str, ...]]] = MappingProxyType(
    {
        ExportKind.RATE_CHANGES: (
            "usage_point",
            "old_rate",
            "new_rate",
            "switch_on",
            "state",
            "service_change",
            "order",
            "case",
        ),
        ExportKind.METER_ORDERS: (
            "order",
            "usage_point",
            "case",
            "asked_by",
            "need",
            "status",
            "meter_state",
            "service_state",
            "asked_on",
            "visit_on",
            "visit_window",
            "obstacle",
            "done_on",
            "old_serial",
            "new_serial",
            "switch_on",
        ),
        ExportKind.CREDITS: ("case", "family", "device", "code", "span", "amount_usd", "state", "at"),
        ExportKind.NOTICES: ("record", "number", "entry", "code", "noticed_at", "due_at", "sent_at"),
        ExportKind.AGREEMENTS: (
            "case",
            "usage_point",
            "program",
            "program_version",
            "enrollment_status",
            "state",
            "signed_on",
            "enrolled_on",
            "price_since_on",
            "control_since_on",
            "ended_on",
        ),
    }
)
