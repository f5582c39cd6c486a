"""Which case a person means who types the number of a case, or of one of its service orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenroll.quantities.identifiers import (
    CaseNumber,
    OrderNumber,
    OrganizationKey,
    parse_case_number,
    parse_order_number,
)
from evenroll.runtime.cli_exit import not_found


@dataclass(frozen=True, kw_only=True, slots=True)
class Meant:
    """What was typed. order: set where it was the number of a service order; utility: in whose books that is."""

    case: CaseNumber
    order: OrderNumber | None = None
    utility: OrganizationKey | None = None


def read_number(text: str) -> CaseNumber | OrderNumber:
    """The number as written, whichever kind it is; a case number where it begins like none. Raises IdentifierWrong."""
    begins = text.lstrip().upper()[:2]
    return parse_order_number(text) if begins in ("SO", "S0") else parse_case_number(text)


def meant_by(number: CaseNumber | OrderNumber, *, organizations: Iterable[OrganizationKey]) -> Meant:
    """The case of a number. Raises CommandEnded where no service order has it; a case is looked up later."""
    if not number.startswith("SO"):
        return Meant(case=CaseNumber(number))
    from evenroll.records.models import ServiceOrderRecord
    from evenroll.records.organizations import open_organization

    for key in organizations:
        with open_organization(key):
            found = ServiceOrderRecord.objects.filter(number=number).values_list("case_number", flat=True).first()
        if found is not None:
            return Meant(case=CaseNumber(found), order=OrderNumber(number), utility=key)
    raise not_found(f"No service order {number} is in these books. Check its number.", reason="order_unknown")
