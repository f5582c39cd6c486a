"""A whole journey without a mouse, and one in Spanish on which no English sentence stands."""

from __future__ import annotations

import re

from evenroll.pages.texts import catalog
from evenroll.programs.catalog import load_catalog
from evenroll.quantities.identifiers import CaseNumber
from tests.browser.town import Town, aside
from tests.browser.walking import ByKeys, Walker, enroll, find_costs

WORDS_MIN = 3
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def test_a_customer_enrolls_by_the_keyboard_alone(town: Town) -> None:
    premise = aside(town.territory.premise)
    with town.browser() as page:
        number = enroll(ByKeys(page=page, address=town.address), premise, "LE-EV-NIGHT")
    assert aside(lambda: town.territory.case(town.territory.utility, CaseNumber(number))).chosen is not None


def test_in_spanish_no_page_of_the_journey_says_a_sentence_in_english(town: Town) -> None:
    premise = aside(town.territory.premise)
    with town.browser(width=320) as page:
        walker = Walker(page=page, address=town.address, keeps_texts=True)
        walker.open("/?lang=es")
        enroll(walker, premise, "LE-EV-NIGHT")
        for path in ("/find/data", "/enroll/", "/enroll/back", "/cases", "/there-is-no-such-page"):
            walker.open(path)
        _err(walker)
    assert len(walker.texts) > 25
    english = _english()
    assert [f"{path}: {each}" for path, text in walker.texts.items() for each in english if each in text] == []


def test_an_english_sentence_is_heard_of(town: Town) -> None:
    with town.browser() as page:
        walker = Walker(page=page, address=town.address, keeps_texts=True)
        find_costs(walker)
    english = _english()
    assert all(any(each in text for each in english) for text in walker.texts.values())


def _err(walker: Walker) -> None:
    """Each question with its error; what drives the car is known from the finder."""
    for path in ("/find", "/find/vehicle"):
        walker.open(path)
        walker.answer({name: "" for name in ("utility", "vehicle") if walker.page.locator(f"[name={name}]").count()})
    walker.open("/enroll/?program=LE-EV-PAUSE")
    walker.go_on()
    for name in ("holder", "account", "person", "address", "proof", "vin", "consents"):
        walker.open(f"/enroll/answer/{name}")
        walker.go_on()
        assert walker.page.locator(".govuk-error-summary").count(), name


def _english() -> list[str]:
    """What of the texts is English and nothing else: pieces of some words between the placeholders."""
    said = [(each.en, each.es) for each in catalog().values()]
    said += [(text.en, text.es) for each in load_catalog().programs for text in (each.name, each.summary)]
    spanish = "\n".join(_plain(es) for _, es in said)
    pieces = {_plain(piece) for en, _ in said for piece in _PLACEHOLDER.split(en)}
    return sorted(each for each in pieces if len(each.split()) >= WORDS_MIN and each not in spanish)


def _plain(text: str) -> str:
    return " ".join(text.split())
