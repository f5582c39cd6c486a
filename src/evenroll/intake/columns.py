"""The columns of an application file: what may stand there, what is personal, and what no file may say."""

from __future__ import annotations

import difflib
from typing import Final

from evenroll.enrollment.form import FormField

PERSONAL: Final = tuple(each.value for each in FormField)
"""Columns whose values are stored encrypted and never repeated in a result or a log."""

PLAIN: Final = (
    "application",
    "organization",
    "channel",
    "received_on",
    "language",
    "prompted_by",
    "program",
    "offer",
    "usage_point",
    "drivetrain",
    "model",
    "vehicle_on_order",
    "holder",
    "dwelling",
    "consents",
    "documents",
    "selections",
    "signed_on",
    "consents_hand_over",
    "home",
    "statements",
    "equipment_bought_on",
)
MAIL: Final = ("receipt", "keyed_by", "second_keyed_by")
SECOND: Final = "second_"
SECOND_KEYING: Final = tuple(f"{SECOND}{name}" for name in PERSONAL)
"""What the second person read differently in a mailed form; empty where both read the same."""

COLUMNS: Final = frozenset((*PLAIN, *PERSONAL, *MAIL, *SECOND_KEYING))

FORBIDDEN: Final = frozenset(
    {
        "authenticated",
        "authentication",
        "identity_proved",
        "proved",
        "verified",
        "is_verified",
        "eligible",
        "eligibility",
        "approved",
        "decision",
        "status",
        "enrolled",
        "case",
        "case_number",
        "customer_id",
        "account_id",
    }
)
"""What only the provider's own check may say (row 4a before row 5); a file that says it is refused by name."""


def normalized(name: str) -> str:
    """A column name as it is compared: "Service Address" and "service-address" are one."""
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


def is_forbidden(name: str) -> bool:
    """Whether a column says what no input may say."""
    return name in FORBIDDEN or name.startswith(("authenticated_", "proof_", "verified_"))


def nearest(name: str) -> str:
    """The known column that a name resembles most; "" if none does."""
    found = difflib.get_close_matches(name, sorted(COLUMNS), n=1, cutoff=0.7)
    return found[0] if found else ""
