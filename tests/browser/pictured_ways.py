"""Pictures of ways that only those see who walk them: finder and application, each question also unanswered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evenroll.enrollment.form import Language
from evenroll.quantities.identifiers import AccountId, CustomerId, MeterSerial, PodId
from tests.browser.looking import window
from tests.browser.served import Visit
from tests.browser.walking import Walker, answer_all, find_costs, send
from tests.territory_books import Premise

WAYS = "way"
PROGRAM = "LE-EV-NIGHT"
STRANGER = Visit(name=WAYS, path="/", asker="stranger", cookies={})
BESIDE: Mapping[str, tuple[str, ...]] = {
    "/find/costs": ("/find/data", "/find/mail"),
    "/enroll/tasks": ("/enroll/later", "/enroll/later/mail", "/browser"),
}
"""Pages beside the way, which are looked at as well."""
SOMEBODY = Premise(
    pod=PodId("LKE0999999"),
    serial=MeterSerial("LK-0999999"),
    name="Maria del Carmen Fernández-Whitmore",
    account_number="990 0099 0099",
    address="12 Long Willow Boulevard, Apartment 4b",
    last_bill="84.10",
    account=AccountId(0),
    customer=CustomerId(0),
)
"""Of no book: the pages are the same for an account that is unknown."""


@dataclass(kw_only=True, slots=True)
class Drawing(Walker):
    """Draws each page to which it comes, and before it answers one, the page as it is sent empty."""

    folder: Path
    ending: str
    drawn: int = 0
    seen: set[str] = field(default_factory=set)

    def arrived(self) -> None:
        Walker.arrived(self)
        if self.path not in self.seen:
            self.seen.add(self.path)
            self.draw("")

    def say(self, said: Mapping[str, str]) -> None:
        before = self.path
        Walker.go_on(self)
        if self.path == before and self.page.locator(".govuk-error-summary").count():
            self.draw("-wrong")
        else:
            self.open(before)
        Walker.say(self, said)

    def draw(self, state: str) -> None:
        """One picture, named by its place on the way."""
        name = f"{WAYS}-{len(self.seen):02}{self.path.replace('/', '-')}{state}.{self.ending}.png"
        self.page.screenshot(path=str(self.folder / name), full_page=True)
        self.drawn += 1


def draw_ways(browser: Any, address: str, folder: Path, *, width: int, language: Language) -> int:
    """From the start page to the confirmation, in one width and language; how many pictures there are."""
    with window(browser, STRANGER, address, width=width, language=language) as page:
        walker = Drawing(page=page, address=address, folder=folder, ending=f"{width}.{language.value}")
        page.goto(f"{address}/?lang={language.value}")
        find_costs(walker)
        _beside(walker)
        walker.press(f'main [id="{PROGRAM}"] button.govuk-button')
        walker.go_on()
        _beside(walker)
        walker.press('main a.govuk-button[href^="/enroll/"]')
        answer_all(walker, SOMEBODY)
        send(walker)
        return walker.drawn


def _beside(walker: Walker) -> None:
    """The pages beside this one, and back."""
    here = walker.path
    for path in BESIDE[here]:
        walker.open(path)
    walker.open(here)
