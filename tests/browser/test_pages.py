"""Every page in a browser, on a phone and on a desk, in both languages: axe-core, width, weight, keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from evenroll.enrollment.form import Language
from tests.browser.further import NOT_OPENED, templates, templates_shown
from tests.browser.judges import TOO_WIDE, findings
from tests.browser.looking import looks, shown, window
from tests.browser.served import Visit

BYTES_MAX = 200_000
TABS_MAX = 40
FURTHER = {"error-404", "sign-in-invited", "enroll-link", "find-costs", "find-data", "find-mail", "passkey-add"}
_FOCUS = """() => {
  const on = document.activeElement;
  if (!on || on === document.body) return null;
  const told = each => {
    const style = getComputedStyle(each, each === on ? null : "::before");
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const label = on.type === "radio" || on.type === "checkbox" ? on.labels[0] : null;
  const place = on.getBoundingClientRect();
  const seen = place.bottom > 0 && place.top < innerHeight && place.width > 0;
  return {what: `${on.tagName} ${on.id || on.className}`, is_told: told(on) || (label !== null && told(label)), seen};
}"""


def test_every_page_of_the_table_that_shows_something_is_visited(everywhere: Sequence[Visit]) -> None:
    names = {each.name for each in everywhere}
    assert {"portal-start", "desk-start", "demo-people", "enroll-question-vin", "enroll-check", "enroll-done"} <= names


def test_every_template_is_shown_in_some_state_or_says_why_not(
    everywhere: Sequence[Visit], address: str, chromium: Any
) -> None:
    """A new template that no visit shows fails here, and so does a reason that holds no longer."""
    for visit in (each for each in everywhere if each.name in FURTHER):
        with shown(chromium, visit, address, width=320, language=Language.ES) as page:
            assert page.locator("h1").count() == 1
    assert {each.name for each in everywhere} >= FURTHER
    missing = templates() - templates_shown()
    assert missing - NOT_OPENED.keys() == set()
    assert NOT_OPENED.keys() <= templates()


@pytest.mark.parametrize(("width", "language"), list(looks()), ids=str)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(
    everywhere: Sequence[Visit], address: str, chromium: Any, width: int, language: Language
) -> None:
    wrong: list[str] = []
    for visit in everywhere:
        with shown(chromium, visit, address, width=width, language=language) as page:
            assert page.get_attribute("html", "lang") == language.value
            wrong += [f"{visit.name} ({visit.asker}): {each}" for each in findings(page)]
            wrong += [f"{visit.name} is too wide: {each}" for each in page.evaluate(TOO_WIDE)]
    assert wrong == []


@pytest.mark.browser
def test_a_page_weighs_no_more_than_a_phone_can_bear(everywhere: Sequence[Visit], address: str, chromium: Any) -> None:
    """All that comes over the wire for who was never here, compressed as it comes."""
    heavy: list[str] = []
    for visit in everywhere:
        with window(chromium, visit, address, width=320, language=Language.ES) as page:
            came: list[float] = []
            wire = page.context.new_cdp_session(page)
            wire.send("Network.enable")
            wire.on("Network.loadingFinished", lambda each, came=came: came.append(each["encodedDataLength"]))
            page.goto(address + visit.path, wait_until="networkidle")
            assert len(came) > 3
            if sum(came) > BYTES_MAX:
                heavy.append(f"{visit.name}: {sum(came):.0f} bytes")
    assert heavy == []


@pytest.mark.browser
def test_the_keyboard_skips_to_the_content_and_sees_where_it_is(
    everywhere: Sequence[Visit], address: str, chromium: Any
) -> None:
    lost: list[str] = []
    for visit in everywhere:
        with shown(chromium, visit, address, width=1280, language=Language.EN) as page:
            lost += [f"{visit.name}: {each}" for each in _lost_on_the_way(page)]
            page.goto(address + visit.path)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            if page.evaluate("location.hash") != "#main-content":
                lost.append(f"{visit.name}: the first stop does not skip to the content")
    assert lost == []


def test_a_page_that_is_wrong_is_heard_of(address: str, everywhere: Sequence[Visit], chromium: Any) -> None:
    with shown(chromium, everywhere[0], address, width=320, language=Language.EN) as page:
        page.evaluate(
            "document.querySelector('main').innerHTML = "
            '\'<img src="/x.png"><input><p>wide</p><a href="#here" class="bare">bare</a>\';'
            "document.querySelector('main p').style.width = '900px';"
            "document.querySelector('.bare').style.all = 'revert'"
        )
        told = " ".join(findings(page))
        assert "image-alt" in told and "label" in told
        assert page.evaluate(TOO_WIDE)


def _lost_on_the_way(page: Any) -> Iterator[str]:
    """Stops of the Tab key that show no focus, or stand outside of the window."""
    for number in range(TABS_MAX):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop is None:
            return
        if number == 0 and "skip-link" not in stop["what"]:
            yield f"the first stop is {stop['what']}"
        if not (stop["is_told"] and stop["seen"]):
            yield f"focus is not seen on {stop['what']}"
