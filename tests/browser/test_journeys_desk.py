"""Staff in a browser: a clean case decided in three clicks, with scripts and without; a crew's exchange on a phone."""

from __future__ import annotations

from datetime import date

import pytest

from evenroll.enrollment.roles import Role
from evenroll.enrollment.tracks import State
from evenroll.quantities.identifiers import CaseNumber
from tests.browser.judges import findings
from tests.browser.town import Town, aside
from tests.browser.walking import Walker
from tests.meter_work import at, book_visit
from tests.territory import NOW

CLICKS_MAX = 3
PROGRAM = "LE-EV-NIGHT"


def for_the_desk(town: Town) -> CaseNumber:
    """A case that all rules find clean but one, which leaves it to the desk."""

    def apply() -> CaseNumber:
        number = town.territory.apply(town.territory.premise(life_support=True))
        town.territory.run()
        return number

    town.now = NOW
    return aside(apply)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "without_scripts"])
def test_the_desk_decides_a_clean_case_in_three_clicks_from_its_queue(town: Town, scripts: bool) -> None:
    number = for_the_desk(town)
    with town.browser(role=Role.ENROLLMENT_DESK, scripts=scripts) as page:
        desk = Walker(page=page, address=town.address)
        desk.open("/desk/")
        desk.press(f'main a[href="/desk/case/{number}/"]')
        desk.press('main form[action="do/record_review/"] button')
        assert desk.path == f"/desk/case/{number}/"
        assert page.locator(".notice--good").count() == 1
        assert desk.clicks <= CLICKS_MAX
    aside(town.territory.run)
    assert aside(lambda: town.territory.case(town.territory.utility, number)).status is State.ENROLLED


def test_a_crew_reports_an_exchange_from_a_phone(town: Town) -> None:
    territory = town.territory

    def booked():
        premise = territory.premise()
        number = territory.apply(premise)
        territory.run()
        order = territory.order_of(territory.utility, number).number
        book_visit(territory, order, on=day)
        return premise, order, territory.reads.shown(premise.serial, on=day)

    day = date(2026, 11, 12)
    premise, order, closing = aside(booked)
    town.now = at(day)
    with town.browser(width=320, role=Role.METER_CREW) as page:
        crew = Walker(page=page, address=town.address)
        crew.open("/desk/")
        crew.press(f'main a[href="/desk/order/{order}/"]')
        crew.press('main a[href="do/record_visit/"]')
        assert page.locator('[name="old_serial"]').input_value() == premise.serial
        said = {
            "result": "exchanged",
            "new_serial": f"N-{premise.serial}",
            "capability": "period_registers",
            "closing_kwh": "; ".join(f"{name}={wh / 1000}" for name, wh in closing.items()),
            "digits": "5",
        }
        crew.answer({**said, "opening_kwh": "night"})
        assert page.locator(".govuk-error-summary").count() == 1
        assert findings(page) == []
        crew.answer({"opening_kwh": "peak=0; shoulder=0; night=0"})
        assert crew.path == f"/desk/order/{order}/"
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert aside(lambda: territory.order(order)).meter.state is State.BACK_OFFICE
