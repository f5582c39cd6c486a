"""Finding a program before any sign-in: four questions, their errors, the costs of each program; both languages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from evenroll.pages.texts import render
from tests.territory import Territory
from tests.web.browsing import browser, token_in

ANSWERS: dict[str, dict[str, str]] = {
    "/find": {"utility": "lakeland-electric", "postal_code": ""},
    "/find/vehicle": {"vehicle": "nissan-leaf", "kwh_per_100_miles": ""},
    "/find/charging": {"miles": "12,000", "plug_in_hour": "18", "unplug_hour": "7", "outlet_w": "7200"},
    "/find/billing": {"billed_by": "utility", "monthly_kwh": "700"},
}


def answer(asked: Any, path: str, **changed: str) -> Any:
    """Send the form of a page as it stands, with the answers above but for those that are changed."""
    token = token_in(asked.get(path).content.decode())
    return asked.post(path, {**ANSWERS[path], **changed, "csrfmiddlewaretoken": token})


def all_answered(language: Language = Language.EN, **changed: dict[str, str]) -> Any:
    """A browser that has answered everything. changed: answers by the last word of the page's address."""
    asked = browser(HTTP_ACCEPT_LANGUAGE=language.value)
    for path in ANSWERS:
        given = answer(asked, path, **changed.get(path.rpartition("/")[2], {}))
        assert given.status_code == 302, text_of(given)
    return asked


def text_of(answer: Any) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def said(key: str, language: Language = Language.EN, **given: Any) -> str:
    return render(key, language=language, parameters=given)


def test_four_questions_lead_to_the_costs(web: None, territory: Territory) -> None:
    asked = browser()
    for path, after in zip(ANSWERS, [*list(ANSWERS)[1:], "/find/costs"], strict=True):
        assert answer(asked, path)["Location"] == after
    page = text_of(asked.get("/find/costs"))
    assert "What 2026 would cost with Lakeland Electric" in page


def test_every_cost_is_a_range_beside_today_unchanged_and_managed(web: None, territory: Territory) -> None:
    page = all_answered().get("/find/costs").content.decode()
    assert page.count('class="program"') >= 3
    for block in re.findall(r'<dl class="program__ways">.*?</dl>', page, re.DOTALL):
        ways = re.findall(r"<dt>([^<]+)</dt><dd><strong>([^<]+)</strong>", block)
        assert [name for name, _ in ways] == [said(f"scenario.{code}") for code in SCENARIOS]
        assert all(re.fullmatch(r"\$[\d,.]+ to \$[\d,.]+ a year", amount) for _, amount in ways)


SCENARIOS = ("today", "program_unchanged", "program_managed")


def test_the_lowest_of_a_part_is_said_first_and_leads_to_its_program(web: None, territory: Territory) -> None:
    page, judged = all_answered().get("/find/costs").content.decode(), False
    for part in re.split(r'<section class="part"', page)[1:]:
        ways = {
            float(amount.replace(",", "")): key
            for key, block in re.findall(r'<article class="program" id="([^"]+)">(.*?)</article>', part, re.DOTALL)
            for amount in re.findall(r"most likely \$([\d,]+)<", block)
        }
        if not ways:
            continue
        lowest = min(ways)
        told = re.search(r'<p class="govuk-inset-text">(.*?)</p>', part, re.DOTALL)
        assert told and f"${lowest:,.0f} a year" in html.unescape(told[1])
        assert f'href="#{ways[lowest]}"' in told[1]
        judged = True
    assert judged


@pytest.mark.parametrize("language", Language)
def test_a_program_says_what_changes_equipment_events_and_leaving(
    web: None, territory: Territory, language: Language
) -> None:
    page = text_of(all_answered(language).get("/find/costs"))
    for group in ("changes", "equipment", "events", "leaving", "told"):
        assert said(f"find.terms_{group}", language) in page
    assert said("find.assumed", language) in page
    assert said("find.hidden", language) in page
    assert said("hidden.not_your_provider", language) in page


def test_parts_of_the_bill_that_differ_stand_apart_and_are_not_ranked(web: None, territory: Territory) -> None:
    page = all_answered(billing={"billed_by": "brightwater-energy"}).get("/find/costs").content.decode()
    sections = re.split(r'<section class="part"', page)[1:]
    assert "BW-TOU" in page or "Brightwater" in page
    assert all(section.count('<h2 class="govuk-heading-l"') >= 1 for section in sections)
    assert said("hidden.supply_not_admitted") in text_of_html(page)


def text_of_html(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_a_zip_names_its_utility(web: None, territory: Territory) -> None:
    asked = browser()
    assert answer(asked, "/find", utility="", postal_code="00481")["Location"] == "/find/vehicle"
    assert "Con Edison" in text_of(answered_rest(asked))


def answered_rest(asked: Any) -> Any:
    for path in list(ANSWERS)[1:]:
        answer(asked, path)
    return asked.get("/find/costs")


BAD = [
    ("/find", {"utility": "", "postal_code": ""}, "find.zip_required", {}),
    ("/find", {"utility": "", "postal_code": "abc"}, "find.zip_wrong", {}),
    ("/find", {"utility": "", "postal_code": "99999"}, "find.zip_unknown", {"zip": "99999"}),
    ("/find", {"utility": "nobody"}, "web.error_choice", {}),
    ("/find", {"utility": "", "postal_code": "1" * 30}, "web.error_too_long", {}),
    ("/find/vehicle", {"vehicle": ""}, "find.vehicle_required", {}),
    ("/find/vehicle", {"vehicle": "<script>"}, "web.error_choice", {}),
    (
        "/find/vehicle",
        {"vehicle": "other", "kwh_per_100_miles": "3e1"},
        "find.number_wrong",
        {"least": 10, "most": 100},
    ),
    ("/find/charging", {"miles": ""}, "find.miles_required", {}),
    ("/find/charging", {"miles": "many"}, "find.number_wrong", {"least": 100, "most": 100_000}),
    ("/find/charging", {"miles": "1000000"}, "find.number_wrong", {"least": 100, "most": 100_000}),
    ("/find/charging", {"plug_in_hour": "24"}, "web.error_choice", {}),
    ("/find/charging", {"outlet_w": "1400", "unplug_hour": "20"}, "find.hours_short", {"hours": "2"}),
    ("/find/charging", {"miles": "90000"}, "find.miles_battery", {"daily": "75 kWh", "most": "43 kWh"}),
    ("/find/billing", {"billed_by": ""}, "find.billed_by_required", {}),
    ("/find/billing", {"billed_by": "riverbend"}, "web.error_choice", {}),
    ("/find/billing", {"monthly_kwh": "-3"}, "find.number_wrong", {"least": 10, "most": 20_000}),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad[0]} {bad[2]}")
def test_a_bad_answer_is_told_beside_its_question_and_kept(
    web: None, territory: Territory, bad: tuple[str, dict[str, str], str, dict[str, Any]], language: Language
) -> None:
    path, changed, key, given = bad
    asked = browser(HTTP_ACCEPT_LANGUAGE=language.value)
    for before in list(ANSWERS)[: list(ANSWERS).index(path)]:
        answer(asked, before)
    shown = answer(asked, path, **changed)
    assert shown.status_code == 200
    assert said(key, language, **given) in text_of(shown)
    assert 'class="govuk-error-summary"' in shown.content.decode()
    assert "<script>" not in shown.content.decode()
    assert asked.get("/find/costs")["Location"] == path


def test_no_question_is_skipped_by_its_address(web: None, territory: Territory) -> None:
    asked = browser()
    for path in (*list(ANSWERS)[1:], "/find/costs"):
        assert asked.get(path)["Location"] == "/find"


def test_answers_are_kept_and_changed_in_place(web: None, territory: Territory) -> None:
    asked = all_answered()
    assert 'value="12000"' in asked.get("/find/charging").content.decode()
    assert answer(asked, "/find/vehicle", vehicle="tesla-model-y")["Location"] == "/find/costs"


def test_another_utility_asks_again_who_bills(web: None, territory: Territory) -> None:
    asked = all_answered(billing={"billed_by": "brightwater-energy"})
    assert answer(asked, "/find", utility="comed")["Location"] == "/find/billing"


def test_a_vehicle_that_no_longer_fits_its_miles_is_asked_about(web: None, territory: Territory) -> None:
    asked = all_answered(vehicle={"vehicle": "tesla-model-3-long-range-awd"}, charging={"miles": "80000"})
    answer(asked, "/find/vehicle", vehicle="nissan-leaf")
    led = asked.get("/find/costs")
    assert led["Location"] == "/find/charging?check=1"
    assert said("find.miles_battery", daily="67 kWh", most="43 kWh") in text_of(asked.get(led["Location"]))


def test_what_is_not_known_is_said(web: None, territory: Territory) -> None:
    page = text_of(all_answered(billing={"billed_by": "unknown", "monthly_kwh": ""}).get("/find/costs"))
    assert said("find.notice_biller") in page
    assert said("find.notice_usual", kwh=900) in page


def test_programs_of_utilities_without_books_here_are_shown_and_cannot_be_enrolled_in(
    web: None, territory: Territory
) -> None:
    page = text_of(all_answered(find={"utility": "pge"}).get("/find/costs"))
    assert "Pacific Gas" in page or "PG&E" in page
    assert said("find.enroll") not in page


@pytest.mark.parametrize("language", Language)
def test_both_figures_have_their_tables_and_no_style_of_their_own(
    web: None, territory: Territory, language: Language
) -> None:
    page = all_answered(language).get("/find/costs").content.decode()
    figures = re.findall(r"<svg viewBox[^>]*aria-label=\"([^\"]+)\"", page)
    assert len(figures) >= 2
    assert said("find.day_title", language) in page
    assert page.count("<table") == len(figures)
    assert re.findall(r"<style| style=|<script(?![^>]*src=)", page) == []
    assert len(page.encode()) < 200_000


def test_the_day_of_another_program_can_be_seen(web: None, territory: Territory) -> None:
    asked = all_answered()
    links = re.findall(r'href="(\?day=[^"#]+)#day"', asked.get("/find/costs").content.decode())
    assert len(links) >= 2
    texts = {text_of(asked.get(f"/find/costs{link}")).partition(said("find.day_title"))[2][:120] for link in links}
    assert len(texts) == len(links)
    assert asked.get("/find/costs?day=<script>").status_code == 200
