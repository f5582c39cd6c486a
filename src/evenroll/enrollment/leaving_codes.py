"""The codes of the life after enrollment: why a customer leaves, why an enrollment rests, what can be corrected."""

from __future__ import annotations

from enum import StrEnum


class LeaveReason(StrEnum):
    """Why an enrollment is to end, as the customer or the desk says it."""

    NOT_SAVING = "not_saving"
    TOO_MUCH_TROUBLE = "too_much_trouble"
    NO_VEHICLE = "no_vehicle"
    OTHER = "other"
    MOVED = "moved"
    HARDSHIP = "hardship"
    DEATH = "death"
    NON_COMPLIANCE = "non_compliance"


LEAVES_EARLY = frozenset({LeaveReason.MOVED, LeaveReason.HARDSHIP, LeaveReason.DEATH, LeaveReason.NON_COMPLIANCE})
"""Said by the desk, these end an enrollment before its minimum stay is over."""

DESK_ONLY = frozenset({LeaveReason.DEATH, LeaveReason.NON_COMPLIANCE})
"""No customer says these of an enrollment of theirs."""


class SuspensionCause(StrEnum):
    """Why an enrollment rests."""

    OFFLINE = "offline"
    CONSENT = "consent"
    ACCOUNT = "account"
    COMPLIANCE = "compliance"


DESK_CAUSES = frozenset({SuspensionCause.ACCOUNT, SuspensionCause.COMPLIANCE})
"""A person lays these on, and a person takes them off."""


class CorrectableFact(StrEnum):
    """A recorded fact of a case that can be corrected by two persons."""

    IN_SERVICE_DATE = "in_service_date"
    PURCHASE_DATE = "purchase_date"
    PURCHASE_PRICE = "purchase_price"
    EQUIPMENT_SERIAL = "equipment_serial"
    DRIVETRAIN = "drivetrain"
    SIGNED_DATE = "signed_date"
    TERMS_DATE = "terms_date"
    ENDED_DATE = "ended_date"
