"""Credits at the desk: each that is approved or sent was ticked and looked over, or all of them by their total."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from evenroll.accounts.wired import Wired, use_wired
from evenroll.enrollment.form import Language
from evenroll.enrollment.ledger import CreditState
from evenroll.enrollment.roles import Role
from evenroll.pages.texts import render
from evenroll.programs.program import MeterCapability
from evenroll.programs.program_terms import IncentivePer
from evenroll.quantities.identifiers import CaseNumber, ProgramKey
from tests.enrollment.money_life import per
from tests.territory import NIGHT_RATE, NOW, Territory, days
from tests.web.browsing import signed_in_as, staff_of, token_in

LATER = NOW + days(120)


@pytest.fixture(scope="module")
def earned(territory: Territory) -> CaseNumber:
    """A case with several credits that wait."""
    from evenroll.records.published import publish

    incentives = (per(IncentivePer.ENROLLMENT, "25", code="welcome_gift"), per(IncentivePer.MONTH, "4.10", code="stay"))
    program = replace(territory.night, key=ProgramKey(f"CREDITS-{territory.tag}"), incentives=incentives)
    publish(program)
    premise = territory.premise(registers=NIGHT_RATE, capability=MeterCapability.PERIOD_REGISTERS)
    number = territory.apply(premise, program=program)
    territory.run_through(LATER)
    return number


@pytest.fixture
def manager(web: None, territory: Territory) -> Any:
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: LATER))
    return signed_in_as(staff_of(territory.utility, Role.PROGRAM_MANAGER))


def states(territory: Territory, number: CaseNumber) -> dict[str, CreditState]:
    return {f"{each.code}/{each.span}": each.state for each in territory.case(territory.utility, number).ledger.credits}


def page_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def hidden_of(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"csrfmiddlewaretoken": [token_in(text)]}
    main = text.partition("<main")[2]
    for each in re.findall(r'<input [^>]*type="hidden"[^>]*>', main):
        name, value = re.findall(r' name="([^"]*)"', each)[0], re.findall(r' value="([^"]*)"', each)[0]
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found


def test_with_nothing_ticked_nothing_is_approved(manager: Any, territory: Territory, earned: CaseNumber) -> None:
    address = f"/desk/case/{earned}/do/approve_credit/"
    page = page_of(manager.get(address))
    for each in states(territory, earned):
        assert f'value="{each}"' in page
    assert "checked" not in page.partition("<main")[2]
    for more in ({}, {"checked": "yes"}, {"code": "", "span": ""}):
        answer = page_of(manager.post(address, {**hidden_of(page), **more}))
        assert render("ask.credits_none", language=Language.EN) in answer
    assert set(states(territory, earned).values()) == {CreditState.EARNED}


def test_what_was_ticked_is_shown_with_its_total_and_then_alone_approved(
    manager: Any, territory: Territory, earned: CaseNumber
) -> None:
    address = f"/desk/case/{earned}/do/approve_credit/"
    page = page_of(manager.get(address))
    chosen, *others = states(territory, earned)
    check = page_of(manager.post(address, {**hidden_of(page), "credits": [chosen]}))
    said = {"count": 1, "usd": territory.case(territory.utility, earned).ledger.credits[0].usd}
    assert render("ask.credits_total", language=Language.EN, parameters=said) in check
    assert set(states(territory, earned).values()) == {CreditState.EARNED}, "looked over, not done"
    for _ in range(2):
        answer = manager.post(address, hidden_of(check))
        assert (answer.status_code, answer["Location"]) == (302, f"/desk/case/{earned}/?done=approve_credit")
    after = states(territory, earned)
    assert after[chosen] is CreditState.APPROVED
    assert {after[each] for each in others} == {CreditState.EARNED}
    left = page_of(manager.get(address))
    assert f'value="{chosen}"' not in left


def test_all_are_approved_by_their_total_alone(manager: Any, territory: Territory, earned: CaseNumber) -> None:
    address = f"/desk/case/{earned}/do/approve_credit/"
    page = page_of(manager.get(address))
    waiting = [
        each for each in territory.case(territory.utility, earned).ledger.credits if each.state is CreditState.EARNED
    ]
    total = sum((each.usd for each in waiting), Decimal(0))
    words = render("ask.credits_all", language=Language.EN, parameters={"count": len(waiting), "usd": total})
    assert words in page
    other = {**hidden_of(page), "all_usd": [f"{total + 1:.2f}"], "checked": "yes"}
    assert render("refusal.credits_other_total", language=Language.EN) in page_of(manager.post(address, other), 422)
    page = page_of(manager.get(address))
    check = page_of(manager.post(address, {**hidden_of(page), "all_usd": [f"{total:.2f}"]}))
    assert manager.post(address, hidden_of(check)).status_code == 302
    assert CreditState.EARNED not in states(territory, earned).values()
