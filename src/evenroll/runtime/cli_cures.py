"""Which values of give_cure mend which open findings, as a sentence for whoever gave it without any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.case import Case
from evenroll.enrollment.facts import ProviderAnswerKind
from evenroll.enrollment.findings import Finding
from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from evenroll.programs.program import DocumentKind
from evenroll.programs.rules import CureCode as C
from evenroll.programs.rules import Outcome

_ADDRESS: Final = "service_address=... postal_code=... account_number=..."
_STATEMENTS: Final = "statements=..."
_VALUES: Final[Mapping[C, str]] = MappingProxyType(
    {
        C.ACCOUNT_HOLDER_APPLIES: "holder=... documents=letter_of_authorization",
        C.GET_PERMISSION: "documents=landlord_permission",
        C.CORRECT_VEHICLE: "drivetrain=... model=... vin=...",
        C.GIVE_VIN: "vin=...",
        C.CORRECT_REGISTRATION: f"documents=vehicle_registration {_STATEMENTS}",
        C.SEND_DOCUMENT: f"documents={'|'.join(each.value for each in DocumentKind)}",
        C.CHOOSE_LISTED_EQUIPMENT: "selections=...",
        C.CHOOSE_OTHER_OPTION: "selections=...",
        C.USE_OTHER_DEVICE: "selections=...",
        C.CONNECT_VEHICLE: _STATEMENTS,
        C.GIVE_ATTESTATION: _STATEMENTS,
        C.MEND_RECALL: _STATEMENTS,
        C.ANSWER_QUESTION: _STATEMENTS,
        C.SHOW_PURCHASE: "equipment_bought_on=...",
    }
)
"""The cures that a form tells of. Any other one, such as a balance that was paid, is seen when it is decided again."""


def what_mends(case: Case, findings: Iterable[Finding]) -> str:
    """What give_cure needs for this case, a sentence for each open finding; "" where it may say nothing."""
    if case.provider is not None and case.provider.kind is ProviderAnswerKind.SEVERAL_POINTS:
        return f"Choose one of its usage points with choose_usage_point, or correct the address: {_ADDRESS}."
    if case.provider is not None and case.provider.kind is ProviderAnswerKind.NOT_FOUND:
        return f"The address was not found; correct it: {_ADDRESS}."
    return cured_by(findings)


def cured_by(findings: Iterable[Finding]) -> str:
    """The values that mend these findings; "" where all that is open is mended elsewhere than on the form."""
    cures = [each.cure.code for each in findings if each.outcome is Outcome.CURABLE and each.cure is not None]
    return " ".join(
        f"{render(code, language=Language.EN)} Say {_VALUES[code]}." for code in dict.fromkeys(cures) if code in _VALUES
    )
