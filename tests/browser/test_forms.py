"""Every form in a browser: filled in, sent empty and sent with what is wrong; axe-core and width find nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.browser.judges import TOO_WIDE, findings
from tests.browser.looking import looks, shown
from tests.browser.served import Visit

JUDGED_MIN = 12
_FORM = "main form[novalidate]"
_QUESTIONS = f"{_FORM} :is(input:not([type=hidden]), select, textarea)"
_FILL = """([form, isWrong]) => {
  for (const each of document.querySelectorAll(form)) {
    if (each.type === "file" || each.type === "date") continue;
    if (each.type === "radio" || each.type === "checkbox") each.checked = !isWrong;
    else if (each.tagName === "SELECT") each.selectedIndex = isWrong ? 0 : each.options.length - 1;
    else each.value = isWrong ? "?".repeat(20) + "W".repeat(30) : "1";
  }
}"""


class Sent(StrEnum):
    """How a form is sent."""

    EMPTY = "empty"
    WRONG = "wrong"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), list(looks()), ids=str)
def test_axe_finds_nothing_in_a_form_filled_in_sent_empty_or_sent_wrong(
    everywhere: Sequence[Visit], address: str, chromium: Any, width: int, language: Language
) -> None:
    """A form that asks for nothing that is needed is done by it; each is looked at anew before."""
    wrong: list[str] = []
    judged = dict.fromkeys(Sent, 0)
    for visit in everywhere:
        with shown(chromium, visit, address, width=width, language=language) as page:
            if not page.locator(_QUESTIONS).count():
                continue
            page.evaluate(_FILL, [_QUESTIONS, False])
            wrong += [f"{visit.name}, filled: {each}" for each in _found(page)]
            for way in Sent:
                page.goto(address + visit.path)
                if _is_refused(page, way):
                    judged[way] += 1
                    wrong += [f"{visit.name}, {way.value}: {each}" for each in (*_found(page), *_unlinked(page))]
    assert min(judged.values()) >= JUDGED_MIN
    assert wrong == []


def _is_refused(page: Any, way: Sent) -> bool:
    """Send the form of the page; whether errors are told."""
    if not page.locator(_QUESTIONS).count():
        return False
    if way is Sent.WRONG:
        page.evaluate(_FILL, [_QUESTIONS, True])
    with page.expect_navigation():
        page.locator(f"{_FORM} button.govuk-button").first.click()
    return page.locator(".govuk-error-summary").count() > 0


def _found(page: Any) -> Iterator[str]:
    yield from findings(page)
    yield from (f"too wide: {each}" for each in page.evaluate(TOO_WIDE))


def _unlinked(page: Any) -> Iterator[str]:
    """Errors whose link leads to nothing on the page."""
    for link in page.locator(".govuk-error-summary__list a").all():
        place = link.get_attribute("href")
        if not page.locator(f'[id="{place.removeprefix("#")}"]').count():
            yield f"the error leads to {place}, which is not there"
