"""The desk in a browser: from the queue to a case, a command given once, and nothing of another organization."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from evenroll.accounts.wired import Wired, business_now, use_wired
from evenroll.enrollment.command_names import CommandName
from evenroll.enrollment.form import FormField, Language
from evenroll.enrollment.roles import Role
from evenroll.enrollment.service_order import BackOfficeItem
from evenroll.enrollment.tracks import State
from evenroll.pages.texts import render
from evenroll.quantities.calendars import calendar
from evenroll.quantities.identifiers import CaseNumber
from tests.meter_work import at, book_visit
from tests.statements import counted_traffic
from tests.territory import Territory
from tests.web.browsing import signed_in_as, staff_of, token_in

ALL = "/desk/?scope=all"


@pytest.fixture(scope="module")
def applied(territory: Territory) -> CaseNumber:
    """A case of the utility that waits for its meter."""
    number = territory.apply(territory.premise())
    territory.run()
    return number


def page_of(asked: Any, address: str, status: int = 200) -> str:
    answer = asked.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def form_of(text: str, command: CommandName | str) -> dict[str, str]:
    """The hidden answers of the form that gives a command."""
    part = text.split(f'action="do/{command}/"', 1)[-1] if f'action="do/{command}/"' in text else text
    hidden = dict(re.findall(r'name="(seen|key)" value="([^"]*)"', part.split("</form>", 1)[0]))
    hidden = hidden or dict(re.findall(r'name="(seen|key)" value="([^"]*)"', part))
    return {"csrfmiddlewaretoken": token_in(text), **hidden}


def working_days() -> tuple[str, str]:
    """Two days on which a crew may come, as seen from the clock of the pages."""
    of_territory = calendar("US-LAKELAND")
    today = of_territory.business_date(business_now())
    first, second = (of_territory.add_business_days(today, days) for days in (8, 10))
    return first.isoformat(), second.isoformat()


def test_a_desk_goes_from_the_queue_to_a_case_and_withdraws_it(web: None, territory: Territory) -> None:
    number = territory.apply(territory.premise())
    territory.run()
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    assert f"/desk/case/{number}/" in page_of(desk, ALL) or "/desk/order/" in page_of(desk, ALL)
    shown = page_of(desk, f"/desk/case/{number}/")
    assert render(State.ENROLLED, language=Language.EN) in shown
    assert 'href="do/withdraw/"' in shown
    form = page_of(desk, f"/desk/case/{number}/do/withdraw/")
    said = form_of(form, "withdraw")
    answer = desk.post(f"/desk/case/{number}/do/withdraw/", said)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/case/{number}/?done=withdraw")
    # Sent twice it has its effect once, and leads to the same page.
    before = territory.events(territory.utility, number)
    assert desk.post(f"/desk/case/{number}/do/withdraw/", said)["Location"] == answer["Location"]
    assert territory.events(territory.utility, number) == before
    after = page_of(desk, answer["Location"])
    assert render(CommandName.WITHDRAW, language=Language.EN) in after


def test_a_command_by_an_older_state_does_nothing_and_says_so(web: None, territory: Territory) -> None:
    number = territory.apply(territory.premise())
    territory.run()
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    said = form_of(page_of(desk, f"/desk/case/{number}/do/withdraw/"), "withdraw")
    order = territory.order_of(territory.utility, number).number
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    booking = page_of(office, f"/desk/order/{order}/do/book_visit/")
    first, second = working_days()
    booked = {**form_of(booking, "book_visit"), "visit_on": first, "window": "morning"}
    assert office.post(f"/desk/order/{order}/do/book_visit/", booked).status_code == 302
    territory.run(business_now())
    before = territory.events(territory.utility, number)
    answer = desk.post(f"/desk/case/{number}/do/withdraw/", said)
    assert answer.status_code == 409
    assert render("desk.not_done", language=Language.EN) in answer.content.decode()
    assert territory.events(territory.utility, number) == before
    # And the order, too: the same day sent from an older page books nothing.
    later = {**booked, "key": "0" * 32, "visit_on": second}
    assert office.post(f"/desk/order/{order}/do/book_visit/", later).status_code == 409
    visit = territory.order(order).visit
    assert visit is not None and str(visit.visit_on) == first


@pytest.mark.parametrize("role", [Role.ENROLLMENT_DESK, Role.SUPERVISOR, Role.PROGRAM_MANAGER, Role.BILLING])
def test_a_case_of_another_organization_is_a_page_that_is_not_there(
    web: None, territory: Territory, applied: CaseNumber, role: Role
) -> None:
    other = signed_in_as(staff_of(territory.esco, role))
    unknown = "EV-7K3M9-QXT2H-WPCF"
    pages = [
        re.sub(r'(nonce|csrfmiddlewaretoken" value)="[^"]+"', "", page_of(other, address, 404)).replace(number, "")
        for number in (applied, unknown)
        for address in (f"/desk/case/{number}/",)
    ]
    assert pages[0] == pages[1]
    assert other.get(f"/desk/case/{applied}/do/withdraw/").status_code == 404


def test_the_queue_asks_the_database_as_often_for_many_rows_as_for_none(web: None, territory: Territory) -> None:
    counts: dict[str, int] = {}
    for kind in ("few", "many"):
        desk = signed_in_as(staff_of(territory.utility, Role.SUPERVISOR))
        page_of(desk, ALL)
        with counted_traffic() as traffic:
            page_of(desk, ALL)
        counts[kind] = traffic.statements
        for _ in range(3):
            territory.apply(territory.premise())
        territory.run()
    assert counts["few"] == counts["many"] <= 8


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", [Role.ENROLLMENT_DESK, Role.METER_OFFICE, Role.METER_CREW, Role.BILLING])
def test_every_role_reads_its_queue(
    web: None, territory: Territory, applied: CaseNumber, role: Role, language: Language
) -> None:
    asked = signed_in_as(staff_of(territory.utility, role))
    asked.get(f"/desk/?lang={language.value}")
    for scope in ("to_do", "role", "all"):
        shown = page_of(asked, f"/desk/?scope={scope}&track=meter")
        assert render(f"desk.scope_{scope}", language=language) in shown
    order = territory.order_of(territory.utility, applied).number
    if role is not Role.METER_CREW:  # whose own orders stand in test_desk_crew.py
        assert f"/desk/order/{order}/" in page_of(asked, "/desk/?scope=all&track=meter")
        assert order in page_of(asked, f"/desk/order/{order}/")


def test_a_case_is_found_by_whole_values_and_by_no_likeness(web: None, territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    other = signed_in_as(staff_of(territory.esco, Role.ENROLLMENT_DESK))
    answers = premise.answers()
    vin = answers[FormField.VIN]
    wholes = [
        number,
        premise.pod,
        vin,
        vin[-6:],
        vin[-6:].lower(),
        premise.serial,
        answers[FormField.NAME].upper(),
        answers[FormField.ACCOUNT_NUMBER],
    ]
    for said in wholes:
        assert f"/desk/case/{number}/" in searched(desk, said), said
        assert f"/desk/case/{number}/" not in searched(other, said), said
    for part in (
        vin[-5:],
        vin[-7:],
        "______",
        answers[FormField.NAME][:-2],
        "%",
        answers[FormField.ACCOUNT_NUMBER][:-1],
        " ",
    ):
        assert f"/desk/case/{number}/" not in searched(desk, part), part


def searched(asked: Any, said: str) -> str:
    token = token_in(page_of(asked, "/desk/search/"))
    answer = asked.post("/desk/search/", {"csrfmiddlewaretoken": token, "said": said})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_crew_reports_the_exchange_and_the_office_closes_the_paperwork(web: None, territory: Territory) -> None:
    premise = territory.premise()
    number = territory.apply(premise)
    territory.run()
    order = territory.order_of(territory.utility, number).number
    day = working_days()[0]
    book_visit(territory, order, on=date.fromisoformat(day), now=business_now())
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: at(date.fromisoformat(day))))
    crew = signed_in_as(staff_of(territory.utility, Role.METER_CREW))
    address = f"/desk/order/{order}/do/record_visit/"
    form = page_of(crew, address)
    assert f'value="{premise.serial}"' in form
    closing = territory.reads.shown(premise.serial, on=date.fromisoformat(day))
    said = {
        **form_of(form, "record_visit"),
        "result": "exchanged",
        "visited_on": day,
        "old_serial": premise.serial,
        "new_serial": f"N-{premise.serial}",
        "capability": "period_registers",
        "closing_kwh": "; ".join(f"{name}={wh / 1000}" for name, wh in closing.items()),
        "opening_kwh": "peak=0; shoulder=0; night=0",
        "digits": "5",
    }
    wrong = crew.post(address, {**said, "opening_kwh": "night"})
    assert wrong.status_code == 200 and render("ask.reads_wrong", language=Language.EN) in wrong.content.decode()
    answer = crew.post(address, said)
    assert answer.status_code == 302, re.findall(r"govuk-body..([^<]+)", answer.content.decode())
    assert territory.order(order).meter.state is State.BACK_OFFICE
    office = signed_in_as(staff_of(territory.utility, Role.METER_OFFICE))
    paper = f"/desk/order/{order}/do/complete_back_office/"
    done = {**form_of(page_of(office, paper), "complete_back_office"), "done": [each.value for each in BackOfficeItem]}
    assert office.post(paper, done).status_code == 302
    assert territory.order(order).meter.state is State.DONE


@pytest.mark.parametrize("role", [Role.METER_CREW, Role.METER_OFFICE, Role.REGISTRY_OPERATOR])
def test_who_needs_no_names_cannot_search(web: None, territory: Territory, role: Role) -> None:
    organization = territory.registry if role is Role.REGISTRY_OPERATOR else territory.utility
    asked = signed_in_as(staff_of(organization, role))
    assert asked.get("/desk/search/").status_code == 404
    assert "/desk/search/" not in page_of(asked, "/desk/")


@pytest.mark.parametrize("language", Language)
def test_other_cases_of_a_customer_point_or_vehicle_stand_on_the_page(
    web: None, territory: Territory, language: Language
) -> None:
    premise = territory.premise()
    first = territory.apply(premise)
    territory.run()
    second = territory.apply(premise)
    territory.run()
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    desk.get(f"/desk/?lang={language.value}")
    shown = page_of(desk, f"/desk/case/{second}/").partition('id="related-title"')[2]
    line = next(each for each in shown.split("</li>") if f"/desk/case/{first}/" in each)
    for same in ("desk.same_customer", "desk.same_point", "desk.same_vehicle"):
        assert render(same, language=language) in line, same
    assert f"/desk/case/{second}/" not in shown


def test_a_clean_case_is_decided_in_three_clicks_from_the_queue(web: None, territory: Territory) -> None:
    """Life support at home: a person looks. The case in the queue, then the button; what follows the rules do."""
    number = territory.apply(territory.premise(life_support=True))
    territory.run(business_now())
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    queue = page_of(desk, "/desk/?track=case&state=deciding")
    address = re.search(rf'href="(/desk/case/{number}/)"', queue)
    assert address, "what a person has to decide is what the queue begins with"
    page = page_of(desk, address[1])
    clicks = 1
    assert 'action="do/record_review/"' in page, "the command is a button of the page"
    answer = desk.post(f"{address[1]}do/record_review/", form_of(page, "record_review"))
    clicks += 1
    assert answer.status_code == 302 and clicks <= 3
    territory.run(business_now())
    assert territory.case(territory.utility, number).status is State.ENROLLED


@pytest.mark.parametrize("language", Language)
def test_the_keys_are_told_on_a_page_and_stand_on_what_they_reach(
    web: None, territory: Territory, language: Language
) -> None:
    number = territory.apply(territory.premise())
    territory.run()
    desk = signed_in_as(staff_of(territory.utility, Role.ENROLLMENT_DESK))
    desk.get(f"/desk/?lang={language.value}")
    told = page_of(desk, "/desk/keys/")
    assert render("keys.claim", language=language) in told
    for key in ("/", "j", "k", "x", "a", "e", "?"):
        assert f"<kbd>{key}</kbd>" in told
    shown = page_of(desk, f"/desk/case/{number}/")
    assert [shown.count(f'data-key="{key}"') for key in ("a", "e", "?")] == [1, 1, 1]
