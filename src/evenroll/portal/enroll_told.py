"""What is known before an application begins: told to the finder, or in the books of who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.http import HttpRequest

from evenroll.enrollment.form import Holder
from evenroll.enrollment.roles import Role
from evenroll.pages.web_request import PageRequest
from evenroll.portal.enroll_questions import QUESTIONS
from evenroll.portal.enroll_texts import QuestionName
from evenroll.portal.find_answers import Answers
from evenroll.programs.program import ProgramVersion
from evenroll.programs.rules import Drivetrain
from evenroll.programs.vehicle_models import vehicle_list
from evenroll.quantities.identifiers import CustomerId, OrganizationKey
from evenroll.records.organizations import open_organization
from evenroll.records.own_account import OwnAccount, own_account


class Source(StrEnum):
    """Where an answer comes from; said by `enroll.told_<source>`."""

    FINDER = "finder"
    ACCOUNT = "account"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Answers by column, and where each comes from."""

    cells: Mapping[str, str]
    told: Mapping[str, str]

    def answered(self, program: ProgramVersion, *, today: date) -> tuple[QuestionName, ...]:
        """The questions that need not be asked: all they ask is known, and is as they would take it."""
        asked = (each for each in QUESTIONS if each.is_asked(program) and self.told.keys() & set(each.columns))
        found: list[QuestionName] = []
        for each in asked:
            blank = each.form(None, cells=self.cells, program=program, today=today)
            if each.form(blank.initial, cells=self.cells, program=program, today=today).is_valid():
                found.append(each.name)
        return tuple(found)


def known_before(request: PageRequest, *, organization: OrganizationKey) -> Known:
    """What this browser told the finder; for who is signed in with this organization, what its books know too."""
    of_finder, of_account = _of_finder(request), _of_account(request, organization)
    return Known(
        cells={**of_finder, **of_account},
        told={**dict.fromkeys(of_finder, Source.FINDER.value), **dict.fromkeys(of_account, Source.ACCOUNT.value)},
    )


def signed_in_with(request: PageRequest, organization: OrganizationKey) -> CustomerId | None:
    """The customer of this organization as whom the browser is signed in now; None for anybody else."""
    person = request.person
    if person is None or person.role is not Role.CUSTOMER or person.organization != organization:
        return None
    return person.customer


def _of_finder(request: HttpRequest) -> dict[str, str]:
    said = Answers.of(request)
    model = vehicle_list().model(said.vehicle)
    # The list has vehicles that drive on electricity alone.
    vehicle = {"model": model.name, "drivetrain": Drivetrain.BEV.value} if model else {}
    return {column: text for column, text in {"postal_code": said.postal_code, **vehicle}.items() if text}


def _of_account(request: PageRequest, organization: OrganizationKey) -> dict[str, str]:
    customer = signed_in_with(request, organization)
    if customer is None:
        return {}
    with open_organization(organization):
        known = own_account(customer)
    if known == OwnAccount():
        return {}
    # The last bill is not among them: what this system fills in itself proves nothing at row 4a.
    columns = {
        "holder": Holder.ACCOUNT_HOLDER.value,
        "account_number": known.account_number,
        "name": known.name,
        "email": known.email,
        "phone": known.phone,
        "service_address": known.service_address,
        "postal_code": known.postal_code,
    }
    return {column: text for column, text in columns.items() if text}
