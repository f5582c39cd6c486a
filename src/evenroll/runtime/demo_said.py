"""What the demo's script says with an act, with the words in it that stand for a day, a number or somebody's truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from evenroll.enrollment.form import FormField
from evenroll.quantities.identifiers import CaseNumber
from evenroll.runtime.demo_applications import drawn_vin, truth
from evenroll.runtime.demo_script import Scenario, point_at
from evenroll.runtime.territory_plan import PlannedPoint

if TYPE_CHECKING:
    from evenroll.enrollment.case import VehicleOfCase

TRUTH: Final = "truth"
_PERSONAL: Final = frozenset(each.value for each in FormField)
_OF_POINT: Final[Mapping[str, Callable[[PlannedPoint], str]]] = {
    "name": lambda point: point.name,
    "pod": lambda point: point.pod,
    "postal_code": lambda point: point.postal_code,
    "service_address": lambda point: point.address,
    "account_number": lambda point: point.account_number,
    "meter_serial": lambda point: point.serial,
    "last_bill_amount": lambda point: point.last_bill,
    "serial": lambda point: point.serial,
    "account": lambda point: str(account_of(point)),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The words of an act, read. numbers: the case of each application. vehicles: of the enrollment, in their order.

    "today+3" is a day; "case D50" the number of that application's case; "point 70" what the key asks of that usage
    point of the territory; "vin D71b" an invented VIN; "vehicle 1" the first vehicle; "truth" the right answer.
    """

    scenario: Scenario
    numbers: Mapping[str, CaseNumber]
    today: date
    vehicles: tuple[VehicleOfCase, ...] = ()

    def of(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values as a person would type them."""
        return {key: self._word(key, text) for key, text in values.items()}

    def _word(self, key: str, text: str) -> str:
        if text == TRUTH and key in _PERSONAL:
            return truth(self.scenario, FormField(key))
        first, _, rest = text.partition(" ")
        match first:
            case "case":
                return self.numbers[rest]
            case "point" if rest.isdigit():
                return _OF_POINT[key](point_at(self.scenario, int(rest)))
            case "vin":
                return drawn_vin(rest)
            case "vehicle" if rest.isdigit():
                return self.vehicles[int(rest) - 1].pevid
            case _:
                return self._day(text)

    def _day(self, text: str) -> str:
        for sign in ("+", "-"):
            word, found, count = text.partition(sign)
            if found and word == "today" and count.isdigit():
                return (self.today + timedelta(days=int(f"{sign}{count}"))).isoformat()
        return text


def account_of(point: PlannedPoint) -> int:
    """The utility's account at a usage point, as its books number it."""
    from evenroll.records.organizations import open_organization
    from evenroll.records.register import ACCOUNT
    from evenroll.records.tokens import TokenKind, find_by_token

    with open_organization(point.territory.utility):
        return find_by_token(TokenKind.ACCOUNT_NUMBER, point.account_number, subject_kind=ACCOUNT)[0]
