"""What is enrolled is changed by its customer on the web: home, program, vehicles, equipment, supplier."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.identifiers import CaseNumber, RateKey
from tests.territory import Territory
from tests.web.test_case_acts import checked, confirmed, mine, offered, text_of, wire
from tests.worker.test_change_program import active as from_program
from tests.worker.test_change_program import program
from tests.worker.test_moving import LATER, a_premise, active
from tests.worker.test_vehicles import VIN_A, VIN_B


@pytest.fixture
def number(web: None, territory: Territory) -> CaseNumber:
    """An enrollment at work."""
    found = active(territory, a_premise(territory))
    wire(territory, LATER)
    return found


def way(number: CaseNumber, name: str) -> str:
    return f"/cases/{number}/do/{name}"


def case(territory: Territory, number: CaseNumber) -> Any:
    return territory.case(territory.utility, number)


def test_with_the_car_the_enrollment_goes_on_at_the_new_home(territory: Territory, number: CaseNumber) -> None:
    home, asked = a_premise(territory), mine(territory, number)
    assert "move_with_car" in offered(text_of(asked.get(f"/cases/{number}")), number)
    said = {
        "moved_on": (LATER.date() + timedelta(days=4)).isoformat(),
        "service_address": home.address,
        "postal_code": "60999",
        "name": home.name,
        "account_number": home.account_number,
        "last_bill_amount": home.answers()[FormField.LAST_BILL_AMOUNT],
    }
    unsigned = text_of(checked(asked, way(number, "move_with_car"), **said))
    assert render("missing.consent_terms", language=Language.EN) in unsigned
    assert confirmed(asked, way(number, "move_with_car"), **said, consent_terms="on").status_code == 302
    territory.run(LATER)
    there = case(territory, number).followed_by
    assert there is not None and case(territory, there).status is State.ENROLLED
    assert "move_with_car" not in offered(text_of(asked.get(f"/cases/{number}")), number)


def test_another_program_is_signed_and_followed(web: None, territory: Territory) -> None:
    first, calm = program(territory, "FIRST-WEB"), program(territory, "CALM-WEB", rate=RateKey("LE-R"))
    number = from_program(territory, a_premise(territory), first)
    wire(territory, LATER)
    asked = mine(territory, number)
    page = text_of(asked.get(way(number, "change_program")))
    assert f'value="{calm.key}"' in page and f'value="{first.key}"' not in page
    assert " checked" not in page, "nothing is ticked before"
    unsigned = checked(asked, way(number, "change_program"), program=str(calm.key))
    assert "govuk-error-summary" in text_of(unsigned)
    consents = {f"consent_{each.value}": "on" for each in calm.consents_required}
    answer = confirmed(asked, way(number, "change_program"), program=str(calm.key), **consents)
    assert answer.status_code == 302, text_of(answer)
    follows = case(territory, number).followed_by
    assert follows is not None and case(territory, follows).form.program == calm.key
    assert "change_program" not in offered(text_of(asked.get(f"/cases/{number}")), number)


def test_a_program_that_binds_is_not_left_and_says_so(territory: Territory, number: CaseNumber) -> None:
    wanted, asked = program(territory, "ONWARD-WEB"), mine(territory, number)
    consents = {f"consent_{each.value}": "on" for each in wanted.consents_required}
    answer = confirmed(asked, way(number, "change_program"), program=str(wanted.key), **consents)
    assert answer.status_code == 422 and case(territory, number).followed_by is None
    assert render("case_page.not_done", language=Language.EN) in text_of(answer)


def test_a_vehicle_comes_another_takes_its_place_and_one_goes(territory: Territory, number: CaseNumber) -> None:
    asked = mine(territory, number)
    (first,) = case(territory, number).vehicles
    assert "remove_vehicle" not in offered(text_of(asked.get(f"/cases/{number}")), number)
    assert 'name="pevid"' not in text_of(asked.get(way(number, "swap_vehicle")))
    assert confirmed(asked, way(number, "add_vehicle"), drivetrain="bev", vin=VIN_A).status_code == 302
    assert len(case(territory, number).vehicles) == 2
    page = text_of(asked.get(way(number, "swap_vehicle")))
    assert page.count('name="pevid"') == 2
    swapped = {"pevid": str(first.pevid), "drivetrain": "phev", "vin": VIN_B}
    assert confirmed(asked, way(number, "swap_vehicle"), **swapped).status_code == 302
    now = [each.pevid for each in case(territory, number).vehicles]
    assert first.pevid not in now and len(now) == 2
    other = checked(asked, way(number, "remove_vehicle"), pevid=str(first.pevid))
    assert "govuk-error-summary" in text_of(other), "one that is not there is no choice"
    assert confirmed(asked, way(number, "remove_vehicle"), pevid=str(now[0])).status_code == 302
    assert [each.pevid for each in case(territory, number).vehicles] == now[1:]


def test_a_switch_of_supply_is_asked_for_and_contested_only_where_it_can_be(
    territory: Territory, number: CaseNumber
) -> None:
    asked = mine(territory, number)
    found = offered(text_of(asked.get(f"/cases/{number}")), number)
    page = text_of(asked.get(way(number, "dispute_supply")))
    assert (render("case_page.not_now", language=Language.EN) in page) is ("dispute_supply" not in found)
    if "change_supplier" in found:
        page = text_of(asked.get(way(number, "change_supplier")))
        assert 'value="default"' in page and f'value="{territory.utility}"' not in page
