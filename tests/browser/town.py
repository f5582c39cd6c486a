"""The utility and the ESCO of the catalog with their real programs, in a browser: where journeys take place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from evenroll.accounts.wired import Wired, use_wired
from evenroll.enrollment.roles import Role
from tests.browser.judges import HEIGHTS, launched
from tests.browser.served import served
from tests.territory import NOW, Territory
from tests.web.browsing import ready, signed_in_as, staff_of
from tests.web.town import new_town

_Got = TypeVar("_Got")


@dataclass(kw_only=True, slots=True)
class Town:
    """A territory at an address, and a browser before it. now: what its business clock shows."""

    territory: Territory
    address: str
    chromium: Any
    now: datetime = NOW

    @contextmanager
    def browser(self, *, width: int = 1280, language: str = "en", scripts: bool = True, role: Role | None = None):
        """A tab of a browser that was never here. role: of the utility's staff, signed in; else a stranger's."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale=language,
            java_script_enabled=scripts,
            has_touch=width == min(HEIGHTS),
            is_mobile=width == min(HEIGHTS),
            reduced_motion="reduce",
        )
        if role is not None:
            context.add_cookies([{"name": "session", "value": self._session(role), "url": self.address}])
        try:
            yield context.new_page()
        finally:
            context.close()

    def _session(self, role: Role) -> str:
        return aside(lambda: signed_in_as(staff_of(self.territory.utility, role)).cookies["session"].value)


def aside(act: Callable[[], _Got]) -> _Got:
    """What asks the database beneath a browser: in a thread of its own, for Django refuses it in the browser's."""

    def done() -> _Got:
        from django.db import connections

        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(done).result()


@contextmanager
def open_town() -> Iterator[Town]:
    """The town, served, with a browser."""
    from playwright.sync_api import sync_playwright

    territory = new_town()
    ready(demo=True)
    with served() as address, sync_playwright() as playwright:
        chromium = launched(playwright)
        town = Town(territory=territory, address=address, chromium=chromium)
        use_wired(Wired(installation=lambda: territory.installation, now=lambda: town.now))
        yield town
        chromium.close()
