"""Somebody who walks through pages: with mouse or finger, or with the keyboard alone; and what they came by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.browser.town import Town
from tests.territory_books import Premise

TABS_MAX = 80
FINDER: Mapping[str, Mapping[str, str]] = {
    "/find": {"utility": "lakeland-electric"},
    "/find/vehicle": {"vehicle": "nissan-leaf"},
    "/find/charging": {"miles": "12,000", "outlet_w": "7200"},
    "/find/billing": {"billed_by": "utility", "monthly_kwh": "700"},
}
_CONTENT = """() => {
  const told = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const above = walk.currentNode.parentElement;
    if (!above.closest("script, style, [lang]:not(html)")) told.push(walk.currentNode.textContent);
  }
  for (const each of document.querySelectorAll("[aria-label], [alt], [title], [placeholder], meta[name=description]"))
    for (const name of ["aria-label", "alt", "title", "placeholder", "content"])
      if (each.hasAttribute(name)) told.push(each.getAttribute(name));
  return told.join("\\n").replace(/\\s+/g, " ");
}"""
_STOP = """() => {
  const on = document.activeElement;
  return {name: on.name || "", value: on.value || "", kind: on.type || "", href: on.getAttribute("href") || ""};
}"""


@dataclass(kw_only=True, slots=True)
class Walker:
    """A tab, and what was seen in it. screens: the pages in their order; texts: what each said; clicks: so far."""

    page: Any
    address: str
    keeps_texts: bool = False
    screens: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    clicks: int = 0

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def open(self, path: str) -> None:
        self.page.goto(path if "://" in path else self.address + path)
        self.arrived()

    def arrived(self) -> None:
        """Note the page that is shown."""
        self.page.wait_for_load_state("load")
        self.screens.append(self.path)
        if self.keeps_texts:
            self.texts[f"{len(self.screens)} {self.path}"] = self.page.evaluate(_CONTENT)

    def press(self, selector: str) -> None:
        """A link or button that leads to a page."""
        self.clicks += 1
        self.page.locator(selector).first.click()
        self.arrived()

    def say(self, said: Mapping[str, str]) -> None:
        """Answer questions by their names."""
        for name, value in said.items():
            asked = self.page.locator(f'main [name="{name}"]:not([type="hidden"])')
            kind = asked.first.evaluate("each => each.type")
            match kind:
                case "radio" | "checkbox":
                    self.page.locator(f'main [name="{name}"][value="{value}"]').check()
                case "select-one":
                    asked.select_option(value)
                case _:
                    asked.fill(value)

    def answer(self, said: Mapping[str, str]) -> None:
        """Answer the questions of the page that is shown, and go on."""
        self.say(said)
        self.go_on()

    def go_on(self) -> None:
        """The first button of the form."""
        self.press("main form:not([aria-label]) button.govuk-button")


@dataclass(kw_only=True, slots=True)
class ByKeys(Walker):
    """One who has no mouse: keys only, from the top of each page."""

    def press(self, selector: str) -> None:
        self._tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.arrived()

    def say(self, said: Mapping[str, str]) -> None:
        for name, value in said.items():
            self._tab_to(f'main [name="{name}"]:not([type="hidden"])')
            stop = self.page.evaluate(_STOP)
            match stop["kind"]:
                case "checkbox":
                    self.page.keyboard.press("Space")
                case "radio" | "select-one":
                    self._choose(value, is_radio=stop["kind"] == "radio")
                case _:
                    self.page.keyboard.press("Control+A")
                    self.page.keyboard.type(value)

    def _choose(self, value: str, *, is_radio: bool) -> None:
        if is_radio:
            self.page.keyboard.press("Space")
        for _ in range(TABS_MAX):
            if self.page.evaluate(_STOP)["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"No key leads to {value}.")

    def _tab_to(self, selector: str) -> None:
        for _ in range(TABS_MAX):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The Tab key does not lead to {selector} on {self.path}.")


def answers_of(premise: Premise) -> dict[str, dict[str, str]]:
    """What a customer answers to each question of an application, by its name."""
    return {
        "holder": {"holder": "account_holder"},
        "account": {"account_number": premise.account_number},
        "person": {"name": premise.name, "email": "someone@example.test"},
        "address": {"service_address": premise.address, "postal_code": "60999"},
        "home": {"dwelling": "own"},
        "proof": {"last_bill_amount": premise.last_bill},
        "vehicle": {"drivetrain": "bev"},
        "vin": {"vin": premise.vin},
        "papers": {},
        "terms": {},
        "consents": {},
    }


def find_costs(walker: Walker) -> None:
    """From the start page through the four questions to the costs."""
    walker.open("/")
    walker.press('main a[href^="/find"]')
    for path, said in FINDER.items():
        assert walker.path == path
        walker.answer(said)
    assert walker.path == "/find/costs"


def begin(walker: Walker, program: str) -> None:
    """From the costs to the first question of the application."""
    walker.press(f'main [id="{program}"] button.govuk-button')
    walker.go_on()
    assert walker.path == "/enroll/tasks"
    walker.press('main a.govuk-button[href^="/enroll/"]')


def answer_all(walker: Walker, premise: Premise, *, until: str = "check") -> None:
    """Every question that is asked, as it comes."""
    answers = answers_of(premise)
    for _ in range(len(answers)):
        name = walker.path.rpartition("/")[2]
        if name == until:
            return
        if name == "papers":
            walker.press('main button[name="without"]')
            continue
        said = answers[name] or _all_chosen(walker)
        walker.answer(said)
    assert walker.path == f"/enroll/{until}"


def _all_chosen(walker: Walker) -> dict[str, str]:
    """Every consent, and the first of each choice."""
    found = walker.page.locator('main input[type="checkbox"], main input[type="radio"]')
    told = [(each.get_attribute("name"), each.get_attribute("value")) for each in found.all()]
    return {name: value for name, value in reversed(told)}


def send(walker: Walker) -> str:
    """Send it; the number of the case."""
    walker.press("#send")
    assert walker.path == "/enroll/done"
    found = re.search(r"EV-[0-9A-Z-]+", walker.page.locator(".panel").inner_text())
    assert found
    return found[0]


def enroll(walker: Walker, premise: Premise, program: str) -> str:
    """The whole way from the start page to the number of the case."""
    find_costs(walker)
    begin(walker, program)
    answer_all(walker, premise)
    return send(walker)


def walker_at(town: Town, page: Any, **how: Any) -> Walker:
    return Walker(page=page, address=town.address, **how)
