"""Advice through HTTP: what a home needs, what to set, and a calendar file, before enrolling and from an own case."""

from __future__ import annotations

from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.quantities.identifiers import CaseNumber
from tests.pages.test_calendar_file import events_of
from tests.statements import counted_traffic
from tests.territory import NOW, Territory
from tests.web.browsing import browser, signed_in_as
from tests.web.test_case import owner_of
from tests.web.test_find import all_answered, said, text_of

PAGES = ("equipment", "settings", "cheap-hours.ics")


@pytest.fixture
def here(web: None, territory: Territory) -> Territory:
    from evenroll.accounts.wired import Wired, use_wired

    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    return territory


@pytest.fixture
def own(here: Territory) -> tuple[CaseNumber, Any]:
    number = here.apply(here.premise())
    here.run()
    return number, signed_in_as(owner_of(here, number))


def asked(path: str, language: Language = Language.EN) -> Any:
    return browser(HTTP_ACCEPT_LANGUAGE=language.value).get(path)


@pytest.mark.parametrize("language", Language)
def test_before_enrolling_the_page_tells_what_a_home_needs(here: Territory, language: Language) -> None:
    page = text_of(asked(f"/programs/{here.night.key}/equipment", language))
    for key in ("cordset", "evse", "unit", "evse_permit", "look_panel", "permit_number"):
        assert said(f"guide.{key}", language) in page
    assert said("offer.equipment_any", language) in page
    assert said("guide.listed", language) not in page, "this program has no list"
    assert f"?program={here.night.key}" in asked(f"/programs/{here.night.key}/equipment").content.decode()


def test_what_a_program_asks_for_comes_from_its_own_terms(web: None) -> None:
    page = text_of(asked("/programs/LE-EV-PAUSE/equipment"))
    assert said("offer.device_needed") in page


@pytest.mark.parametrize("language", Language)
def test_the_cheap_hours_are_those_of_the_rate(here: Territory, language: Language) -> None:
    page = text_of(asked(f"/programs/{here.night.key}/settings", language))
    ends = {"from": "11 p.m.", "to": "7 a.m."}
    days = {"months": said("guide.all_year", language), "days": said("guide.every_day", language)}
    assert said("guide.rule", language, **days, **ends) in page
    assert "$0.0549" in page and "$0.3145" in page
    assert said("guide.holidays", language) in page


def test_a_program_without_hours_says_so_and_has_no_file(web: None) -> None:
    hourly = text_of(asked("/programs/LE-EV-HOURLY/settings"))
    assert said("guide.settings_hourly") in hourly
    assert ".ics" not in hourly
    assert asked("/programs/LE-EV-HOURLY/cheap-hours.ics").status_code == 404
    assert said("guide.settings_control") in text_of(asked("/programs/LE-EV-PAUSE/settings"))


def test_the_file_is_taken_as_a_calendar(here: Territory) -> None:
    file = asked(f"/programs/{here.night.key}/cheap-hours.ics", Language.ES)
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert file["Content-Disposition"] == f'attachment; filename="{here.night.key.lower()}.ics"'
    assert "Horas baratas para cargar" in events_of(file.content.decode())[0]["SUMMARY"]


def test_a_program_that_is_not_there_is_not_there(here: Territory) -> None:
    for page in PAGES:
        assert asked(f"/programs/NOT-THERE/{page}").status_code == 404


def test_an_own_case_leads_to_its_advice(own: tuple[CaseNumber, Any]) -> None:
    number, mine = own
    page = mine.get(f"/cases/{number}").content.decode()
    shown = ""
    for each in PAGES[:2]:
        assert f'href="/cases/{number}/{each}"' in page
        shown = mine.get(f"/cases/{number}/{each}").content.decode()
        assert f'href="/cases/{number}"' in shown
        assert "/enroll/?program" not in shown
    assert f'href="/cases/{number}/cheap-hours.ics"' in shown


def test_the_file_of_a_case_names_neither_case_nor_customer(here: Territory, own: tuple[CaseNumber, Any]) -> None:
    number, mine = own
    answer = mine.get(f"/cases/{number}/cheap-hours.ics")
    file = answer.content.decode()
    assert events_of(file)
    assert number not in file and number not in answer["Content-Disposition"]
    assert file.replace("\r\n ", "") == asked(f"/programs/{here.night.key}/cheap-hours.ics").content.decode().replace(
        "\r\n ", ""
    )


def test_a_case_of_somebody_else_is_not_there(here: Territory, own: tuple[CaseNumber, Any]) -> None:
    other = here.apply(here.premise())
    here.run()
    for page in PAGES:
        assert own[1].get(f"/cases/{other}/{page}").status_code == 404
        assert asked(f"/cases/{other}/{page}").status_code == 404


def test_the_finder_leads_to_the_advice(web: None, territory: Territory) -> None:
    page = all_answered().get("/find/costs").content.decode()
    assert 'href="/programs/LE-EV-NIGHT/equipment"' in page
    assert 'href="/programs/LE-EV-NIGHT/settings"' in page


def test_a_page_asks_the_database_little(here: Territory) -> None:
    asked(f"/programs/{here.night.key}/settings")
    with counted_traffic() as traffic:
        asked(f"/programs/{here.night.key}/settings")
    assert traffic.statements <= 12
