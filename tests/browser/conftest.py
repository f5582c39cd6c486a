"""A browser before the web of this process, where chromium is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from evenroll.accounts.wired import Wired, use_wired
from evenroll.runtime.database import DatabaseUrls
from tests.browser import judges
from tests.browser.further import browsers, further_visits
from tests.browser.served import Visit, served, visits
from tests.browser.town import Town, open_town
from tests.territory import NOW, Territory, new_territory
from tests.web.browsing import ready
from tests.web.enrolling import Enrolling
from tests.web.matrix import askers, planted_in


@pytest.fixture(scope="module")
def everywhere(django_ready: DatabaseUrls) -> Sequence[Visit]:
    """Every page that can be seen. It comes before the browser: Django refuses to ask its database beneath one."""
    if told := judges.missing():
        pytest.skip(told)
    ready(demo=True)
    territory = new_territory()
    use_wired(Wired(installation=lambda: territory.installation, now=lambda: NOW))
    planted = planted_in(territory)
    under_way = [*applying(territory), *browsers()]
    found = visits([(planted, each) for each in askers(planted)], under_way=under_way)
    return [*found, *further_visits(territory)]


@pytest.fixture(scope="module")
def town(django_ready: DatabaseUrls) -> Iterator[Town]:
    """The catalog's utility in a browser, for journeys."""
    if told := judges.missing():
        pytest.skip(told)
    with open_town() as found:
        yield found


def applying(territory: Territory) -> Iterator[Any]:
    """Browsers with an application: just begun, with all answers, and sent."""
    for answers, sends in ((False, False), (True, False), (True, True)):
        customer = Enrolling(territory)
        customer.begin()
        if answers:
            customer.answer_all(territory.premise())
        if sends:
            customer.send("/enroll/check", {})
        yield customer.client


@pytest.fixture(scope="module")
def address(everywhere: Sequence[Visit]) -> Iterator[str]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def chromium(address: str) -> Iterator[Any]:
    """Gone with the file of tests: beneath it this process cannot ask its database."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = judges.launched(playwright)
        yield browser
        browser.close()
